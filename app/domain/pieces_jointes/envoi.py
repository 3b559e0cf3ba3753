"""What is sent takes its files along, in the same transaction."""

from datetime import datetime
from uuid import UUID

from app import database
from app.domain.faits import happened

# The files of an answer know their demande from the start: those of another form cannot come in this way.
ATTACH = """
update pieces_jointes set demande = $3::bigint, message = $4::bigint, brouillon = null
where brouillon = $1 and uploaded_by = $2 and erased_at is null and expires_at > $5
    and demande is not distinct from (case when $4::bigint is null then null else $3::bigint end)
returning id
"""


async def attach_pieces(
    agent: int, formulaire: UUID, *, demande: int, message: int | None, now: datetime
) -> int:
    """Attach the files of this form to what it just wrote, in its transaction; how many there were.

    `message`: the line of an answer; None for the demande itself.
    """
    rows = await database.fetch(ATTACH, formulaire, agent, demande, message, now)
    if rows:
        await happened(
            "piece_ajoutee",
            agent=agent,
            demande=demande,
            details={"pieces": [str(row["id"]) for row in rows], "message": message},
            now=now,
        )
    return len(rows)
