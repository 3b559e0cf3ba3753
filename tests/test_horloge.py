"""Whatever the clock of this machine says, instants are those of the base (quality R9)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app import database, horloge
from app.domain.faits.envois import LEASE
from app.horloge import HEARD_FOR, SLOW, Horloge
from app.tasks.courriels import send_courriels
from tests.courrier import write_lettre

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Quartz:
    """A counter that a test moves, and a base that takes `slowness` seconds to say that it is noon."""

    def __init__(self, slowness: float) -> None:
        self.seconds = 1000.0
        self.slowness = slowness

    def __call__(self) -> float:
        return self.seconds

    async def fetchval(self, sql: str, **_: float) -> datetime:
        self.seconds += self.slowness
        return NOON


@pytest.fixture
def astray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Horloge]:
    """This machine believes that it is an hour later; nothing was heard yet."""
    made = Horloge(own=lambda: datetime.now(UTC) + HOUR)
    monkeypatch.setattr(horloge, "HORLOGE", made)
    yield made


async def test_what_was_heard_goes_on_by_the_counter() -> None:
    quartz = Quartz(slowness=0.4)
    clock = Horloge(own=lambda: NOON + HOUR, count=quartz)
    assert clock.now() == NOON + HOUR
    assert clock.is_old()
    await clock.ask(quartz.fetchval, 3)
    quartz.seconds += 10
    assert abs(clock.now() - (NOON + timedelta(seconds=10.2))) < timedelta(milliseconds=1)
    assert not clock.is_old()
    quartz.seconds += HEARD_FOR
    assert clock.is_old()


async def test_an_answer_that_took_long_says_nothing_and_is_not_asked_for_at_once() -> None:
    quartz = Quartz(slowness=SLOW + 0.1)
    clock = Horloge(own=lambda: NOON + HOUR, count=quartz)
    await clock.ask(quartz.fetchval, 3)
    assert clock.now() == NOON + HOUR
    assert not clock.is_old()


async def hear() -> None:
    """What every question outside a transaction does now and then."""
    async with database.ENGINE.connection():
        pass


async def test_a_machine_whose_clock_is_an_hour_early_reads_that_of_the_base(astray: Horloge) -> None:
    await hear()
    [row] = await database.fetch("select clock_timestamp() as at")
    assert abs(horloge.now() - row["at"]) < timedelta(seconds=5)


async def test_it_takes_no_mail_that_another_machine_is_sending(astray: Horloge) -> None:
    [row] = await database.fetch("select clock_timestamp() as at")
    await write_lettre("connexion_inconnue", "ines@exemple.fr", row["at"] - HOUR)
    held = row["at"] + LEASE
    await database.fetch("update courriels set claimed_until = :held", held=held)
    await hear()
    await send_courriels({})
    [mail] = await database.fetch("select claimed_until, sent_at, attempts from courriels")
    assert (mail["claimed_until"], mail["sent_at"], mail["attempts"]) == (held, None, 0)
