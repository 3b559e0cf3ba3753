"""An answer takes its files along, in its transaction; a new demande takes them in the statement that makes it."""

from datetime import datetime
from uuid import UUID

from app import database
from app.domain.demandes.brouillons import ERASE
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait

# The files of an answer know their demande from the start: those of another form cannot come in this way.
ATTACH = """
update pieces_jointes set message = :message, brouillon = null
where brouillon = :formulaire and uploaded_by = :agent and demande = :demande
    and erased_at is null and expires_at > :now
returning id
"""


LEAVE = "".join(
    (
        "with jointes as (",
        ATTACH,
        "), partis as (",
        ERASE,
        ") select array(select id::text from jointes) as jointes",
    )
)


async def attach_pieces(
    agent: int,
    formulaire: UUID | None,
    *,
    demande: int,
    message: int,
    now: datetime,
    brouillon: UUID | None = None,
) -> int:
    """Attach the files of this form, if it may have any, to the line it just wrote in the thread; how many there were.
    Its draft, `brouillon`, goes with the same statement.
    """
    [row] = await database.fetch(
        LEAVE, formulaire=formulaire, cle=brouillon, agent=agent, demande=demande, message=message, now=now
    )
    if row["jointes"]:
        await happened(
            Fait.PIECE_AJOUTEE,
            agent=agent,
            demande=demande,
            details={"pieces": row["jointes"], "message": message},
            now=now,
        )
    return len(row["jointes"])
