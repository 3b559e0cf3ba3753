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
    # The mail that says « unknown »: the address of a stranger, typed by anybody.
    (
        "delete from courriels where fait = 'connexion_inconnue' and coalesce(sent_at, failed_at) < $1",
        ATTEMPT_LIFE,
    ),
)


async def forget(now: datetime) -> None:
    """Erase attempts, links and addresses of strangers a day old, ended sessions, drafts untouched for seven days."""
    for sql, life in EXPIRED:
        await database.fetch(sql, now - life)
