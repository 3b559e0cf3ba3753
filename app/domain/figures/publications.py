"""What is published: each morning, the months that are over, their small counts hidden once for every reader.

The public, pilotes, the open data and the read API add these numbers up and know no other count: whatever they
choose, nothing hidden can be found by subtraction. A sum that leaves hidden months out is said « au moins ».
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app import database
from app.domain.figures.lecture import Delais
from app.domain.figures.nombres import Decompte
from app.domain.figures.periodes import add_months, last_day
from app.domain.figures.suppression import SEUIL_MESURES, TOTAL, Cellule, protect_together
from app.domain.regles.satisfactions import RANGS, Note

MOIS_PUBLIES = 36
#: The counts of a publication; the last three are answers to the question asked at closing.
COMPTES = (
    "envoyees",
    "traitees",
    "declinees",
    "dans_delai",
    "repondues",
    "en_souffrance",
    "soirs",
    *(note.fiche.colonne for note in Note),
)
#: A sum of these is never more than that: whoever attacks one count knows what the others say of it.
BORNES = (
    ("envoyees", ("traitees", "declinees")),
    ("envoyees", ("repondues",)),
    ("repondues", ("dans_delai",)),
)

FAITS = """
select organisme, departement, sum(recues)::int as envoyees, sum(traitees)::int as traitees,
    sum(declinees)::int as declinees, sum(dans_delai)::int as dans_delai, sum(repondues)::int as repondues
from cumuls_jours where not is_paris and mois = :mois and organisme > 0 and departement > 0
group by organisme, departement
"""
EN_SOUFFRANCE = """
select organisme, departement, count(*)::int as en_souffrance from figure_en_souffrance
where debut_at < :now and fin_at > :now group by organisme, departement
"""
SOIRS = """
select organisme, departement, sum(nombre)::int as soirs from souffrances where jour = :soir
group by organisme, departement
"""
AVIS = """
select organisme, departement, note, count(*)::int as nombre from figure_satisfaction where mois = :mois
group by organisme, departement, note
"""
DUREES = """
select organisme, departement, dixiemes, nombre from cumuls_delais
where not is_paris and mois = :mois and mesure = 'repondues' and organisme > 0 and departement > 0
"""
PREMIER = "select min(date_trunc('month', jour)::date) as mois from suivis"
FORGET = "delete from publications where mois = :mois"
KEEP = """
insert into publications (mois, organisme, departement, envoyees, traitees, declinees, dans_delai, repondues,
    en_souffrance, soirs, satisfaits, mitiges, mecontents, mediane, published_on)
select :mois, organisme, departement, envoyees, traitees, declinees, dans_delai, repondues, en_souffrance, soirs,
    satisfaits, mitiges, mecontents, mediane, :jour
from jsonb_to_recordset(:lignes::jsonb) as l(organisme int, departement int, envoyees int, traitees int,
    declinees int, dans_delai int, repondues int, en_souffrance int, soirs int, satisfaits int, mitiges int,
    mecontents int, mediane int)
"""


@dataclass
class Mois:
    """The counts of one month, by mesure then (département, organisme)."""

    comptes: dict[str, dict[Cellule, int]] = field(default_factory=lambda: {mesure: {} for mesure in COMPTES})
    durees: dict[Cellule, dict[int, int]] = field(default_factory=dict)


async def count_month(mois: date, now: datetime, *, is_last: bool) -> Mois:
    """What a month says; parts late today stand with the last one."""
    found = Mois()
    rows = [*await database.fetch(FAITS, mois=mois)]
    rows += await database.fetch(EN_SOUFFRANCE, now=now) if is_last else []
    rows += await database.fetch(SOIRS, soir=last_day(mois))
    for row in rows:
        for mesure in COMPTES:
            if mesure in row.keys():  # noqa: SIM118 - a Record looks its values up otherwise
                found.comptes[mesure][row["departement"], row["organisme"]] = row[mesure]
    for row in await database.fetch(AVIS, mois=mois):
        found.comptes[RANGS[row["note"]].fiche.colonne][row["departement"], row["organisme"]] = row["nombre"]
    for row in await database.fetch(DUREES, mois=mois):
        for departement in (row["departement"], TOTAL):
            for organisme in (row["organisme"], TOTAL):
                durees = found.durees.setdefault((departement, organisme), {})
                durees[row["dixiemes"]] = durees.get(row["dixiemes"], 0) + row["nombre"]
    return found


def protect_month(mois: Mois) -> list[dict[str, int | None]]:
    """The rows to keep: hidden counts are empty, medians need ten answers; 0 stands for all."""
    tables = protect_together(mois.comptes, BORNES)
    cells = dict.fromkeys(cell for table in tables.values() for cell in table.nombres)
    rows = []
    for departement, organisme in cells:
        delais = Delais(mois.durees.get((departement, organisme), {}))
        row: dict[str, int | None] = {
            mesure: table.get(departement, organisme) for mesure, table in tables.items()
        }
        row["mediane"] = delais.quantile(5) if delais.total >= SEUIL_MESURES else None
        row["departement"] = 0 if departement == TOTAL else int(str(departement))
        row["organisme"] = 0 if organisme == TOTAL else int(str(organisme))
        rows.append(row)
    return rows


async def publish(now: datetime, *, jour: date) -> None:
    """Make every month that is over again (facts of old months still change): each is replaced whole."""
    [row] = await database.fetch(PREMIER)
    last = add_months(jour.replace(day=1), -1)
    mois = max(row["mois"] or last, add_months(last, 1 - MOIS_PUBLIES))
    while mois <= last:
        # Seconds of computing for the whole country: the other sweeps go on meanwhile.
        lignes = await asyncio.to_thread(protect_month, await count_month(mois, now, is_last=mois == last))
        async with database.transaction():
            await database.fetch(FORGET, mois=mois)
            await database.fetch(KEEP, mois=mois, jour=jour, lignes=json.dumps(lignes))
        mois = add_months(mois, 1)


READ = """
select p.mois, p.organisme, p.departement, p.envoyees, p.traitees, p.declinees, p.dans_delai, p.en_souffrance,
    p.satisfaits, p.mitiges, p.mecontents, p.repondues, p.soirs, p.published_on
from publications p
where p.mois between :debut and :fin and exists (
    select from unnest(:organismes::int[], :departements::int[]) as x(organisme, departement)
    where (x.organisme is null or p.organisme in (0, x.organisme))
        and (x.departement is null or p.departement in (0, x.departement)))
"""


@dataclass(frozen=True)
class Publie:
    """Published numbers of a scope and period. A key is (mois, organisme or 0, département or 0)."""

    nombres: Mapping[tuple[date, int, int], Mapping[str, int | None]]
    mois: tuple[date, ...]
    published_on: date | None

    def somme(
        self, mesure: str, cles: Collection[tuple[int, int]], mois: Sequence[date] | None = None
    ) -> Decompte:
        """Of the months asked and of these (organisme, département): what is shown, said to be less when it is."""
        total, is_minimum = 0, False
        for un in mois if mois is not None else self.mois:
            for organisme, departement in cles:
                values = self.nombres.get((un, organisme, departement))
                value = values[mesure] if values is not None else 0
                total += value or 0
                is_minimum = is_minimum or value is None
        return Decompte(total, is_minimum)


async def read_published(paires: Sequence[tuple[int | None, int | None]], debut: date, fin: date) -> Publie:
    """The rows a scope may read, with their totals."""
    rows: list[Any] = await database.fetch(
        READ,
        debut=debut.replace(day=1),
        fin=fin,
        organismes=[organisme for organisme, _ in paires],
        departements=[departement for _, departement in paires],
    )
    return Publie(
        {(row["mois"], row["organisme"], row["departement"]): row for row in rows},
        tuple(sorted({row["mois"] for row in rows})),
        max((row["published_on"] for row in rows), default=None),
    )
