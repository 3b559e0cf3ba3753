"""What an agent keeps for themselves of a demande: to be told of everything or of nothing more, to be reminded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import CLOTUREE, Demande
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.domain.regles.rythmes import OPENING

RAPPEL_MAX = timedelta(days=366)

#: The columns of a `SuiviPersonnel`, for the reader `:agent` of `:demande`, beside the tables of
#: `destinataires.SUIVENT`; a reminder that got its answer is over, and so is that of a closed demande.
SUIVI = """
select c.is_suivie, coalesce(c.is_suivie, exists (select from suivent s where s.agent = :agent)) as is_prevenu,
    m.due_at as rappel_at, m.told_at is not null as is_rappele
from (select 1) une left join choix c on c.agent = :agent left join memos m on m.demande = :demande and m.agent = :agent
    and not a_une_reponse(m.demande, m.agent, m.created_at)
    and exists (select from demandes where numero = :demande and closed_at is null)
"""


@dataclass(frozen=True)
class SuiviPersonnel:
    """What this reader chose. `is_suivie`: None when they chose nothing; `is_prevenu`: each message is told to them,
    whether they chose it or not; `is_rappele`: the reminder was told.
    """

    is_suivie: bool | None
    is_prevenu: bool
    rappel_at: datetime | None
    is_rappele: bool


CHOOSE = """
insert into abonnements (demande, agent, is_suivie, chosen_at) values (:demande, :agent, :is_suivie, :now)
on conflict (demande, agent) do update set is_suivie = excluded.is_suivie, chosen_at = excluded.chosen_at
"""


async def choose_suivi(signed: Signed, demande: Demande, *, is_suivie: bool, now: datetime) -> None:
    """To be told of everything in this demande, or of nothing more but what calls them. Raises Refus."""
    require(can_read_demande(signed.droits, demande.parties))
    await database.fetch(
        CHOOSE, demande=demande.numero, agent=signed.droits.agent, is_suivie=is_suivie, now=now
    )


REMIND = """
insert into memos (demande, agent, due_at, created_at) values (:demande, :agent, :due_at, :now)
on conflict (demande, agent) do update
set due_at = excluded.due_at, created_at = excluded.created_at, told_at = null
"""


async def ask_rappel(signed: Signed, demande: Demande, le: date | None, now: datetime) -> None:
    """« Me le rappeler le… »: known to this agent alone; another date replaces the first. It ends by itself when
    somebody of another side really answers, or when the demande is closed.

    Raises Refus, Conflit when it is closed, Invalide on `rappel_le`.
    """
    require(can_read_demande(signed.droits, demande.parties))
    if demande.parties.is_closed:
        raise Conflit(CLOTUREE)
    today = now.astimezone(signed.zone).date()
    if le is None:
        raise Invalide({"rappel_le": "Indiquez le jour du rappel."})
    if not today < le <= today + RAPPEL_MAX:
        raise Invalide({"rappel_le": "Choisissez un jour à venir, dans l’année."})
    due_at = datetime.combine(le, OPENING, signed.zone)
    await database.fetch(REMIND, demande=demande.numero, agent=signed.droits.agent, due_at=due_at, now=now)


END = "delete from memos where demande = :demande and agent = :agent"


async def end_rappel(signed: Signed, demande: Demande) -> None:
    """Cancel the reminder, or say that it was of use. Raises Refus."""
    require(can_read_demande(signed.droits, demande.parties))
    await database.fetch(END, demande=demande.numero, agent=signed.droits.agent)
