"""What each process remembers for the pages of everybody stays fresh, whatever one reading of it meets."""

import asyncio
from datetime import date, datetime
from uuid import uuid4

import pytest

from app import database
from app.domain.administration import bandeaux, maintenances, memoire
from app.domain.administration.bandeaux import Audience, BandeauSaisi, list_affiches, publish_bandeau
from app.domain.administration.maintenances import find_current
from tests.cast import CAST
from tests.domain.administration.test_maintenances import plan
from tests.domain.scene import signed_as

TODAY = date(2026, 11, 24)
# Nothing while the base is away and after what nobody foresaw, then both, which stay when the base is away again.
SEEN_OVER_TURNS = [0, 0, 0, 2, 2]


async def test_the_memory_is_kept_fresh_whatever_a_reading_met(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another process publishes: this one still knows nothing.
    ada = await signed_as(CAST.ada, now)
    await publish_bandeau(ada, BandeauSaisi("Panne.", Audience.TOUS, TODAY, TODAY), uuid4(), now)
    await plan(now, "lecture")
    for module in (bandeaux, maintenances):
        monkeypatch.setattr(module, "_kept", [])
    monkeypatch.setattr(memoire, "REFRESH_SECONDS", 0)
    shown: list[int] = []
    failures = iter(
        [database.Indisponible("away"), ValueError("unheard of"), None, database.Indisponible("away")]
    )

    def clock() -> datetime:
        # What was known before this turn, then what this turn meets.
        shown.append(len(list_affiches(None, now)) + (find_current(now) is not None))
        if (failure := next(failures, None)) is not None:
            raise failure
        if len(shown) > len(SEEN_OVER_TURNS):
            raise asyncio.CancelledError
        return now

    with pytest.raises(asyncio.CancelledError):
        await memoire.keep_fresh(clock)
    assert shown[: len(SEEN_OVER_TURNS)] == SEEN_OVER_TURNS
