"""What the timetable runs fails quietly: the next cron is the retry, and the log quotes nothing (quality S8)."""

import inspect

import pytest
from saq import CronJob
from structlog.testing import capture_logs

from app import tasks
from app.tasks.courriels import send_courriels


async def spill(_: dict[str, object]) -> None:
    """A sweep the base refuses, with the row in the words of the error."""
    raise ValueError("Failing row contains (Martine, Dupont, 1 68 03 22 113 045 22)")


async def test_a_sweep_that_fails_says_its_name_and_no_more(capfd: pytest.CaptureFixture[str]) -> None:
    job = tasks._every("* * * * *", spill, 10)
    with capture_logs() as lines:
        done = job.function({})
        assert inspect.isawaitable(done)
        await done
    assert [(line["event"], line["sweep"], line["error"]) for line in lines] == [
        ("sweep failed", "spill", "ValueError")
    ]
    assert "Dupont" not in str(lines) + "".join(capfd.readouterr())


def test_every_sweep_is_run_that_way_under_its_own_name() -> None:
    for job in tasks.TIMETABLE:
        assert isinstance(job, CronJob)
        assert hasattr(job.function, "__wrapped__"), job.function
    names = [job.function.__qualname__ for job in tasks.TIMETABLE]
    assert len(set(names)) == len(names)
    assert send_courriels.__qualname__ in names
