"""Who opened a demande, and when: first and last visit (product §7)."""

from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.regles.permissions import can_read_demande, is_on_aidant_side

# Every view of the page pays for this statement, hence only one, journal included. `xmax` is 0 on a line that the
# insert has just made, and something else on a line that it found again.
MARK = """
with visite as (
    insert into lectures as l (demande, agent, first_at, last_at) values (:demande, :agent, :now, :now)
    on conflict (demande, agent) do update set last_at = greatest(l.last_at, excluded.last_at)
    returning l.xmax = 0 as is_first
),
ouvertes as (
    update sollicitations set opened_at = :now
    where demande = :demande and groupe = any (:groupes) and opened_at is null
)
insert into journal (at, fait, agent, demande, details)
select :now, 'demande_consultee', :agent, :demande, '{}' from visite where is_first
"""


async def mark_read(signed: Signed, demande: Demande, now: datetime) -> None:
    """Write this visit, and that a référent opened the parts of their own groupes; journalled the first time.

    Whoever sees metadata only leaves no mark; who stands on the aidant side opens no part.
    """
    droits, parties = signed.droits, demande.parties
    if not can_read_demande(droits, parties):
        return
    own = [] if is_on_aidant_side(droits, parties) else list(droits.instructeur & parties.groupes_sollicites)
    await database.fetch(MARK, demande=demande.numero, agent=droits.agent, now=now, groupes=own)
