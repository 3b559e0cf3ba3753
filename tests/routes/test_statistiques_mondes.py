"""Two countries that differ only by counts of a few: whatever is asked, nobody can tell one from the other.

The solvers of `tests/domain/figures/test_suppression.py` attack the published tables; this attacks every page, file and
program that shows them, under every choice offered.
"""

import itertools
from datetime import datetime, timedelta
from urllib.parse import urlencode

from app import database
from app.domain.figures import nationales
from app.domain.figures.jetons import create_jeton
from app.domain.figures.publications import publish
from app.domain.figures.sommes import count_evenings, sum_again
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande
from tests.gardes.essai import undone

#: Demandes by département and organisme, and how many of them were answered: lines and columns add up alike.
MONDES = (
    {("22", "caf"): (3, 2), ("22", "cpam"): (2, 1), ("974", "caf"): (2, 1), ("974", "cpam"): (3, 2)},
    {("22", "caf"): (2, 1), ("22", "cpam"): (3, 2), ("974", "caf"): (3, 2), ("974", "cpam"): (2, 1)},
)
#: A Tuesday of each month before the one that runs: the answer comes thirty working hours later everywhere.
MARDIS = tuple(datetime.fromisoformat(f"2026-{day} 08:00+00:00") for day in ("08-04", "09-01", "10-06"))
TABLES = ("mois", "soirs", "delais", "satisfaction", "organismes", "departements", "autres")
AVIS = (
    "insert into satisfactions (mois_on, organisme, departement, note) values (:mois, :organisme, :lieu, 3)"
)


async def make_world(monde: dict[tuple[str, str], tuple[int, int]], now: datetime) -> None:
    nationales._kept.clear()
    for mardi, ((lieu, organisme), (sent, answered)) in itertools.product(MARDIS, monde.items()):
        for n in range(sent):
            groupe = getattr(CAST.groupes, organisme)
            numero = await make_demande(now, departement=lieu, groupes=(groupe,), sent_at=mardi)
            await database.fetch(
                AVIS,
                mois=mardi.date().replace(day=1),
                organisme=CAST.organismes[organisme],
                lieu=CAST.departements[lieu],
            )
            if n < answered:
                await database.fetch(
                    "update sollicitations set first_answered_at = :at, answered_at = :at, replied_at = :at,"
                    " traitee_at = :at, late_at = null where demande = :numero",
                    at=mardi + timedelta(hours=30),
                    numero=numero,
                )
    while await sum_again():
        pass
    for _ in range(5):
        await count_evenings(now, limite=1000)
    await publish(now, jour=now.date())


def list_choices() -> list[str]:
    """Periods whose differences are months."""
    periods = [{"periode": "1"}, {"periode": "3"}, {"du": "2026-08", "au": "2026-08"}]
    return [urlencode(one) for one in (*periods, {"du": "2026-09", "au": "2026-09"})]


def list_cuts() -> list[str]:
    """By organisme, by département, and both: the others are their complements."""
    organismes = [{}, {"organisme": CAST.organismes["caf"]}]
    lieux = [{}, {"departement": CAST.departements["22"]}]
    return [urlencode({**o, **d}) for o, d in itertools.product(organismes, lieux)]


async def read_all(now: datetime) -> dict[str, str]:
    """What every page, file and program says."""
    said: dict[str, str] = {}
    visitor, paul = Browser(), await signed_in(CAST.paul)
    readers = [(visitor, ""), *((paul, f"&{cut}") for cut in list_cuts())]
    for (browser, cut), choice in itertools.product(readers, list_choices()):
        url = f"/statistiques?{choice}{cut}"
        await browser.get(url)
        said[f"{browser is paul} {url}"] = browser.page.texte
        for name in TABLES if choice in list_choices()[1:3] else ():
            url = f"/statistiques/tableaux/{name}.csv?{choice}{cut}"
            if f"tableaux/{name}.csv" in browser.html:
                said[f"{browser is paul} {url}"] = (await Browser.get(browser, url)).text
                await browser.get(f"/statistiques?{choice}{cut}")
    for url in ("/statistiques.csv", "/statistiques.json", "/"):
        said[url] = (await visitor.get(url)).text if url != "/" else ""
    jeton = await create_jeton("Tout", now)
    headers = {"Authorization": f"Bearer {jeton.jeton}"}
    said["api"] = (await visitor.get("/api/v1/indicateurs", headers=headers)).text
    return said


async def test_nobody_can_tell_two_countries_that_differ_by_small_counts(now: datetime) -> None:
    await database.fetch("update perimetres set departement = null where agent = :paul", paul=CAST.paul)
    said = []
    for monde in MONDES:
        async with undone():
            await make_world(monde, now)
            said.append(await read_all(now))
    first, second = said
    assert len(first) > 40 and "masqué" in " ".join(first.values())
    told = [url for url in first if first[url] != second[url]]
    assert not told, told
