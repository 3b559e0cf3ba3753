"""Whether the platform is well: the worker’s heartbeat, and the mails that should have left (quality R7)."""

from datetime import datetime, timedelta

from app import database, tables

SILENCE = timedelta(minutes=3)
LATE = timedelta(minutes=10)

STATE = """
select (select max(at) from battements) as beat_at,
    exists (
        select 1 from courriels where sent_at is null and failed_at is null and created_at < :late
    ) as is_late
"""


async def beat(nom: str, now: datetime) -> None:
    """Say that this worker is alive."""
    await tables.Battements.insert(tables.Battements(nom=nom, at=now)).on_conflict(
        tables.Battements.nom, "DO UPDATE", [tables.Battements.at]
    )


async def list_troubles(now: datetime) -> list[str]:
    """What would hurt people now, in codes; empty when all is well."""
    [row] = await database.fetch(STATE, late=now - LATE)
    troubles = []
    if row["beat_at"] is not None and now - row["beat_at"] > SILENCE:
        troubles.append("worker")
    if row["is_late"]:
        troubles.append("courriels")
    return troubles
