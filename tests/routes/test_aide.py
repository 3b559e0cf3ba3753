"""The help page: open to who cannot sign in, and true to the settings."""

from tests.browser import Browser, signed_in
from tests.cast import CAST


async def test_the_help_is_for_everyone() -> None:
    browser = Browser()
    await browser.get("/aide")
    assert "30 minutes" in browser.page.texte and "support@aplus.invalid" in browser.page.texte
    assert browser.queries == []
    signed = await signed_in(CAST.ines)
    await signed.get("/aide")
    assert "Le Goff" in signed.page.texte


async def test_every_summary_link_leads_somewhere() -> None:
    browser = Browser()
    await browser.get("/aide")
    inside = {link.removeprefix("#") for link in browser.page.links if link.startswith("#")}
    assert inside <= set(browser.page.ids)
