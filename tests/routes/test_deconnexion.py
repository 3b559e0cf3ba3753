"""Leaving: the row goes, the cookie goes, and there is never a dead end."""

from datetime import datetime, timedelta

import pytest

from app import database, visite
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal


async def test_log_out_ends_the_session_for_good() -> None:
    browser = await signed_in(CAST.aida, is_durable=True)
    await browser.get("/profil")
    kept = browser.client.cookies["session"]
    response = await browser.submit("/deconnexion")
    assert response.headers["location"] == "/connexion"
    assert "session" not in browser.client.cookies
    await browser.get("/connexion")
    assert "Vous êtes déconnecté" in browser.page.texte
    assert await database.fetch("select 1 from sessions") == []
    browser.client.cookies.set("session", kept, domain="127.0.0.1")
    await browser.get("/profil", status=303)
    assert [line["agent"] for line in await list_journal("deconnexion")] == [CAST.aida]


async def test_log_out_works_after_the_session_ended(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(days=2))
    response = await browser.submit("/deconnexion")
    assert response.headers["location"] == "/connexion"
    assert await database.fetch("select 1 from sessions") == []


async def test_log_out_works_twice_and_from_a_browser_that_forgot() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    page = browser.html
    await browser.submit("/deconnexion")
    browser.html = page
    response = await browser.submit("/deconnexion")
    assert response.headers["location"] == "/connexion"
    response = await Browser().post("/deconnexion")
    assert response.headers["location"] == "/connexion"


async def test_another_site_cannot_log_out() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post("/deconnexion", headers={"origin": "https://ailleurs.example"}, status=403)
    await browser.post("/deconnexion", {"csrf": "00.x"}, status=403)
    await browser.get("/profil")


async def test_a_link_cannot_log_out() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/deconnexion", status=405)
    await browser.get("/profil")


async def test_a_disabled_agent_is_out_at_the_next_request_and_does_not_come_back(now: datetime) -> None:
    browser = await signed_in(CAST.aida, is_durable=True)
    await browser.get("/profil")
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.aida
    )
    await browser.get("/profil", status=303)
    await browser.post("/deconnexion")
    await database.fetch("update agents set deactivated_at = null where id = :agent", agent=CAST.aida)
    await browser.get("/profil", status=303)


async def test_a_role_changes_at_the_next_request() -> None:
    browser = await signed_in(CAST.idir)
    response = await browser.get("/", status=303)
    assert response.headers["location"] == "/demandes/recues"
    await database.fetch(
        "update adhesions set is_instructeur = false, is_aidant = true where agent = :agent", agent=CAST.idir
    )
    response = await browser.get("/", status=303)
    assert response.headers["location"] == "/demandes"
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)
    await browser.get("/")
    assert "CAF 22" not in browser.page.texte


async def test_a_session_without_rester_connecte_ends_with_the_day(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    passing, durable = await signed_in(CAST.aida), await signed_in(CAST.aida, is_durable=True)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(days=1))
    await passing.get("/profil", status=303)
    await durable.get("/profil")
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(days=30))
    await durable.get("/profil", status=303)


async def test_an_altered_cookie_is_nobody() -> None:
    browser = await signed_in(CAST.aida)
    agent, jeton, mac = browser.client.cookies["session"].split(".")
    for forged in (
        f"{CAST.ada}.{jeton}.{mac}",
        f"{agent}.{jeton}x.{mac}",
        f"{agent}.{jeton}",
        "é.é.é",
        "..",
        "x" * 4000,
    ):
        stranger = Browser()
        await stranger.get("/profil", status=303, headers={"cookie": f"session={forged}".encode()})
