"""« Me le rappeler le… »: told at its hour, unless somebody really answered (product §9)."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.faits.courriels import tell
from app.domain.faits.registre import Fait
from app.domain.regles.permissions import Droits

LOT = 200
RAPPELS_MAX = 50

# A reminder that is over leaves without a word: closed, answered, or not theirs to read any more.
DUE = """
select m.id, m.demande, m.agent, d.closed_at is null and not a_une_reponse(m.demande, m.agent, m.created_at)
    and exists (select from places x where x.demande = m.demande and x.agent = m.agent) as is_wanted
from memos m join demandes d on d.numero = m.demande
where m.told_at is null and m.due_at <= :now order by m.id limit :lot
for no key update of m skip locked
"""
TOLD = "update memos set told_at = :now where id = any(:ids)"
OVER = "delete from memos where id = any(:ids)"


async def remind(now: datetime) -> int:
    """Tell each reminder whose hour has come; how many. Safe to run twice, and twice at once."""
    told = 0
    while count := await _remind_some(now):
        told += count[1]
        if count[0] < LOT:
            break
    return told


async def _remind_some(now: datetime) -> tuple[int, int]:
    """How many reminders were looked at, and how many are told."""
    async with database.transaction():
        rows = await database.fetch(DUE, now=now, lot=LOT)
        wanted = [row for row in rows if row["is_wanted"]]
        await database.fetch(TOLD, ids=[row["id"] for row in wanted], now=now)
        await database.fetch(OVER, ids=[row["id"] for row in rows if not row["is_wanted"]])
        for row in wanted:
            await tell(Fait.RAPPEL_DEMANDE, [row["agent"]], demande=row["demande"], contexte={}, now=now)
    return len(rows), len(wanted)


@dataclass(frozen=True)
class Rappel:
    """A reminder that was told and is not over."""

    numero: int
    titre: str
    due_at: datetime


TOLD_ONES = """
select d.numero, d.titre, m.due_at from memos m join demandes d on d.numero = m.demande
where m.agent = :agent and m.told_at is not null and d.closed_at is null
    and exists (select from places x where x.demande = m.demande and x.agent = m.agent)
    and not a_une_reponse(m.demande, m.agent, m.created_at)
order by m.due_at, d.numero limit :most
"""


async def list_rappels(droits: Droits) -> list[Rappel]:
    """What this agent asked to be reminded of and still waits for, the oldest first."""
    rows = await database.fetch(TOLD_ONES, agent=droits.agent, most=RAPPELS_MAX)
    return [Rappel(**dict(row)) for row in rows]
