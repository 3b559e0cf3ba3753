"""What is kept, and until when (product §2, §4, §5)."""

from datetime import datetime, timedelta

from app import database, tables

DRAFT_DAYS = timedelta(days=7)
ATTEMPT_LIFE = timedelta(days=1)
AT_ITS_END = timedelta(0)

EXPIRED = (
    (tables.Tentatives.at, ATTEMPT_LIFE),
    (tables.Liens.expires_at, ATTEMPT_LIFE),
    (tables.Sessions.expires_at, AT_ITS_END),
    (tables.PostsScelles.expires_at, AT_ITS_END),
    (tables.Brouillons.updated_at, DRAFT_DAYS),
)

# The mail that says « unknown » holds the address of a stranger, typed by anybody.
FORGET_STRANGERS = """
delete from courriels where fait = 'connexion_inconnue' and coalesce(sent_at, failed_at) < :told_before
"""


async def forget(now: datetime) -> None:
    """Erase attempts, links and addresses of strangers a day old, ended sessions, drafts untouched for seven days."""
    for column, life in EXPIRED:
        await column._meta.table.delete().where(column < now - life)
    await database.fetch(FORGET_STRANGERS, told_before=now - ATTEMPT_LIFE)
