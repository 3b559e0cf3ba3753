"""What waits for an agent, and why: shown beside their choices."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import database
from app.domain.regles.calendrier import Calendrier

YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Prochain:
    """The next grouped mail of an agent, if any, and the next public holiday where they are."""

    leaves_at: datetime | None
    demandes: int
    du: str
    ferie: date | None


PROCHAIN = """
select p.du, p.fuseau, p.calendrier, w.leaves_at, coalesce(w.demandes, 0) as demandes
from agents a join departements p on p.id = a.departement
left join lateral (select c.due_at as leaves_at, count(distinct c.demande) as demandes
    from courriels c where c.agent = a.id and c.is_waiting and c.due_at > :now and c.demande is not null
    group by c.due_at order by c.due_at limit 1) w on true
where a.id = :agent
"""


async def find_prochain(agent: int, now: datetime) -> Prochain:
    """When the next grouped mail leaves and of how many demandes it tells."""
    row = await database.fetch_one(PROCHAIN, agent=agent, now=now)
    assert row is not None
    calendrier = Calendrier(row["fuseau"], row["calendrier"])
    today = now.astimezone(calendrier.zone).date()
    feries = [
        jour
        for annee in (today.year, today.year + 1)
        for jour in calendrier.jours_feries(annee)
        if today <= jour <= today + YEAR
    ]
    return Prochain(row["leaves_at"], row["demandes"], row["du"], min(feries, default=None))
