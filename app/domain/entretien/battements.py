"""Is the platform well: the worker's heartbeat, the mails that should have left (quality R7)."""

from datetime import datetime, timedelta

from app import database

SILENCE = timedelta(minutes=3)
LATE = timedelta(minutes=10)


async def beat(nom: str, now: datetime) -> None:
    """Say that this worker is alive."""
    await database.fetch(
        "insert into battements (nom, at) values ($1, $2) on conflict (nom) do update set at = excluded.at",
        nom,
        now,
    )


async def list_troubles(now: datetime) -> list[str]:
    """What would hurt people now, in codes; empty when all is well."""
    row = await database.fetch_one(
        """
        select (select max(at) from battements) as beat_at,
            exists (select 1 from courriels where sent_at is null and failed_at is null and created_at < $1) as is_late
        """,
        now - LATE,
    )
    assert row is not None
    troubles = []
    if row["beat_at"] is not None and now - row["beat_at"] > SILENCE:
        troubles.append("worker")
    if row["is_late"]:
        troubles.append("courriels")
    return troubles
