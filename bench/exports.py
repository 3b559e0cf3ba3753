"""The export of a groupe with many demandes: first byte, whole file, memory; and what LibreOffice reads in it.

    APLUS_VAR=/tmp/var-exports python -m bench.exports mesure 100000
    python -m bench.exports libreoffice        # needs `soffice`: apt-get install libreoffice-calc-nogui

`mesure` fills a base of its own in a transaction that is never committed, then reads both files as their routes do.
`libreoffice` has the ODS and the CSV of hostile cells converted by LibreOffice and says what became of each.
"""

import asyncio
import csv
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from app import database, migrate, tableur
from app.domain.groupes.demandes import Filtres, PeriodeSuivi, Suivie, stream_suivies
from app.domain.regles.permissions import Droits
from app.domain.territoire.referentiel import load_referentiel
from app.routes.groupe.demandes import ENTETES, rows_of
from app.settings import get_settings

# Triggers sleep: the measures that figures keep are written beside, as they would have been.
CHARGE = """
set local session_replication_role = replica;
insert into groupes (nom, organisme, created_at) select 'Charge ' || n, o.id, now()
    from generate_series(1, 41) n, (select id from organismes order by id limit 1) o;
insert into agents (email, prenom, nom, departement, created_at)
    select 'charge@exemple.fr', 'Rose', 'Charge', id, now() from departements where code = '22';
insert into adhesions (agent, groupe, is_responsable, created_at)
    select a.id, g.id, true, now() from agents a, groupes g where a.nom = 'Charge' and g.nom = 'Charge 1';
insert into demandes (formulaire, auteur, groupe, departement, titre, sent_at, last_aidant_at, last_public_at,
        last_prive_at, closed_at)
    select gen_random_uuid(), a.id, g.ids[2 + n % 40], a.departement, 'Charge', at, at, at, at,
        case when n % 10 < 8 then at + interval '20 days' end
    from generate_series(1, {demandes}) n, (select * from agents where nom = 'Charge') a,
        (select array_agg(id order by id) as ids from groupes where nom like 'Charge %') g
    cross join lateral (select now() - n * interval '10 minutes' as at) t;
insert into sollicitations (demande, groupe, solicited_at, answered_at, late_at, closed_at)
    select d.numero, g.ids[k], d.sent_at, d.sent_at + interval '2 days',
        case when d.closed_at is null then d.sent_at + interval '15 days' end, d.closed_at
    from demandes d cross join (values (1), (2)) v(k),
        (select array_agg(id order by id) as ids from groupes where nom like 'Charge %') g;
insert into suivis (sollicitation, demande, groupe, solicited_at, reponse_at, reponse_dixiemes)
    select id, demande, groupe, solicited_at, answered_at, 14 from sollicitations;
analyze demandes; analyze sollicitations; analyze suivis; analyze groupes;
"""
PARIS = ZoneInfo("Europe/Paris")
Ecrire = Callable[[AsyncIterator[tableur.Rangee]], AsyncIterator[bytes]]


async def measure(demandes: int) -> None:
    """One line for each format."""
    url = database.find_database_url(get_settings())
    await database.open_pool(url, 2, is_for_pages=True)
    await migrate.migrate(url)
    await load_referentiel()
    now = datetime.now(UTC)
    async with database.transaction():
        await database.run_script(CHARGE.format(demandes=demandes))
        row = await database.fetch_one(
            "select a.id as agent, g.id as groupe from agents a, groupes g where a.nom = 'Charge' and g.nom = 'Charge 1'"
        )
        assert row is not None
        droits = Droits(agent=row["agent"], responsable=frozenset({row["groupe"]}))
        ways: dict[str, Ecrire] = {
            "CSV": lambda rows: tableur.write_csv(ENTETES, rows),
            "ODS": lambda rows: tableur.write_ods(ENTETES, rows, titre="Demandes"),
        }
        for periode in (PeriodeSuivi.MOIS, PeriodeSuivi.TOUT):
            for name, write in ways.items():
                suivies = stream_suivies(droits, row["groupe"], Filtres(periode=periode), now)
                print(f"{name}, {periode.fiche.libelle}: {await read_whole(write, suivies, now)}")
        raise SystemExit(0)


async def read_whole(write: Ecrire, suivies: AsyncIterator[Suivie], now: datetime) -> str:
    """Time of the first byte and of the last, size, and how much more memory the process held meanwhile."""
    before = most = memory()
    started = time.perf_counter()
    first, size = 0.0, 0
    async for piece in write(rows_of(suivies, now, PARIS)):
        first = first or time.perf_counter() - started
        size += len(piece)
        most = max(most, memory())
    spent = time.perf_counter() - started
    more = (most - before) / 1e6
    return f"first byte {first:.2f} s, whole {spent:.1f} s, {size / 1e6:.1f} MB, {more:.1f} MB more memory"


def memory() -> int:
    """Bytes this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


CELLULES: list[tableur.Rangee] = [
    (
        "Côtes-d’Armor ; « été »",
        4812,
        Decimal("1.2"),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 9, 5, tzinfo=PARIS),
    ),
    ("=1+1", -4, Decimal("0.5"), None, None),
    ('@SUM(A1) "et"', 0, None, date(2026, 2, 28), None),
]


async def convert() -> None:
    """Both files, opened by LibreOffice and written again as CSV."""
    soffice = shutil.which("soffice")
    if soffice is None:
        raise SystemExit("LibreOffice is not here: apt-get install libreoffice-calc-nogui")
    heads = ("Texte", "Nombre", "Délai", "Jour", "Instant")
    with tempfile.TemporaryDirectory() as folder:
        sources = {
            "ods": tableur.write_ods(heads, tableur.as_stream(CELLULES), titre="Essai"),
            "csv": tableur.write_csv(heads, tableur.as_stream(CELLULES)),
        }
        for extension, pieces in sources.items():
            source = Path(folder) / f"essai.{extension}"
            source.write_bytes(b"".join([piece async for piece in pieces]))
            # 59: `;` between fields, 34: `"` around texts, 76: UTF-8.
            reading = ["--infilter=CSV:59,34,76,1"] if extension == "csv" else []
            subprocess.run(
                [
                    soffice,
                    "--headless",
                    *reading,
                    "--convert-to",
                    "csv:Text - txt - csv (StarCalc):59,34,76",
                    "--outdir",
                    f"{folder}/lu",
                    str(source),
                ],
                check=True,
                capture_output=True,
                timeout=120,
            )
            with (Path(folder) / "lu/essai.csv").open(encoding="utf-8-sig", newline="") as lu:
                rows = list(csv.reader(lu, delimiter=";"))
            for row in rows:
                print(extension, row)
            texts = [row[0].removeprefix("'") for row in rows[1:]]
            days = [row[3] for row in rows[1:]]
            assert texts == [str(row[0]) for row in CELLULES], "an accent is lost, or a formula was run"
            assert days == ["2026-11-24", "", "2026-02-28"], "a day is not read as a day"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["mesure", nombre]:
            asyncio.run(measure(int(nombre)))
        case ["libreoffice"]:
            asyncio.run(convert())
        case _:
            raise SystemExit(__doc__)
