"""Pauses of a groupe: kept once they are over, gone when they never began, and left out of the delays measured."""

from datetime import UTC, date, datetime, timedelta

from app import database
from tests.cast import CAST
from tests.factories import make_demande

SET = "update groupes set pause_on = :debut, reprise_on = :reprise where id = :caf"
ANSWER = """
update sollicitations set first_answered_at = :at, answered_at = :at, traitee_at = :at, late_at = null
where demande = :numero
"""


async def set_pause(debut: date | None, reprise: date | None) -> list[tuple[date, date]]:
    await database.fetch(SET, debut=debut, reprise=reprise, caf=CAST.groupes.caf)
    rows = await database.fetch("select debut_on, reprise_on from pauses order by debut_on")
    return [(row["debut_on"], row["reprise_on"]) for row in rows]


async def measure(asked: datetime, answered: datetime) -> tuple[int, int]:
    numero = await make_demande(answered, sent_at=asked)
    await database.fetch(ANSWER, at=answered, numero=numero)
    [row] = await database.fetch(
        "select reponse_dixiemes, resolution_dixiemes from suivis where demande = :numero", numero=numero
    )
    return row["reponse_dixiemes"], row["resolution_dixiemes"]


async def test_a_pause_over_is_kept_and_one_that_never_began_is_not() -> None:
    long_ago, later = date(2026, 5, 4), date(2099, 5, 4)
    past = (long_ago, long_ago + timedelta(days=5))
    assert await set_pause(*past) == [past]
    assert await set_pause(later, later + timedelta(days=9)) == [past, (later, later + timedelta(days=9))]
    assert await set_pause(later, later + timedelta(days=3)) == [past, (later, later + timedelta(days=3))]
    assert await set_pause(None, None) == [past]


async def test_a_pause_that_is_taken_back_ends_that_day() -> None:
    [row] = await database.fetch("select (now() at time zone 'Europe/Paris')::date as jour")
    debut = row["jour"] - timedelta(days=3)
    await set_pause(debut, row["jour"] + timedelta(days=30))
    assert await set_pause(None, None) == [(debut, row["jour"])]


async def test_the_days_of_a_pause_do_not_count() -> None:
    """Asked on a Monday at 10:00, answered on the next Monday at 10:00: five working days, seven of the calendar."""
    asked = datetime(2026, 9, 7, 8, tzinfo=UTC)
    answered = asked + timedelta(days=7)
    assert await measure(asked, answered) == (50, 70)
    await set_pause(date(2026, 9, 9), date(2026, 9, 12))  # Wednesday to Friday
    assert await measure(asked, answered) == (20, 40)
    await set_pause(date(2026, 9, 14), date(2026, 9, 20))  # the morning of the answer is in pause too
    assert await measure(asked, answered) == (16, 36)
