"""Reading counts and delays of a scope over a period, from the sums where there are some, else from the facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from app import database
from app.domain.figures.periodes import Periode
from app.domain.figures.sommes import COLUMNS, COUNTS, FAITS_OF_CELLS, MESURES


class Axe(StrEnum):
    """What counts are told by."""

    TOTAL = "total"
    SEMAINE = "semaine"
    MOIS = "mois"
    ORGANISME = "organisme"
    DEPARTEMENT = "departement"


@dataclass(frozen=True)
class Portee:
    """What is counted: parts of these groupes, demandes of these structures, or these organisme × département pairs.

    In a pair None means all. `is_paris`: days are those of Paris (national), else those where usagers live.
    """

    paires: tuple[tuple[int | None, int | None], ...] = ((None, None),)
    groupes: tuple[int, ...] = ()
    structures: tuple[int, ...] = ()
    is_paris: bool = False

    @property
    def is_of_groupes(self) -> bool:
        """Counted from the facts: the load of a groupe is small."""
        return bool(self.groupes or self.structures)


#: mesure → count. « en_attente » are parts that may still be answered in time, « en_souffrance » those late now.
Comptes = Mapping[str, int]
ZERO: Comptes = dict.fromkeys((*MESURES, "en_attente", "en_souffrance"), 0)


@dataclass(frozen=True)
class Delais:
    """How many facts took so many tenths of a day; quantiles are values themselves, never between two."""

    nombres: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many facts."""
        return sum(self.nombres.values())

    def quantile(self, dixieme: int) -> int | None:
        """The value under which `dixieme` tenths of them stand; 5 is the median, the lower of the two middle ones."""
        rank, seen = max(-(-dixieme * self.total // 10), 1), 0
        for value in sorted(self.nombres):
            seen += self.nombres[value]
            if seen >= rank:
                return value
        return None


@dataclass(frozen=True)
class Lecture:
    """Counts by axis and key; delays by axis, key and mesure. The total has the key None."""

    comptes: Mapping[Axe, Mapping[Any, Comptes]]
    delais: Mapping[tuple[Axe, Any, str], Delais]

    def total(self, mesure: str) -> int:
        """The count over the whole scope and period."""
        return self.comptes[Axe.TOTAL].get(None, ZERO)[mesure]

    def delai(self, mesure: str, axe: Axe = Axe.TOTAL, cle: Any = None) -> Delais:
        """The lengths of a mesure."""
        return self.delais.get((axe, cle, mesure), Delais())


CLES = {
    Axe.SEMAINE: "date_trunc('week', {jour})::date",
    Axe.MOIS: "date_trunc('month', {jour})::date",
    Axe.ORGANISME: "organisme",
    Axe.DEPARTEMENT: "departement",
}
CUMULS = """
    select c.jour as le_jour, c.organisme, c.departement, {columns} from cumuls_jours c
    where c.is_paris = {is_paris} and c.jour between :debut and :fin and {scope_c}
        and not exists (select from recomptes r
            where r.organisme = c.organisme and r.departement = c.departement and r.mois = c.mois)
    union all
    select f.{jour}, f.organisme, f.departement, {counts}
    {faits} where f.{jour} between :debut and :fin and {scope_f}
    group by f.{jour}, f.organisme, f.departement
"""
FAITS = """
    select f.{jour} as le_jour, f.organisme, f.departement, {counts} from figures_faits f
    where f.{jour} between :debut and :fin and {scope_f} group by f.{jour}, f.organisme, f.departement
"""
SALES = "(select distinct organisme, departement, mois from recomptes where mois between :debut and :fin) c"
COMPTES = """
with jours as ({source})
select {keys} {axe} as axe, {sums} from jours group by grouping sets ({sets})
"""
# Parts whose 3 working days are not over, and parts late now: they change without anything happening.
INSTANT = """
with instants as (
    select {jour} as le_jour, f.organisme, f.departement, 1 as en_attente, 0 as en_souffrance
    from figure_dans_le_delai f
    where not f.is_repondu and f.limite_at >= :now and f.{jour} between :debut and :fin and {scope_f}
    union all
    select {jour}, f.organisme, f.departement, 0, 1 from figure_en_souffrance f
    where f.debut_at < :now and f.fin_at > :now and f.{jour} between :debut and :fin and {scope_f})
select {keys} {axe} as axe, sum(en_attente)::int as en_attente, sum(en_souffrance)::int as en_souffrance
from instants group by grouping sets ({sets})
"""
LONGUEURS = """
with longueurs as ({source})
select {keys} {axe} as axe, mesure, dixiemes, sum(nombre)::int as nombre
from longueurs group by grouping sets ({lengths})
"""
LONGUEURS_CUMULS = """
    select c.mois as le_jour, c.organisme, c.departement, c.mesure, c.dixiemes, c.nombre from cumuls_delais c
    where c.is_paris = {is_paris} and c.mois between :debut and :fin and {scope_c}
        and not exists (select from recomptes r
            where r.organisme = c.organisme and r.departement = c.departement and r.mois = c.mois)
    union all
    select f.{jour}, f.organisme, f.departement, f.mesure, f.dixiemes, 1
    {faits} where f.dixiemes is not null and f.{jour} between :debut and :fin and {scope_f}
"""
LONGUEURS_FAITS = """
    select f.{jour} as le_jour, f.organisme, f.departement, f.mesure, f.dixiemes, 1 as nombre from figures_faits f
    where f.dixiemes is not null and f.{jour} between :debut and :fin and {scope_f}
"""


async def read(portee: Portee, periode: Periode, axes: Iterable[Axe], now: datetime) -> Lecture:
    """Counts and delays by each of these axes, and in total; delays are not told by week."""
    wanted = tuple(axe for axe in axes if axe is not Axe.TOTAL)
    comptes, instant, _ = _texts(_shape(portee), portee.is_paris, wanted)
    # Lengths are summed by month.
    longer = tuple(axe for axe in wanted if axe is not Axe.SEMAINE)
    _, _, longueurs = _texts(_shape(portee), portee.is_paris, longer)
    values = {**_values(portee), "debut": periode.debut, "fin": periode.fin}
    found: dict[Axe, dict[Any, dict[str, int]]] = {axe: {} for axe in (Axe.TOTAL, *wanted)}
    for sql, more, columns in (
        (comptes, {}, MESURES),
        (instant, {"now": now}, ("en_attente", "en_souffrance")),
    ):
        for row in await database.fetch(sql, **values, **more):
            axe, cle = _key(row, wanted)
            kept = found[axe].setdefault(cle, dict(ZERO))
            kept.update({column: row[column] or 0 for column in columns})
    delais: dict[tuple[Axe, Any, str], dict[int, int]] = {}
    for row in await database.fetch(longueurs, **values):
        axe, cle = _key(row, longer)
        delais.setdefault((axe, cle, row["mesure"]), {})[row["dixiemes"]] = row["nombre"]
    return Lecture(found, {key: Delais(nombres) for key, nombres in delais.items()})


def _key(row: Any, axes: Sequence[Axe]) -> tuple[Axe, Any]:
    """Of a row of grouping sets: the bit of the key that is grouped by is 0, the others are 1."""
    for rang, axe in enumerate(axes):
        if not row["axe"] >> (len(axes) - 1 - rang) & 1:
            return axe, row[axe.value]
    return Axe.TOTAL, None


def _shape(portee: Portee) -> str:
    if portee.is_of_groupes:
        return "groupes"
    if len(portee.paires) != 1:
        return "paires"
    organisme, departement = portee.paires[0]
    return f"{'organisme ' if organisme is not None else ''}{'departement' if departement is not None else ''}".strip()


def _values(portee: Portee) -> dict[str, Any]:
    if portee.is_of_groupes:
        return {"groupes": list(portee.groupes), "structures": list(portee.structures)}
    if len(portee.paires) != 1:
        return {
            "organismes": [organisme for organisme, _ in portee.paires],
            "departements": [departement for _, departement in portee.paires],
        }
    organisme, departement = portee.paires[0]
    return {
        **({"organisme": organisme} if organisme is not None else {}),
        **({"departement": departement} if departement is not None else {}),
    }


# A pair without organisme counts whole demandes too (organisme 0); with one, only its parts.
PAIRES = """exists (select from unnest(:organismes::int[], :departements::int[]) as p(organisme, departement)
    where (p.organisme is null or p.organisme = {t}.organisme)
        and (p.departement is null or p.departement = {t}.departement))"""
GROUPES = "({t}.groupe = any(:groupes::int[]) or {t}.structure = any(:structures::int[]))"


def _scope(shape: str, table: str) -> str:
    if shape in {"groupes", "paires"}:
        return (GROUPES if shape == "groupes" else PAIRES).format(t=table)
    named = [f"{table}.{column} = :{column}" for column in shape.split()]
    return " and ".join(named) or "true"


@cache
def _texts(shape: str, is_paris: bool, axes: tuple[Axe, ...]) -> tuple[str, str, str]:
    """The three texts for this kind of scope: a condition that is not needed is not written, so that plans are good."""
    is_of_groupes = shape == "groupes"
    jour = "jour_paris" if is_paris else "jour"
    keys = [CLES[axe].format(jour="le_jour") for axe in axes]
    same = {
        "jour": jour,
        "is_paris": str(is_paris).lower(),
        "columns": COLUMNS,
        "counts": COUNTS,
        "faits": FAITS_OF_CELLS.format(cells=SALES, jour=jour),
        "scope_c": "" if is_of_groupes else _scope(shape, "c"),
        "scope_f": _scope(shape, "f"),
        "keys": "".join(f"{key} as {axe.value}, " for key, axe in zip(keys, axes, strict=True)),
        "axe": f"grouping({', '.join(keys)})" if keys else "0",
        "sets": ", ".join(("()", *(f"({key})" for key in keys))),
        "lengths": ", ".join(f"({', '.join((*key, 'mesure', 'dixiemes'))})" for key in ((), *zip(keys))),
        "sums": ", ".join(f"sum({mesure})::int as {mesure}" for mesure in MESURES),
    }
    counted = (FAITS if is_of_groupes else CUMULS).format(**same)
    measured = (LONGUEURS_FAITS if is_of_groupes else LONGUEURS_CUMULS).format(**same)
    return (
        COMPTES.format(source=counted, **same),
        INSTANT.format(**same),
        LONGUEURS.format(source=measured, **same),
    )


async def find_first_day() -> date | None:
    """The day of the first demande ever sent: nothing can be said of what came before."""
    row = await database.fetch_one("select min(jour) as jour from suivis_demandes")
    return row["jour"] if row else None
