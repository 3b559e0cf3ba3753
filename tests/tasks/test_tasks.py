"""What the timetable runs fails quietly: the next cron is the retry, and the log quotes nothing (quality S8)."""

import asyncio

import pytest
from saq import CronJob
from structlog.testing import capture_logs

from app import tasks
from app.domain.entretien.balayages import list_balayages
from app.tasks.ouvrier import told_apart


async def spill(_: dict[str, object]) -> None:
    """A sweep the base refuses, with the row in the words of the error."""
    raise ValueError("Failing row contains (Martine, Dupont, 1 68 03 22 113 045 22)")


async def test_a_sweep_that_fails_says_its_name_and_no_more(capfd: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as lines:
        await told_apart(spill)({})
    assert [(line["event"], line["sweep"], line["error"]) for line in lines] == [
        ("sweep failed", "spill", "ValueError")
    ]
    [kept] = await list_balayages()
    assert (kept.nom, kept.erreur, kept.succeeded_at, kept.is_failing) == ("spill", "ValueError", None, True)
    assert "Dupont" not in str(lines) + str(kept) + "".join(capfd.readouterr())


async def test_a_sweep_that_succeeds_after_a_failure_is_well_again() -> None:
    broken = True

    async def spill_once(_: dict[str, object]) -> None:
        if broken:
            raise ValueError

    sweep = told_apart(spill_once)
    await sweep({})
    broken = False
    await sweep({})
    [kept] = await list_balayages()
    assert kept.failed_at is not None and not kept.is_failing


async def test_a_sweep_that_lasts_too_long_is_a_failure_too() -> None:
    async def sleep(_: dict[str, object]) -> None:
        await asyncio.sleep(60)

    turn = asyncio.ensure_future(told_apart(sleep)({}))
    await asyncio.sleep(0)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert [(kept.nom, kept.erreur) for kept in await list_balayages()] == [("sleep", "TimeoutError")]


def test_every_sweep_is_run_that_way_under_its_own_name() -> None:
    for job in tasks.TIMETABLE:
        assert isinstance(job, CronJob)
        assert hasattr(job.function, "__wrapped__"), job.function
    lanes = [sweep.__name__ for lane in tasks.LANES for sweep in lane.sweeps]
    names = [job.function.__qualname__ for job in tasks.TIMETABLE] + lanes
    assert len(set(names)) == len(names)
    assert {"send_urgents", "send_courriels", "send_sms", "beat_heart"} <= set(lanes)
