"""The end of files: fifteen days after they came, or with the form that was never sent (product §2; quality R6).

Every step may be killed and done again. A file is erased from the store first, then marked: once its row says it is
erased, it is. The name goes too: it often says who the usager is. What it looked like goes before it.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import database
from app.antivirus import Verdict
from app.coffre import CoffreIndisponible, Depot
from app.domain.entretien.retention import DRAFT_DAYS
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import jour
from app.domain.pieces_jointes.apercus import close_apercu
from app.domain.pieces_jointes.depot import coffre
from app.tables import Apercus

BATCH = 200
# A file being sent is in the store before its row is written: an hour is longer than any post.
ORPHAN_AGE = timedelta(hours=1)
WARNING = timedelta(days=3)
# The sweep of the warnings runs once a day: what goes before the next one would be warned too late.
ROUND = timedelta(days=1)
GIVE_UP_AFTER = 3  # failures of the store in a row

EXPIRED = """
select id, cle, demande from pieces_jointes
where erased_at is null and expires_at <= :now and id > :after order by id limit :batch
"""
COUNT_EXPIRED = "select count(*) as nombre from pieces_jointes where erased_at is null and expires_at <= :now"
# Those of answers that were never sent are of the demande too.
OF_DEMANDE = """
select id, cle, demande from pieces_jointes
where erased_at is null and demande = :demande and id > :after order by id limit :batch
"""
ABANDONED = """
delete from pieces_jointes p where p.brouillon is not null and p.uploaded_at <= :before
    and not exists (select from brouillons b where b.id = p.brouillon)
"""
MARK = """
update pieces_jointes set erased_at = :now, nom = '', verdict = coalesce(:verdict, verdict)
where id = :piece and erased_at is null returning id
"""
KNOWN = """
select cle from pieces_jointes where cle = any(:cles::text[]) and erased_at is null
union all select a.cle from apercus a join pieces_jointes p on p.id = a.piece
where a.cle = any(:cles::text[]) and p.erased_at is null
"""
NO_ID = "00000000-0000-0000-0000-000000000000"


async def erase_expired(now: datetime) -> int:
    """Erase every file past its fifteen days; how many. Raises CoffreIndisponible when the store fails again and again.

    What could not be erased is tried again at the next sweep, the others do not wait for it.
    """
    return await _erase_each(EXPIRED, now, now=now)


async def count_expired(now: datetime) -> int:
    """How many files `erase_expired` would erase at this instant."""
    [row] = await database.fetch(COUNT_EXPIRED, now=now)
    return int(row["nombre"])


async def erase_pieces_of(demande: int, now: datetime) -> int:
    """Erase every file of this demande, whatever its age; how many. Raises CoffreIndisponible, like `erase_expired`."""
    return await _erase_each(OF_DEMANDE, now, demande=demande)


async def _erase_each(which: str, instant: datetime, **named: datetime | int) -> int:
    erased, failures, last = 0, 0, NO_ID
    while rows := await database.fetch(which, **named, after=last, batch=BATCH):
        for row in rows:
            last = row["id"]
            try:
                await _empty(row)
            except CoffreIndisponible:
                failures += 1
                if failures >= GIVE_UP_AFTER:
                    raise
                continue
            failures = 0
            erased += await _mark_erased(row, instant)
    return erased


async def _empty(piece: Any) -> None:
    """Take this file out of the store, and what it looked like. Raises CoffreIndisponible."""
    for cle in [*await close_apercu(piece["id"]), piece["cle"]]:
        await coffre().delete(cle)


async def _mark_erased(row: Any, now: datetime, verdict: Verdict | None = None) -> bool:
    async with database.transaction():
        is_first = bool(await database.fetch(MARK, piece=row["id"], verdict=verdict, now=now))
        if is_first:
            await Apercus.delete().where(Apercus.piece == row["id"])
            raison = {"raison": verdict} if verdict else {}
            details = {"piece": str(row["id"]), **raison}
            await happened(Fait.PIECE_EFFACEE, demande=row["demande"], details=details, now=now)
    return is_first


async def erase_infected(piece: Any, now: datetime) -> None:
    """Erase this file, in which a virus was found after it was taken. Raises CoffreIndisponible."""
    await _empty(piece)
    await _mark_erased(piece, now, Verdict.INFECTE)


async def forget_abandoned(now: datetime) -> None:
    """Forget the files of forms not sent for seven days, unless a draft holds them; `erase_orphans` erases them."""
    await database.fetch(ABANDONED, before=now - DRAFT_DAYS)


async def erase_orphans(now: datetime) -> int:
    """Erase from the store what no living row knows: posts cut short, drafts given up, demandes deleted; how many.

    The store belongs to the files alone. Raises CoffreIndisponible.
    """
    erased = 0
    batch: list[Depot] = []
    async for depot in coffre().list_depots():
        if depot.stored_at < now - ORPHAN_AGE:
            batch.append(depot)
        if len(batch) == BATCH:
            erased += await _erase_unknown(batch)
            batch = []
    erased += await _erase_unknown(batch)
    await coffre().clear_debris(now - ORPHAN_AGE)
    return erased


async def _erase_unknown(batch: list[Depot]) -> int:
    if not batch:
        return 0
    rows = await database.fetch(KNOWN, cles=[depot.cle for depot in batch])
    known = {row["cle"] for row in rows}
    orphans = [depot.cle for depot in batch if depot.cle not in known]
    for cle in orphans:
        await coffre().delete(cle)
    return len(orphans)


# Those of a private message are nothing to the author: a mail about them would say that there is one.
SOON = """
select p.demande, d.auteur, z.fuseau, min(p.expires_at) as expires_at
from pieces_jointes p
join demandes d on d.numero = p.demande
join agents a on a.id = d.auteur
join departements z on z.id = a.departement
left join messages m on m.id = p.message
where p.erased_at is null and p.expires_at > :now and p.expires_at <= :until and p.brouillon is null
    and p.warned_at is null and m.is_prive is not true
group by p.demande, d.auteur, z.fuseau order by p.demande
"""
# The row lock makes two sweeps at once one: the second finds nothing left to warn of.
WARN = """
update pieces_jointes set warned_at = :now
where demande = :demande and erased_at is null and expires_at <= :until and brouillon is null and warned_at is null
returning id
"""


async def warn_authors(now: datetime) -> int:
    """Tell the author of each demande that files go in three days; one mail per demande, whatever the number of files.

    Safe to run twice, and twice at once.
    """
    until = now + WARNING + ROUND
    warned = 0
    for row in await database.fetch(SOON, now=now, until=until):
        async with database.transaction():
            if await database.fetch(WARN, demande=row["demande"], until=until, now=now):
                day = jour(row["expires_at"], ZoneInfo(row["fuseau"]))
                await tell(
                    Fait.PIECES_BIENTOT_EFFACEES,
                    [row["auteur"]],
                    demande=row["demande"],
                    contexte={"jour": day},
                    now=now,
                )
                warned += 1
    return warned
