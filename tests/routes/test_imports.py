"""The page of an import: its lines by kind, a page at a time (product « Administration »)."""

from datetime import datetime

from app.domain.administration.imports import create_import
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import signed_as


async def test_many_lines_are_read_a_page_at_a_time(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    lines = "".join(f"Maison {n:03};22;ccas\n" for n in range(60))
    numero = await create_import(ada, "maisons.csv", f"Groupe;Département;Organisme\n{lines}".encode(), now)
    browser = await signed_in(CAST.ada)
    page = f"/administration/imports/{numero}"
    for asked, first, last in (("", "000", "024"), ("?page=2", "025", "049"), ("?page=9", "050", "059")):
        await browser.get(f"{page}{asked}")
        shown = [n for n in range(60) if f"CCAS Maison {n:03}" in browser.page.texte]
        assert (f"{shown[0]:03}", f"{shown[-1]:03}", len(shown)) == (first, last, int(last) - int(first) + 1)
        assert len(browser.queries) <= 6
    await browser.get(page)
    assert f"{page}?vue=creer&page=3" in browser.page.links
    await browser.get(f"{page}?vue=erreur&page=2")
    assert "Aucune ligne de cette sorte." in browser.page.texte
