"""Files that came while the antivirus could not say: asked again until it does, and opened by nobody meanwhile."""

from datetime import datetime

from app import antivirus, database
from app.antivirus import Verdict
from app.coffre import ContenuAbsent
from app.domain.pieces_jointes.depot import coffre
from app.domain.pieces_jointes.effacement import erase_infected
from app.settings import get_settings

BATCH = 20

WAITING = """
select id, cle, demande from pieces_jointes
where verdict = 'en_attente' and erased_at is null and expires_at > :now order by uploaded_at, id limit :batch
"""
JUDGE = """
update pieces_jointes set verdict = :verdict where id = :piece and verdict = 'en_attente' and erased_at is null
"""
RELEASE = (
    "update pieces_jointes set verdict = 'non_analyse' where verdict = 'en_attente' and erased_at is null"
)


async def scan_waiting(now: datetime) -> None:
    """Ask the antivirus of each file that waits for it, oldest first; a file with a virus is erased.

    Where there is no antivirus any more nothing waits, and nothing is said to have been scanned. Two workers at once do
    no harm: the same file has the same verdict. Raises CoffreIndisponible.
    """
    url = get_settings().clamd_url
    if url is None:
        await database.fetch(RELEASE)
        return
    rows = await database.fetch(WAITING, now=now, batch=BATCH)
    if not rows or not await antivirus.is_reachable(url):
        return
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
            return
