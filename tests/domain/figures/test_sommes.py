"""Evenings that wait are counted at the cost of what was late meanwhile (product §10)."""

from datetime import datetime, timedelta

from app import database
from app.domain.figures.sommes import COUNT_EVENINGS, measure_missing
from tests.domain.volume import count_rows_read, make_foule


async def test_what_was_late_is_read_once_however_many_evenings_wait(now: datetime) -> None:
    """After an outage of the worker a hundred evenings wait; read again for each, they took half a minute."""
    await make_foule(now)
    await database.fetch("update sollicitations set late_at = :at", at=now - timedelta(days=9))
    while await measure_missing():
        pass
    await database.fetch("update suivis_demandes set jour = jour - 9")
    read = await count_rows_read(COUNT_EVENINGS, now=now, recul=8, limite=100)
    assert 900 <= read <= 3 * 900
