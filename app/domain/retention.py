"""What is kept, and until when (product §2, §4, §5)."""

from datetime import datetime, timedelta

from app import database

DRAFT_DAYS = timedelta(days=7)
ATTEMPT_LIFE = timedelta(days=1)

EXPIRED = (
    ("delete from tentatives where at < $1", ATTEMPT_LIFE),
    ("delete from liens where expires_at < $1", ATTEMPT_LIFE),
    ("delete from sessions where expires_at < $1", timedelta(0)),
    ("delete from posts_scelles where expires_at < $1", timedelta(0)),
    ("delete from brouillons where updated_at < $1", DRAFT_DAYS),
)


async def forget(now: datetime) -> None:
    """Erase attempts and links a day old, ended sessions, and drafts untouched for seven days."""
    for sql, life in EXPIRED:
        await database.fetch(sql, now - life)
