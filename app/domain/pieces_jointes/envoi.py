"""An answer takes its files along, in its transaction; a new demande takes them in the statement that makes it."""

from datetime import datetime
from uuid import UUID

from app import database
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait

# The files of an answer know their demande from the start: those of another form cannot come in this way.
ATTACH = """
update pieces_jointes set message = :message, brouillon = null
where brouillon = :formulaire and uploaded_by = :agent and demande = :demande
    and erased_at is null and expires_at > :now
returning id
"""


async def attach_pieces(agent: int, formulaire: UUID, *, demande: int, message: int, now: datetime) -> int:
    """Attach the files of this form to the line it just wrote in the thread; how many there were."""
    rows = await database.fetch(
        ATTACH, formulaire=formulaire, agent=agent, demande=demande, message=message, now=now
    )
    if rows:
        await happened(
            Fait.PIECE_AJOUTEE,
            agent=agent,
            demande=demande,
            details={"pieces": [str(row["id"]) for row in rows], "message": message},
            now=now,
        )
    return len(rows)
