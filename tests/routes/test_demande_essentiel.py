"""What is looked for first stands first: for whom, until when, whose turn, by name (issue 10)."""

from datetime import datetime

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import DAY, HOUR, post
from tests.factories import make_demande

NB = "\u00a0"


async def open_demande(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


def cells(browser: Browser) -> str:
    start = browser.html.index('id="demande-essentiel"')
    return browser.html[start : browser.html.index("</dl>", start)]


async def test_it_comes_before_the_situation_and_the_answer(now: datetime) -> None:
    browser = await open_demande(CAST.ines, await make_demande(now))
    assert browser.html.index("demande-essentiel") < browser.html.index("situation-titre")
    assert "Martine Dubois" in cells(browser)
    assert "CAF 22, avant" in cells(browser)


@pytest.mark.parametrize(
    ("taker", "reader", "words"),
    [
        (None, "ines", "<strong>À vous de répondre</strong>"),
        ("ines", "ines", f"<strong>À vous{NB}: vous vous en occupez</strong>"),
        ("idir", "ines", "<dd>À Idir Hamel (CAF 22)"),
        ("idir", "aida", "<dd>À Idir Hamel (CAF 22)"),
        (None, "aida", "<dd>À CAF 22"),
    ],
)
async def test_whose_turn_it_is_bears_a_name(
    taker: str | None, reader: str, words: str, now: datetime
) -> None:
    numero = await make_demande(now)
    if taker:
        await database.fetch(
            "update sollicitations set taken_by = :agent where demande = :numero",
            agent=getattr(CAST, taker),
            numero=numero,
        )
    assert words in cells(await open_demande(getattr(CAST, reader), numero))


async def test_after_an_answer_the_aidant_plays(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - DAY)
    await post(CAST.ines, numero, now - HOUR)
    assert "<strong>À vous de répondre</strong>" in cells(await open_demande(CAST.aida, numero))
    assert "<dd>À l’aidant de répondre" in cells(await open_demande(CAST.ines, numero))


async def test_only_lateness_is_orange(now: datetime) -> None:
    early, late = await make_demande(now), await make_demande(now, sent_at=now - 8 * DAY)
    assert "ap-alerte" not in cells(await open_demande(CAST.ines, early))
    shown = cells(await open_demande(CAST.ines, late))
    assert "ap-alerte" in shown
    assert "en souffrance depuis" in shown
