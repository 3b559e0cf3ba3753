"""Three days before the personal data of a demande go, its author is told, with the way to print it (product §9)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app import database
from app.domain.faits.courriels import tell
from app.domain.faits.registre import Fait
from app.domain.mots.dates import jour
from app.domain.oubli.effacement import retention

WARNING = timedelta(days=3)
# The sweep runs once a day: what goes before the next one would be warned too late.
ROUND = timedelta(days=1)
LOT = 500

# A demande reopened since, then closed again, is announced again.
SOON = """
select d.numero, d.auteur, d.closed_at, z.fuseau
from demandes d join agents a on a.id = d.auteur join departements z on z.id = a.departement
where d.erased_at is null and d.effacement_at is null and d.closed_at <= :until
    and (d.effacement_annonce_at is null or d.effacement_annonce_at < d.closed_at)
order by d.numero limit :lot
"""
# The row lock makes two sweeps at once one: the second finds that it was announced.
ANNOUNCE = """
update demandes set effacement_annonce_at = :now
where numero = :numero and closed_at = :closed_at and erased_at is null
    and (effacement_annonce_at is null or effacement_annonce_at < closed_at)
returning numero
"""


async def warn_of_erasure(now: datetime) -> int:
    """Tell the author of each demande that its personal data go in three days; how many. Safe to run twice."""
    until, warned = now + WARNING + ROUND - retention(), 0
    while rows := await database.fetch(SOON, until=until, lot=LOT):
        for row in rows:
            async with database.transaction():
                if not await database.fetch(
                    ANNOUNCE, numero=row["numero"], closed_at=row["closed_at"], now=now
                ):
                    continue
                day = jour(row["closed_at"] + retention(), ZoneInfo(row["fuseau"]))
                await tell(
                    Fait.DONNEES_BIENTOT_EFFACEES,
                    [row["auteur"]],
                    demande=row["numero"],
                    contexte={"jour": day},
                    now=now,
                )
                warned += 1
    return warned
