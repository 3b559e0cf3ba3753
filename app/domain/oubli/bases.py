"""A base restored from an older copy is swept before it serves; what the copy would say or open again is void.

A copy holds what was erased since it was made: what time would erase again, and what only the traces in the store tell
(`traces.py`). It is known by the identity of its server and of its base, which a
restored dump does not share (its tables are new, even in the same base), or by what should have gone long ago.
"""

from datetime import datetime, timedelta

from app import database
from app.domain.oubli import effacement, traces
from app.domain.oubli.menages import forget_all

# The sweep runs every hour: what is two days late was restored, or nothing sweeps here.
LATE = timedelta(days=2)
RESTORED = "base restaurée"
REVENUE = "Les données de cette demande avaient déjà été effacées : elle est clôturée."

IDENTITY = """
select concat_ws(':', c.system_identifier, d.oid, 'bases'::regclass::oid) as identite
from pg_control_system() c, pg_database d where d.datname = current_database()
"""
LAST = "select identite from bases order by id desc limit 1"
MARK = """
insert into bases (id, identite, swept_at) values (1, :identite, :now)
on conflict (id) do update set identite = excluded.identite, swept_at = excluded.swept_at
"""
#: Sessions and links would let in who left since; what waited has left already, or is no longer true.
VOIDS = (
    "delete from sessions",
    "delete from liens",
    "delete from posts_scelles",
    """update courriels set failed_at = :now, claimed_until = null, contexte_scelle = null, erreur = :erreur
    where sent_at is null and failed_at is null""",
    """update sms set failed_at = :now, claimed_until = null, contenu_scelle = '', erreur = :erreur
    where done_at is null and failed_at is null""",
    """update rappels set failed_at = :now, claimed_until = null, corps_scelle = null, erreur = :erreur
    where sent_at is null and failed_at is null""",
)


class BaseRestauree(Exception):
    """This base may hold what was promised to be erased: it is swept before it serves."""


async def require_swept(now: datetime) -> None:
    """Raises BaseRestauree for a base restored from a copy and not swept since, or whose erasures are days late."""
    if await _is_restored():
        raise BaseRestauree(
            "this base was restored from a copy and not swept since. Run: python -m app migrate"
        )
    if await effacement.count_due(now - LATE):
        raise BaseRestauree("erasures are more than two days late. Run: python -m app forget")


async def settle(now: datetime, *, is_restored: bool = False) -> None:
    """Sweep everything and say that this base was; before, void what a restored copy would open or send again.

    A restored copy also erases again what its store says was erased. `is_restored`: the operator knows that it is, of
    a physical copy, which has the identity of its model. Safe to kill and to run again. Raises CoffreIndisponible.
    """
    if is_restored or await _is_restored():
        await _void(now)
        await _begin_again(now)
    await forget_all(now)
    await database.fetch(MARK, identite=await _read_identity(), now=now)


async def _void(now: datetime) -> None:
    async with database.transaction():
        for sql in VOIDS:
            named = {"now": now, "erreur": RESTORED} if ":now" in sql else {}
            await database.fetch(sql, **named)


async def _begin_again(now: datetime) -> None:
    """What was erased since the copy was made begins to go again, whatever state the copy knows it in."""
    returned = [found async for found in traces.list_returned()]
    for numero, raison in returned:
        await effacement.end_and_begin(numero, effacement.Raison(raison), REVENUE, now)


async def _is_restored() -> bool:
    last = await database.fetch_one(LAST)
    return last is not None and last["identite"] != await _read_identity()


async def _read_identity() -> str:
    [row] = await database.fetch(IDENTITY)
    return str(row["identite"])
