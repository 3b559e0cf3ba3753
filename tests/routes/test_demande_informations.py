"""The usager's identifiers: masked, revealed one by one and journalled, completed by the aidant side."""

from datetime import datetime

import pytest

from app import database
from app.domain.echanges.usagers import seal_informations
from app.domain.mots.identifiants import NatureIdentifiant
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal, make_demande, make_invitation


async def make_known(now: datetime) -> tuple[int, int]:
    """A demande with one identifier: its number, and the identifier's."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    async with database.transaction():
        [information] = await seal_informations(
            numero, [(NatureIdentifiant.ALLOCATAIRE_CAF, "", "1234412")], CAST.aida, now
        )
    return numero, information


async def open_page(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_an_identifier_is_masked_until_asked_and_the_journal_keeps_who(
    now: datetime, who: str, htmx: bool
) -> None:
    numero, information = await make_known(now)
    browser = await open_page(getattr(CAST, who), numero)
    assert "••••\xa0412" in browser.page.texte
    assert "1234412" not in browser.html
    await browser.submit(f"/demandes/{numero}/informations/{information}", status=200, htmx=htmx)
    assert "1234412" in browser.page.texte
    assert "data-focus" in browser.html
    assert browser.html.lstrip().startswith('<section id="demande-usager"' if htmx else "<!DOCTYPE")
    [line] = await list_journal("identifiant_affiche")
    assert (line["agent"], line["demande"]) == (getattr(CAST, who), numero)
    assert "1234412" not in str(line["details"])
    await browser.get(f"/demandes/{numero}")
    assert "1234412" not in browser.html


@pytest.mark.parametrize(("who", "status"), [("rose", 403), ("ada", 403), ("eve", 404), ("paul", 404)])
async def test_who_may_not_read_reveals_nothing(now: datetime, who: str, status: int) -> None:
    numero, information = await make_known(now)
    browser = await signed_in(getattr(CAST, who))
    await browser.post(f"/demandes/{numero}/informations/{information}", status=status)
    assert "1234412" not in browser.html


async def test_an_identifier_of_another_demande_is_not_found(now: datetime) -> None:
    numero, _ = await make_known(now)
    _, other = await make_known(now)
    browser = await signed_in(CAST.ines)
    for wrong in (other, 0, "x", 10**20):
        await browser.post(f"/demandes/{numero}/informations/{wrong}", status=404)


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_aidant_side_adds_an_information(now: datetime, htmx: bool) -> None:
    numero, _ = await make_known(now)
    browser = await open_page(CAST.aida, numero)
    fields = {"nature": "telephone", "valeur": "06 12 34 56 17"}
    action = f"/demandes/{numero}/informations"
    await browser.submit(action, fields, status=200 if htmx else 303, htmx=htmx)
    if not htmx:
        assert len(browser.queries) <= 12
        await browser.get(f"/demandes/{numero}")
    assert "L’information est ajoutée." in browser.page.texte
    assert "a ajouté une information\xa0: Téléphone" in browser.page.texte
    assert "34 56" not in browser.html


@pytest.mark.parametrize("htmx", [False, True])
async def test_faults_are_said_beside_their_field_in_the_open_form(now: datetime, htmx: bool) -> None:
    numero, _ = await make_known(now)
    browser = await open_page(CAST.aida, numero)
    action = f"/demandes/{numero}/informations"
    response = await browser.submit(action, {"nature": "autre", "valeur": "12 rue"}, status=422, htmx=htmx)
    assert '<a href="#champ-libelle">' in response.text
    assert "Dites de quelle information il s’agit." in browser.page.texte
    assert 'value="12 rue"' in response.text
    assert 'ap-ecran" open' in response.text


@pytest.mark.parametrize("who", ["ines", "elie", "rose"])
async def test_only_the_aidant_side_adds(now: datetime, who: str) -> None:
    numero, _ = await make_known(now)
    browser = await signed_in(getattr(CAST, who))
    fields = {"nature": "telephone", "valeur": "06 12 34 56 17"}
    await browser.post(f"/demandes/{numero}/informations", fields, status=403)
