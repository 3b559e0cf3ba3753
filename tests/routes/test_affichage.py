"""Colours, size of the text and what moves are chosen per browser, signed in or not, without script."""

import re

import pytest

from app import cookies
from tests.browser import Browser, signed_in
from tests.cast import CAST

CHOSEN = {"couleurs": "sombre", "texte": "grand", "mouvement": "aucun", "clavier": "raccourcis"}


def root_of(browser: Browser) -> str:
    """The opening tag of the page."""
    found = re.search(r"<html[^>]*>", browser.html)
    assert found
    return found[0]


def chosen_on(browser: Browser) -> dict[str, str]:
    """What the form shows as chosen."""
    [form] = [form for form in browser.page.forms if form["action"] == "/affichage"]
    return {nom: valeurs[0] for nom, valeurs in form["values"].items() if nom != "csrf"}


@pytest.mark.parametrize("agent", [None, CAST.aida, CAST.ada])
async def test_a_choice_dresses_every_page_of_this_browser(agent: int | None) -> None:
    browser = await signed_in(agent) if agent else Browser()
    await browser.get("/affichage")
    assert root_of(browser) == '<html lang="fr">'
    assert chosen_on(browser) == {
        "couleurs": "systeme",
        "texte": "normal",
        "mouvement": "seul",
        "clavier": "sans-raccourcis",
    }
    await browser.submit("/affichage", CHOSEN, follow=True)
    assert "Vos choix d’affichage sont enregistrés" in browser.page.texte
    assert chosen_on(browser) == CHOSEN
    pages = {"/aide": 200, "/nulle-part": 404} | ({"/demandes/999999/note": 404} if agent else {})
    for path, status in pages.items():
        await browser.get(path, status=status)
        assert (
            root_of(browser) == '<html lang="fr" data-theme="dark" data-texte="grand" data-mouvement="aucun">'
        )
        assert '<meta name="color-scheme" content="dark">' in browser.html


async def test_the_choice_outlives_the_session() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post("/affichage", {"couleurs": "clair"})
    await browser.post("/deconnexion")
    await browser.get("/aide")
    assert 'data-theme="light"' in root_of(browser)


@pytest.mark.parametrize("forged", ['"onload=x', "sombre sombre", "a" * 3_000])
async def test_a_forged_cookie_and_a_forged_choice_say_nothing(forged: str) -> None:
    browser = Browser()
    await browser.get("/affichage")
    await browser.post("/affichage", {"couleurs": forged, "texte": forged})
    await browser.get("/aide")
    assert root_of(browser) == '<html lang="fr">'
    browser.client.cookies.set(cookies.cookie_name("affichage"), forged)
    await browser.get("/aide")
    assert root_of(browser) == '<html lang="fr">'


async def test_where_nothing_moves_the_list_waits_to_be_asked() -> None:
    browser = await signed_in(CAST.ines)
    await browser.get("/demandes/recues")
    assert "every 60s" in browser.html and "Ne plus actualiser" in browser.page.texte
    await browser.post("/affichage", {"mouvement": "aucun"})
    await browser.get("/demandes/recues")
    assert "every 60s" not in browser.html and "chaque minute" not in browser.page.texte
    assert "Actualiser" in browser.page.texte
