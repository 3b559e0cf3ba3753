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


async def test_an_unknown_page_is_a_french_404() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/nulle-part", status=404)
    assert "Page introuvable" in browser.page.texte
