"""What the steps of the form say to who does not see them (RGAA 7.5)."""

import re

import pytest

from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled

URL = "/demandes/nouvelle"


@pytest.mark.parametrize(
    ("typed", "region", "said"),
    [
        ({"etape": "choisir"}, "groupes", r"\d+ organismes? proposés?, \d+ cochés?\."),
        ({"etape": "libre"}, "groupes", r"\d+ organismes? proposés?, \d+ cochés?\."),
        (
            {"etape": "filtrer", "mode": "libre", "filtre": "caf"},
            "groupes",
            r"1 organisme proposé, \d+ cochés?\.",
        ),
        (
            {"etape": "filtrer", "mode": "libre", "filtre": "zzz"},
            "groupes",
            r"1 organisme proposé, 1 coché\.",
        ),
        ({"etape": "retirer-1", "autre_nature": "adresse"}, "identifiants", "L’information est retirée"),
    ],
)
async def test_what_each_step_changed_is_said_once(typed: dict[str, str], region: str, said: str) -> None:
    """The script reads the first `data-annonce` of each region that came."""
    browser = await signed_in(CAST.aida)
    step = await browser.post(URL, {**filled(), **typed}, status=200, htmx=True)
    place = step.text.partition(f'id="nouvelle_demande-{region}"')[2].partition('id="nouvelle_demande-')[0]
    sentences = re.findall(r"data-annonce[^>]*>([^<]*)", place)
    assert len(sentences) == 1 and re.match(said, sentences[0]), sentences


async def test_what_the_title_gives_away_is_an_alert() -> None:
    browser = await signed_in(CAST.aida)
    typed = {**filled(), "etape": "actualiser", "titre": "AAH de Martine Dubois"}
    step = await browser.post(URL, typed, status=200, htmx=True)
    assert re.findall(r'role="alert">([^<:]*)', step.text)[0].startswith("Le titre ne doit pas")


async def test_a_proche_demande_is_said_once_as_it_is_found() -> None:
    aida = await signed_in(CAST.aida)
    await aida.post(URL, filled())
    aline = await signed_in(CAST.aline)
    step = await aline.post(URL, {**filled(), "etape": "actualiser"}, status=200, htmx=True)
    place = step.text.partition('id="nouvelle_demande-doublon"')[2].partition('id="nouvelle_demande-')[0]
    assert re.findall(r"data-annonce>([^<]*)", place) == ["Votre groupe suit déjà une demande proche"]
    assert step.text.count("Votre groupe suit déjà une demande proche") == 2, "the recapitulatif leads there"
