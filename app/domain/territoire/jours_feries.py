"""The public holidays of each calendar, for SQL to count working time as `regles.calendrier` does."""

from collections.abc import Collection
from datetime import date

from app import database
from app.domain.regles.calendrier import FIRST_YEAR, LAST_YEAR, SATURDAY, Calendrier

LOAD = """
insert into jours_feries (calendrier, jour, rang)
select f.calendrier, f.jour, f.rang
from unnest(:calendriers::text[], :jours::date[], :rangs::int[]) as f(calendrier, jour, rang)
"""
KNOWN = "select calendrier, jour, rang from jours_feries"
USED = "select distinct calendrier from departements"
MISSING = """
select c from unnest(:codes::text[]) as c where not exists (select from jours_feries f where f.calendrier = c)
"""
MEASURE_AGAIN = """
update suivis s set
    limite_at = limite_premiere_reponse(p.calendrier, p.fuseau, s.solicited_at),
    reponse_dixiemes = round((temps_ouvre(p.calendrier, s.reponse_at at time zone p.fuseau)
        - temps_ouvre(p.calendrier, s.solicited_at at time zone p.fuseau)) / 8640)
from departements p where p.id = s.departement and p.calendrier = any(:calendriers)
"""


def list_jours_feries(codes: Collection[str]) -> set[tuple[str, date, int]]:
    """Calendar, day, rank: the holidays from Monday to Friday of these calendars. The others change nothing."""
    found = set()
    for code in codes:
        calendrier = Calendrier("Europe/Paris", code)
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        jours = sorted(
            jour for year in years for jour in calendrier.jours_feries(year) if jour.weekday() < SATURDAY
        )
        found |= {(code, jour, rang) for rang, jour in enumerate(jours, start=1)}
    return found


async def load_jours_feries() -> None:
    """Bring them up to date, and measure again what a change moves. Safe to run twice."""
    wanted = list_jours_feries({row["calendrier"] for row in await database.fetch(USED)})
    known = {tuple(row) for row in await database.fetch(KNOWN)}
    changed = sorted({calendrier for calendrier, _, _ in wanted ^ known})
    if not changed:
        return
    rows = sorted(row for row in wanted if row[0] in changed)
    async with database.transaction():
        await database.fetch("delete from jours_feries where calendrier = any(:changed)", changed=changed)
        await _write(rows)
        await database.fetch(MEASURE_AGAIN, calendriers=changed)


async def add_calendriers(codes: Collection[str]) -> None:
    """Write the holidays of calendars that no département had; what they change is measured by the caller."""
    missing = [row["c"] for row in await database.fetch(MISSING, codes=list(set(codes)))]
    await _write(sorted(list_jours_feries(missing)))


async def _write(rows: Collection[tuple[str, date, int]]) -> None:
    await database.fetch(
        LOAD,
        calendriers=[calendrier for calendrier, _, _ in rows],
        jours=[jour for _, jour, _ in rows],
        rangs=[rang for _, _, rang in rows],
    )
