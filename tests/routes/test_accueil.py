"""`/` sends everyone to the page where their day starts."""

import pytest

from tests.browser import Browser, signed_in
from tests.cast import CAST


@pytest.mark.parametrize(
    ("who", "where"), [("ines", "/demandes/recues"), ("aida", "/demandes"), ("elie", "/demandes/suivies")]
)
async def test_everyone_starts_where_their_day_is(who: str, where: str) -> None:
    browser = await signed_in(getattr(CAST, who))
    response = await browser.get("/", status=303)
    assert response.headers["location"] == where


async def test_rose_is_told_what_her_account_is_for() -> None:
    browser = await signed_in(CAST.rose)
    await browser.get("/")
    assert "CAF 22" in browser.page.texte
    assert len(browser.queries) <= 2


async def test_a_visitor_is_told_what_it_is_and_may_ask_for_a_mail() -> None:
    browser = Browser()
    await browser.get("/")
    assert "Quand une démarche bloque" in browser.page.texte
    assert 'action="/connexion"' in browser.html
    assert len(browser.queries) <= 1


@pytest.mark.parametrize(
    "path", ["/nulle-part", "/aide/nulle/part", "/demandes/1/nulle-part?q=x", "/introuvable"]
)
async def test_an_unknown_page_is_a_french_404_with_the_menu_of_who_is_signed_in(path: str) -> None:
    browser = await signed_in(CAST.aida)
    response = await browser.get(path, status=404, headers={"accept-encoding": "gzip"})
    assert "Page introuvable" in browser.page.texte
    assert 'aria-label="Menu principal"' in browser.html and 'role="search"' in browser.html
    assert response.headers["content-encoding"] == "gzip"
    assert (await browser.client.head(path)).status_code == 404
    assert (await browser.client.put(path)).status_code in {404, 405}
    stranger = Browser()
    await stranger.get(path, status=404)
    assert "Se connecter" in stranger.page.texte and stranger.queries == []


async def test_the_address_of_a_form_opened_as_a_page_says_so_with_the_menu_and_the_way_back() -> None:
    """What a form refuses stays at its address, which is then loaded again, or found in a history."""
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes/12/messages?x=1", status=405)
    assert "L’ouvrir n’a rien envoyé" in browser.page.texte and "Action inconnue" not in browser.page.texte
    assert 'aria-label="Menu principal"' in browser.html and 'href="/demandes/12"' in browser.html
    await browser.get("/brouillons/suppression", status=405)
    assert "Revenir à la demande" not in browser.page.texte
    stranger = Browser()
    await stranger.get("/demandes/12/messages", status=405)
    assert "Se connecter" in stranger.page.texte and "Revenir à la demande" not in stranger.page.texte
