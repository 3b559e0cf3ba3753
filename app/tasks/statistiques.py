"""Sums that figures are read from, and what is counted each evening."""

from datetime import UTC, datetime
from typing import Any

from app.domain.figures.sommes import count_evenings, measure_missing, sum_again

TOURS = 50


async def sum_figures(_: dict[str, Any]) -> None:
    """Measure what no trigger saw, then make the marked sums again; what is left waits for the next time."""
    for measure in (measure_missing, sum_again):
        for _tour in range(TOURS):
            if not await measure():
                break


async def count_souffrances(_: dict[str, Any]) -> None:
    """Parts en souffrance at 18:00, where it has struck."""
    await count_evenings(datetime.now(UTC))
