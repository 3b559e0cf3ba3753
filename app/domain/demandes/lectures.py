"""Who opened a demande, and when: first and last visit (product §7)."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.regles.permissions import can_read_demande, is_on_aidant_side


@dataclass(frozen=True)
class Lecture:
    """The visits of one agent."""

    agent: int
    nom: str
    first_at: datetime
    last_at: datetime


# One statement, journal included, because every page view pays for it. A row the insert made has no xmax; one it
# found again carries the mark of this update.
MARK = """
with visite as (
    insert into lectures as l (demande, agent, first_at, last_at) values ($1, $2, $3, $3)
    on conflict (demande, agent) do update set last_at = greatest(l.last_at, excluded.last_at)
    returning l.xmax = 0 as is_first
),
ouvertes as (
    update sollicitations set opened_at = $3 where demande = $1 and groupe = any($4) and opened_at is null
)
insert into journal (at, fait, agent, demande, details)
select $3, 'demande_consultee', $2, $1, '{}' from visite where is_first
"""


async def mark_read(signed: Signed, demande: Demande, now: datetime) -> None:
    """Write this visit, and that a référent opened the parts of their own groupes; journalled the first time.

    Whoever sees metadata only leaves no mark; who stands on the aidant side opens no part.
    """
    droits, parties = signed.droits, demande.parties
    if not can_read_demande(droits, parties):
        return
    own = [] if is_on_aidant_side(droits, parties) else list(droits.instructeur & parties.groupes_sollicites)
    await database.fetch(MARK, demande.numero, droits.agent, now, own)


async def list_lectures(demande: Demande) -> list[Lecture]:
    """Every agent who opened it, first come first."""
    rows = await database.fetch(
        """
        select l.agent, trim(a.prenom || ' ' || a.nom) as nom, l.first_at, l.last_at
        from lectures l join agents a on a.id = l.agent
        where l.demande = $1 order by l.first_at, l.id
        """,
        demande.numero,
    )
    return [Lecture(**dict(row)) for row in rows]
