"""The end of a session is said before it comes, and put off by one button, with or without htmx (RGAA 13.1)."""

from datetime import datetime, timedelta

import pytest

from app import database, visite
from tests.browser import Browser, signed_in
from tests.cast import CAST

SAID = "Votre session se termine"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(visite, "clock", lambda: instant)


@pytest.mark.parametrize(
    ("is_durable", "before", "soon", "after"),
    [
        (False, 11 * HOUR + 39 * MINUTE, 11 * HOUR + 41 * MINUTE, 12 * HOUR),
        (True, 26 * DAY, 28 * DAY, 30 * DAY),
    ],
)
async def test_every_page_says_it_in_time_and_one_button_puts_it_off(
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
    before: timedelta,
    soon: timedelta,
    after: timedelta,
    *,
    is_durable: bool,
) -> None:
    browser = await signed_in(CAST.aida, is_durable=is_durable)
    at(monkeypatch, now + before)
    await browser.get("/demandes")
    asked = len(browser.queries)
    assert SAID not in browser.page.texte
    at(monkeypatch, now + soon)
    await browser.get("/demandes")  # an agent who is seen again is noted
    await browser.get("/demandes")
    assert SAID in browser.page.texte and len(browser.queries) <= asked
    await browser.get("/demandes/999999", status=404)
    assert SAID in browser.page.texte
    await browser.submit("/profil/session")
    await browser.get("/profil")
    assert "Votre session est prolongée." in browser.page.texte and SAID not in browser.page.texte
    at(monkeypatch, now + after + HOUR)
    await browser.get("/demandes")
    kept = next(cookie for cookie in browser.client.cookies.jar if cookie.name == "session")
    assert (kept.expires is not None) is is_durable


async def test_a_page_left_open_learns_it_and_keeps_what_is_typed(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes/nouvelle", follow=True)
    assert 'data-hx-get="/profil/session" data-hx-trigger="load delay:42005s"' in browser.html
    at(monkeypatch, now + 11 * HOUR + 41 * MINUTE)
    await browser.get("/profil/session", htmx=True)
    assert SAID in browser.page.texte and "data-annonce" in browser.html
    await browser.post("/profil/session", status=200, htmx=True)
    assert "Votre session est prolongée." in browser.page.texte
    assert 'data-hx-trigger="load delay:' in browser.html


async def test_an_ended_session_is_said_in_place(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes/nouvelle", follow=True)
    at(monkeypatch, now + 13 * HOUR)
    for response in (
        await browser.get("/profil/session", htmx=True),
        await browser.post("/profil/session", status=200, htmx=True),
    ):
        assert "hx-redirect" not in response.headers
        assert "Votre session est terminée." in browser.page.texte
    await browser.get("/demandes", status=303)
    assert [row["expires_at"] for row in await database.fetch("select expires_at from sessions")] == [
        now + 12 * HOUR
    ]


async def test_only_its_own_browser_puts_a_session_off(now: datetime) -> None:
    await signed_in(CAST.aida)
    await Browser().post("/profil/session", status=403)
    [row] = await database.fetch("select expires_at from sessions")
    assert row["expires_at"] == now + 12 * HOUR


@pytest.mark.parametrize(
    ("is_durable", "step", "most"), [(False, 11 * HOUR + 50 * MINUTE, 7 * DAY), (True, 29 * DAY, 90 * DAY)]
)
async def test_put_off_or_not_a_session_has_a_longest_life_and_says_so(
    monkeypatch: pytest.MonkeyPatch, now: datetime, step: timedelta, most: timedelta, *, is_durable: bool
) -> None:
    browser = await signed_in(CAST.aida, is_durable=is_durable)
    passed = step
    while passed < most:
        at(monkeypatch, now + passed)
        await browser.get("/profil")
        await browser.submit("/profil/session")
        passed += step
    at(monkeypatch, now + most - 10 * MINUTE)
    await browser.post("/profil/session", status=200, htmx=True)
    assert "prolongée\u00a0: envoyez ce que vous écrivez" in browser.page.texte
    assert "Votre session est prolongée." not in browser.page.texte
    await browser.get("/profil")
    assert SAID in browser.page.texte and "Rester connecté" not in browser.page.texte
    at(monkeypatch, now + most + MINUTE)
    await browser.get("/profil", status=303)
