"""How long figures take in the size of the base: python -m bench.figures (after python -m bench.charge N).

Each is read as its page reads it, one at a time, best of five; sums are made first, as the sweep does.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from app import database
from app.domain.figures.lecture import Portee, read
from app.domain.figures.perimetres import Perimetre, VueChiffres, load_noms
from app.domain.figures.periodes import read_periode
from app.domain.figures.publications import count_month, protect_month
from app.domain.figures.requetes import Axe
from app.domain.figures.sommes import sum_again
from app.domain.figures.statistiques import build_statistiques
from app.settings import get_settings

AXES = (Axe.SEMAINE, Axe.ORGANISME, Axe.DEPARTEMENT)


async def best(work: Callable[[], Awaitable[Any]], times: int = 5) -> float:
    """Milliseconds of the quickest of some runs."""
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        spent.append(1000 * (time.perf_counter() - started))
    return min(spent)


async def measure() -> None:
    """Print one line for each."""
    await database.open_pool(database.find_database_url(get_settings()), 2, is_for_pages=True)
    now = datetime.now(UTC)
    [size] = await database.fetch("select count(*) as demandes from suivis_demandes")
    started = time.perf_counter()
    cells = 0
    while done := await sum_again():
        cells += done
    await database.run_script(
        "analyze cumuls_jours; analyze cumuls_delais; analyze recomptes; analyze suivis"
    )
    print(f"{size['demandes']} demandes; {cells} cells summed in {time.perf_counter() - started:.0f} s")
    noms = await load_noms()
    periode = read_periode("12", "", "", now.date())
    [groupe] = await database.fetch("select min(groupe) as id from suivis where groupe > 60")
    [place] = await database.fetch("select organisme, departement from suivis offset 5 limit 1")
    here, organisme = place["departement"], place["organisme"]
    scopes = {
        "national": Portee(is_paris=True),
        "organisme": Portee(((organisme, None),)),
        "département": Portee(((None, here),)),
        "organisme × département": Portee(((organisme, here),)),
        "scope of four pairs": Portee(
            ((organisme, here), (organisme, here + 1), (None, here + 2), (None, here + 3))
        ),
        "groupe": Portee(groupes=(groupe["id"],)),
        "structure": Portee(structures=(groupe["id"],)),
    }
    for name, portee in scopes.items():
        axes = AXES if not portee.is_of_groupes else AXES[:2]
        print(f"read, {name}: {await best(partial(read, portee, periode, axes, now)):.0f} ms")
    for name in ("national", "groupe"):
        perimetre = Perimetre(VueChiffres.TOUT, (), scopes[name], False, name, None)  # type: ignore[arg-type]
        spent = await best(partial(build_statistiques, perimetre, periode, noms, now), 3)
        print(f"whole page with its year before, {name}: {spent:.0f} ms")
    await database.fetch(
        "insert into recomptes (mois, organisme, departement) select mois, organisme, departement"
        " from cumuls_jours where organisme > 0 and departement > 0 group by 1, 2, 3 order by random() limit 100"
    )
    spent = await best(partial(read, scopes["national"], periode, AXES, now))
    print(f"read, national, 100 cells not summed yet: {spent:.0f} ms")
    started = time.perf_counter()
    await sum_again()
    print(f"sum 100 cells again: {1000 * (time.perf_counter() - started):.0f} ms")
    started = time.perf_counter()
    protect_month(await count_month(periode.mois[-2], now, is_last=True))
    print(f"publish a month: {1000 * (time.perf_counter() - started):.0f} ms")
    await database.close_pool()


if __name__ == "__main__":
    asyncio.run(measure())
