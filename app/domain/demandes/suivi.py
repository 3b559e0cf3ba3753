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
    if missing := check_jour(signed, le, now):
        raise Invalide({"rappel_le": missing})
    assert le is not None, "a missing day is said missing"
    due_at = datetime.combine(le, OPENING, signed.zone)
    await database.fetch(REMIND, demande=demande.numero, agent=signed.droits.agent, due_at=due_at, now=now)


def check_jour(signed: Signed, le: date | None, now: datetime) -> str:
    """What is wrong with the day of a reminder; empty when nothing is."""
    today = now.astimezone(signed.zone).date()
    if le is None:
        return "Indiquez le jour du rappel."
    return "" if today < le <= today + RAPPEL_MAX else "Choisissez un jour à venir, dans l’année."


END = "delete from memos where demande = :demande and agent = :agent"


async def end_rappel(signed: Signed, demande: Demande) -> None:
    """Cancel the reminder, or say that it was of use. Raises Refus."""
    require(can_read_demande(signed.droits, demande.parties))
    await database.fetch(END, demande=demande.numero, agent=signed.droits.agent)


# A reminder told, ended or asked anew since then has its own last word; an answer or a closing ends it too.
FORMER = """
with avant as (
    select * from jsonb_to_record(:avant::jsonb) as a (due_at timestamptz, created_at timestamptz, told_at timestamptz)
    where not a_une_reponse(:demande, :agent, :at)
        and exists (select from demandes where numero = :demande and closed_at is null)
),
remis as (
    update memos m set due_at = a.due_at, created_at = a.created_at, told_at = a.told_at from avant a
    where m.demande = :demande and m.agent = :agent and m.created_at = :at and m.told_at is null
        and a.due_at is not null
    returning m.id
),
retire as (
    delete from memos m using avant a
    where m.demande = :demande and m.agent = :agent and m.created_at = :at and m.told_at is null and a.due_at is null
    returning m.id
)
select id from remis union all select id from retire
"""


async def undo_rappel(signed: Signed, demande: Demande, at: datetime, avant: str) -> bool:
    """The reminder asked at that instant goes, and the one it replaced comes back. False when it is no more so.

    Raises Refus.
    """
    require(can_read_demande(signed.droits, demande.parties))
    row = await database.fetch_one(
        FORMER, demande=demande.numero, agent=signed.droits.agent, at=at, avant=avant
    )
    return row is not None
