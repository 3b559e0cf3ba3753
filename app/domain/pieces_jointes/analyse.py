"""Files that came while the antivirus could not say: asked again until it does, and opened by nobody meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import antivirus, database
from app.antivirus import Verdict
from app.coffre import ContenuAbsent
from app.domain.pieces_jointes.depot import coffre
from app.domain.pieces_jointes.effacement import erase_infected
from app.settings import get_settings

BATCH = 20

WAITING = """
select id, cle, demande, uploaded_at from pieces_jointes
where verdict = 'en_attente' and erased_at is null and expires_at > :now
    and (:since::timestamptz is null or (uploaded_at, id) > (:since, :after::uuid))
order by uploaded_at, id limit :batch
"""
JUDGE = """
update pieces_jointes set verdict = :verdict where id = :piece and verdict = 'en_attente' and erased_at is null
"""
RELEASE = (
    "update pieces_jointes set verdict = 'non_analyse' where verdict = 'en_attente' and erased_at is null"
)


async def scan_waiting(now: datetime) -> None:
    """Ask the antivirus of each file that waits for it, oldest first; a file with a virus is erased, and those that it
    cannot judge, however many, hold up no other.

    Where there is no antivirus any more nothing waits, and nothing is said to have been scanned. Two workers at once do
    no harm: the same file has the same verdict. Raises CoffreIndisponible.
    """
    url = get_settings().clamd_url
    if url is None:
        await database.fetch(RELEASE)
        return
    since, after = None, None
    while rows := await database.fetch(WAITING, now=now, since=since, after=after, batch=BATCH):
        if not await antivirus.is_reachable(url) or not await _scan_each(url, rows, now):
            return
        since, after = rows[-1]["uploaded_at"], rows[-1]["id"]


async def _scan_each(url: str, rows: Sequence[Any], now: datetime) -> bool:
    """Whether the antivirus was there until the last one."""
    for row in rows:
        try:
            verdict = await antivirus.scan(url, await coffre().get(row["cle"]))
        except ContenuAbsent:
            # Taken back by its sender meanwhile.
            continue
        if verdict is Verdict.INFECTE:
            await erase_infected(row, now)
        elif verdict is Verdict.SAIN:
            await database.fetch(JUDGE, piece=row["id"], verdict=verdict.value)
        elif not await antivirus.is_reachable(url):
            return False
    return True
