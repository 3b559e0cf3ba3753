"""What is decisive stands beside the button: who will read, and only the acts that make sense now (issue 10)."""

import re
from datetime import datetime

import pytest

from app.domain.echanges.reponses_rapides import ReponseRapide
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import DAY, HOUR, answer_quickly, load, post, signed_as, typed
from tests.factories import make_demande, make_invitation


async def open_page(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


def sending(browser: Browser) -> str:
    """The words of the button that sends, all of them: what reads a page without its stylesheet."""
    [mots] = re.findall(
        r'<button class="fr-btn" type="submit">(<span>Envoyer<span.*?)</button>', browser.html
    )
    return re.sub(r"<[^>]+>", "", mots)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ines", "Envoyer à l’aidant (1 personne), ou s’il est réservé à 2 instructeurs et 1 expert"),
        ("elie", "Envoyer à l’aidant (1 personne), ou s’il est réservé à 3 instructeurs"),
        ("aida", "Envoyer à 2 organismes (3 personnes)"),
    ],
)
async def test_the_button_names_and_counts_who_will_read(now: datetime, who: str, words: str) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await open_page(getattr(CAST, who), numero)
    assert sending(browser) == words


async def test_alone_to_read_a_reserved_message_one_is_told_so(now: datetime) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.cpam,))
    browser = await open_page(CAST.ivan, numero)
    assert sending(browser).endswith("ou s’il est réservé aux instructeurs (personne d’autre pour l’instant)")
    aida = await open_page(CAST.aida, numero)
    assert sending(aida) == "Envoyer à CPAM 22 (1 personne)"


async def take(numero: int, now: datetime) -> None:
    """Inès takes charge of the demande for the CAF."""
    ines = await signed_as(CAST.ines, now)
    reponse = ReponseRapide.PRISE_EN_CHARGE
    await answer_quickly(ines, await load(ines, numero), reponse, typed("", rapide=reponse), now)


async def test_files_come_after_the_boxes(now: datetime) -> None:
    browser = await open_page(CAST.ines, await make_demande(now))
    places = [
        browser.html.index(f'id="{one}"') for one in ("champ-is_traitee", "champ-is_prive", "champ-fichiers")
    ]
    assert places == sorted(places)
    # The first of its name is for the Enter key alone, and stands right after the text.
    assert places[-1] < browser.html.rindex("Envoyer<span")


async def test_what_is_done_already_is_not_offered(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    before = await open_page(CAST.ines, numero)
    assert "champ-is_traitee" in before.html
    await take(numero, now - HOUR)
    mine = await open_page(CAST.ines, numero)
    assert "Je m’en occupe<" not in mine.html
    assert "Je ne m’en occupe plus" in mine.html
    await post(CAST.ines, numero, now, is_traitee=True)
    done = await open_page(CAST.ines, numero)
    assert "champ-is_traitee" not in done.html
    assert "Je ne suis pas le bon interlocuteur" not in done.html


async def test_only_the_choice_that_applies_is_shown(now: datetime) -> None:
    """While nobody took charge each member of the groupe is told; then only who did, and who asked for it."""
    numero = await make_demande(now - DAY)
    idir = await open_page(CAST.idir, numero)
    assert "Ne plus suivre" in idir.page.texte
    assert ">Suivre<" not in idir.html
    await take(numero, now - HOUR)
    await idir.get(f"/demandes/{numero}")
    assert "Ne plus suivre" not in idir.page.texte
    assert ">Suivre<" in idir.html
    assert "Les messages ne vous sont pas annoncés" in idir.page.texte
    await idir.submit(f"/demandes/{numero}/suivi", {"acte": "suivre"}, follow=True)
    assert "Ne plus suivre" in idir.page.texte
    aida = await open_page(CAST.aida, numero)
    assert "Ne plus suivre" in aida.page.texte
    await aida.submit(f"/demandes/{numero}/suivi", {"acte": "arreter"}, follow=True)
    assert ">Suivre<" in aida.html
    assert "Ne plus suivre" not in aida.html
