"""The worker’s heartbeat."""

from datetime import datetime, timedelta

from app import tables

SILENCE = timedelta(minutes=3)


async def beat(nom: str, now: datetime) -> None:
    """Say that this worker is alive."""
    await tables.Battements.insert(tables.Battements(nom=nom, at=now)).on_conflict(
        tables.Battements.nom, "DO UPDATE", [tables.Battements.at]
    )
