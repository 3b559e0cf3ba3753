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


async def test_who_is_not_signed_in_goes_to_connexion() -> None:
    response = await Browser().get("/", status=303)
    assert response.headers["location"] == "/connexion"


async def test_an_unknown_page_is_a_french_404() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/nulle-part", status=404)
    assert "Page introuvable" in browser.page.texte
