"""Mails that came back, and mails set aside that may leave again (product §9).

A provider takes a mail, then says that its address refused it; the row keeps that beside the instant it left. Three
refusals in a row with nothing delivered in between flag the address (the view `adresses_refusees`).
"""

from datetime import datetime
from uuid import UUID

from app import database

REJECT = """
update courriels set failed_at = :now, erreur = :code, contexte_scelle = null
where id = :id and failed_at is null returning id
"""
# What was refused for good has no content any more, and cannot leave again.
REPLAY = """
update courriels set failed_at = null, claimed_until = null, attempts = 0, due_at = :now
where failed_at is not null and sent_at is null and contexte_scelle is not null returning id
"""


async def record_rejet(courriel: UUID, motif: str, now: datetime) -> bool:
    """The provider says that this mail came back; False when it is unknown, or was known to have failed."""
    return await database.fetch_one(REJECT, id=courriel, code=f"rejet {motif}", now=now) is not None


async def replay_set_aside(now: datetime) -> int:
    """Try again every mail that was set aside and kept its content: once what was wrong is mended. How many."""
    return len(await database.fetch(REPLAY, now=now))
