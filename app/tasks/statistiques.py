"""Sums that figures are read from, and what is counted each evening."""

from typing import Any

from app import horloge
from app.domain.figures.ouvertes import find_published_on
from app.domain.figures.publications import publish
from app.domain.figures.sommes import count_evenings, measure_missing, sum_again
from app.domain.mots.dates import PARIS

TOURS = 50
MATIN = 5


async def sum_figures(_: dict[str, Any]) -> None:
    """Measure what no trigger saw, then make the marked sums again; what is left waits for the next time."""
    for measure in (measure_missing, sum_again):
        for _tour in range(TOURS):
            if not await measure():
                break


async def count_souffrances(_: dict[str, Any]) -> None:
    """Parts en souffrance at 18:00, where it has struck."""
    await count_evenings(horloge.now())


async def publish_figures(_: dict[str, Any]) -> None:
    """The months that are over, for the public and pilotes, once a morning; at once on a base that never did."""
    now = horloge.now()
    here = now.astimezone(PARIS)
    last = await find_published_on()
    if last is None or (last < here.date() and here.hour >= MATIN):
        await sum_figures({})
        await publish(now, jour=here.date())
