"""Which base may serve: never one that holds what should have gone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import database
from app.domain.oubli import bases
from app.settings import get_settings
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.domain.scene import DAY, signed_as
from tests.factories import make_demande


async def test_a_new_base_serves_and_goes_on_serving_once_it_was_swept(now: datetime, store: Path) -> None:
    await bases.require_swept(now)
    await bases.settle(now)
    await bases.settle(now + DAY)
    await bases.require_swept(now + DAY)
    assert len(await database.fetch("select 1 from bases")) == 1


async def test_what_a_copy_would_send_or_open_again_is_void_and_only_then(now: datetime, store: Path) -> None:
    await signed_as(CAST.aida, now)
    await write_lettre("connexion", "aida@exemple.fr", now)
    await bases.settle(now)
    assert await _count_alive() == (1, 1)
    await database.fetch("update bases set identite = 'ailleurs'")
    with pytest.raises(bases.BaseRestauree):
        await bases.require_swept(now)
    await bases.settle(now)
    await bases.require_swept(now)
    assert await _count_alive() == (0, 0)


async def test_the_operator_may_say_that_a_physical_copy_is_one(now: datetime, store: Path) -> None:
    await bases.settle(now)
    await signed_as(CAST.aida, now)
    await bases.settle(now, is_restored=True)
    assert await _count_alive() == (0, 0)


async def test_erasures_two_days_late_are_not_served(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    days = timedelta(days=get_settings().retention_days)
    await database.fetch("update demandes set closed_at = $2 where numero = $1", numero, now - days - DAY)
    await bases.require_swept(now)
    with pytest.raises(bases.BaseRestauree, match="late"):
        await bases.require_swept(now + 2 * DAY)
    await bases.settle(now + 2 * DAY)
    await bases.require_swept(now + 2 * DAY)


async def _count_alive() -> tuple[int, int]:
    row = await database.fetch_one(
        """
        select (select count(*) from sessions) as sessions,
            (select count(*) from courriels where sent_at is null and failed_at is null) as courriels
        """
    )
    assert row is not None
    return row["sessions"], row["courriels"]
