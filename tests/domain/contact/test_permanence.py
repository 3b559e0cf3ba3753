"""The hours the team keeps, on working days in Paris, and whether somebody is there."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.contact.permanence import is_open, read_permanence
from tests.browser import signed_in
from tests.cast import CAST


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True),  # a Tuesday, 9:00 in Paris
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 10, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 11, 11, 10, 0, tzinfo=UTC), False),  # Armistice
        (datetime(2026, 7, 21, 7, 30, tzinfo=UTC), True),  # 9:30 in summer
    ],
)
def test_hours_run_on_working_days_in_paris(instant: datetime, expected: bool) -> None:
    assert is_open(instant, 9, 18) is expected


async def test_somebody_of_the_team_is_there_for_ten_minutes(now: datetime) -> None:
    await signed_in(CAST.aida)
    assert not (await read_permanence(now)).is_present
    await signed_in(CAST.ada)
    found = await read_permanence(now)
    assert found.is_present and found.is_open
    assert found.reponse_at == now + timedelta(days=2)
    assert not (await read_permanence(now + timedelta(minutes=11))).is_present
