"""Reading counts and delays of a scope over a period, from the sums where there are some, else from the facts."""

from collections.abc import Iterable, Mapping
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
    Axe.TOTAL: "null::date",
    Axe.SEMAINE: "date_trunc('week', le_jour)::date",
    Axe.MOIS: "date_trunc('month', le_jour)::date",
    Axe.ORGANISME: "organisme",
    Axe.DEPARTEMENT: "departement",
}
# The sums of a level (see sommes.NIVEAUX), less those of the cells that are marked, plus the facts of these cells.
WITH = "with "
SALES = """
sales as materialized (
    select distinct organisme, departement, mois from recomptes where mois between :debut and :fin),
"""
VIFS = """
vifs as materialized (
    select f.{jour} as le_jour, f.organisme, f.departement, {counts}
    {faits} where f.{jour} between :debut and :fin and {scope_f} group by f.{jour}, f.organisme, f.departement)
"""
# Of several pairs, which cells: few beside the whole, so they are listed first, and each is read by its own index.
CELLULES = """
cellules as materialized (
    select distinct o.id as organisme, d.id as departement
    from (select id from organismes union all select 0) o cross join departements d
    where exists (select from unnest(:organismes::int[], :departements::int[]) as p(organisme, departement)
        where (p.organisme is null or p.organisme = o.id) and (p.departement is null or p.departement = d.id))),
"""
DE_CES_CELLULES = """cellules k cross join lateral (
        select * from {table} t where t.organisme = k.organisme and t.departement = k.departement
            and t.mois between :debut and :fin and t.is_paris = {is_paris}
        offset 0)"""
NIVEAU = """
    select c.jour as le_jour, c.organisme, c.departement, {columns} from {jours_de} c
    where c.is_paris = {is_paris} and c.jour between :debut and :fin and {niveau}
    union all
    select c.jour, c.organisme, c.departement, {minus} from cumuls_jours c
    join sales s on s.organisme = c.organisme and s.departement = c.departement and s.mois = c.mois
    where c.is_paris = {is_paris} and c.jour between :debut and :fin and {scope_c}
    union all select le_jour, organisme, departement, {columns} from vifs
"""
# A groupe is found before its days (`offset 0`): an index of days alone would be read for the whole country.
FAITS = """
vifs as materialized (
    select f.{jour} as le_jour, f.organisme, f.departement, {counts}
    from (select * from figures_faits f where {scope_f} offset 0) f
    where f.{jour} between :debut and :fin group by f.{jour}, f.organisme, f.departement)
"""
LUS = "select le_jour, organisme, departement, {columns} from vifs"
SECTION = """
select '{axe}' as axe, {jours} as jour, {nombres} as nombre, {sums} from ({source}) x group by {cle}
"""
DUREES = """
durees as materialized (
    select f.{jour} as le_jour, f.organisme, f.departement, f.mesure, f.dixiemes
    {faits} where f.dixiemes is not null and f.{jour} between :debut and :fin and {scope_f})
"""
DUREES_NIVEAU = """
    select c.mois as le_jour, c.organisme, c.departement, c.mesure, c.dixiemes, c.nombre from {delais_de} c
    where c.is_paris = {is_paris} and c.mois between :debut and :fin and {niveau}
    union all
    select c.mois, c.organisme, c.departement, c.mesure, c.dixiemes, -c.nombre from cumuls_delais c
    join sales s on s.organisme = c.organisme and s.departement = c.departement and s.mois = c.mois
    where c.is_paris = {is_paris} and c.mois between :debut and :fin and {scope_c}
    union all select le_jour, organisme, departement, mesure, dixiemes, 1 from durees
"""
DUREES_FAITS = """
durees as materialized (
    select f.{jour} as le_jour, f.organisme, f.departement, f.mesure, f.dixiemes
    from (select * from figures_faits f where f.dixiemes is not null and {scope_f} offset 0) f
    where f.{jour} between :debut and :fin)
"""
DUREES_LUES = "select le_jour, organisme, departement, mesure, dixiemes, 1 as nombre from durees"
DUREES_SECTION = """
select '{axe}' as axe, {jours} as jour, {nombres} as nombre, mesure, dixiemes, sum(x.nombre)::int as fois
from ({source}) x group by {cle}, mesure, dixiemes having sum(x.nombre) <> 0
"""
# Parts whose 3 working days are not over, and parts late now: they change without anything happening.
INSTANT = """
instants as materialized (
    select f.{jour} as le_jour, f.organisme, f.departement, 1 as en_attente, 0 as en_souffrance
    from (select * from figure_dans_le_delai f where not f.is_repondu and f.limite_at >= :now {barriere}) f
    where f.{jour} between :debut and :fin and {scope_f}
    union all
    select f.{jour}, f.organisme, f.departement, 0, 1
    from {en_souffrance} f where f.{jour} between :debut and :fin and {scope_f})
"""
EN_SOUFFRANCE = """
    (select * from figure_en_souffrance f where f.debut_at < :now and f.fin_at > :now offset 0)"""
# Those of a groupe are looked for among its own parts: those of the whole country are many more.
EN_SOUFFRANCE_DU_GROUPE = """
    (select s.sollicitation as sienne from suivis s where {scope} offset 0) m cross join lateral (
        select * from figure_en_souffrance v
        where v.sollicitation = m.sienne and v.debut_at < :now and v.fin_at > :now offset 0)"""


async def read(portee: Portee, periode: Periode, axes: Iterable[Axe], now: datetime) -> Lecture:
    """Counts and delays by each of these axes, and in total; delays are not told by week."""
    wanted = (Axe.TOTAL, *(axe for axe in axes if axe is not Axe.TOTAL))
    comptes, instant, durees = _texts(_shape(portee), portee.is_paris, wanted)
    values = {**_values(portee), "debut": periode.debut, "fin": periode.fin}
    found: dict[Axe, dict[Any, dict[str, int]]] = {axe: {} for axe in wanted}
    for sql, more, columns in (
        (comptes, {}, MESURES),
        (instant, {"now": now}, ("en_attente", "en_souffrance")),
    ):
        for row in await database.fetch(sql, **values, **more):
            counts = {column: row[column] or 0 for column in columns}
            if any(counts.values()):
                found[Axe(row["axe"])].setdefault(_key(row), dict(ZERO)).update(counts)
    delais: dict[tuple[Axe, Any, str], dict[int, int]] = {}
    for row in await database.fetch(durees, **values):
        key = (Axe(row["axe"]), _key(row), row["mesure"])
        delais.setdefault(key, {})[row["dixiemes"]] = row["fois"]
    return Lecture(found, {key: Delais(nombres) for key, nombres in delais.items()})


def _key(row: Any) -> Any:
    return row["jour"] if row["jour"] is not None else row["nombre"]


def _shape(portee: Portee) -> str:
    if portee.is_of_groupes:
        named = (("groupes", portee.groupes), ("structures", portee.structures))
        return " ".join(name for name, ids in named if ids)
    if len(portee.paires) != 1:
        return "paires"
    organisme, departement = portee.paires[0]
    named_pair = (("organisme", organisme), ("departement", departement))
    return " ".join(name for name, value in named_pair if value is not None)


def _values(portee: Portee) -> dict[str, Any]:
    organismes, departements = [o for o, _ in portee.paires], [d for _, d in portee.paires]
    every = {
        "groupes": list(portee.groupes),
        "structures": list(portee.structures),
        "organisme": organismes[0] if organismes else None,
        "departement": departements[0] if departements else None,
    }
    shape = _shape(portee)
    if shape == "paires":
        return {"organismes": organismes, "departements": departements}
    return {name: every[name] for name in shape.split()}


# A pair without organisme counts whole demandes too (organisme 0); with one, only its parts.
PAIRES = """exists (select from unnest(:organismes::int[], :departements::int[]) as p(organisme, departement)
    where (p.organisme is null or p.organisme = {t}.organisme)
        and (p.departement is null or p.departement = {t}.departement))"""
GROUPES = {
    "groupes": "{t}.groupe = any(:groupes::int[])",
    "structures": "{t}.structure = any(:structures::int[])",
}


def _scope(shape: str, table: str) -> str:
    """The facts, or the cells, of this kind of scope: a condition that is not needed is not written."""
    if shape == "paires":
        return PAIRES.format(t=table)
    if shape and set(shape.split()) <= set(GROUPES):
        return f"({' or '.join(GROUPES[name].format(t=table) for name in shape.split())})"
    return " and ".join(f"{table}.{column} = :{column}" for column in shape.split()) or "true"


def _level(shape: str, axe: Axe) -> str:
    """Which sums an axis is read from: those of the level that has its keys and no other."""
    if shape == "paires":
        return "true"
    conditions = []
    for column, own, every in (
        ("organisme", Axe.ORGANISME, "c.organisme in (-1, 0)"),
        ("departement", Axe.DEPARTEMENT, "c.departement = -1"),
    ):
        if column in shape.split():
            conditions.append(f"c.{column} = :{column}")
        else:
            conditions.append(f"c.{column} >= 0" if axe is own else every)
    return " and ".join(conditions)


@cache
def _texts(shape: str, is_paris: bool, axes: tuple[Axe, ...]) -> tuple[str, str, str]:
    """Three statements for this kind of scope, each a section per axis: counts, what is true now, delays."""
    is_of_groupes = bool(shape) and set(shape.split()) <= set(GROUPES)
    is_of_pairs = shape == "paires"
    jour = "jour_paris" if is_paris else "jour"
    same = {
        "jour": jour,
        "is_paris": str(is_paris).lower(),
        "columns": COLUMNS,
        "minus": ", ".join(f"-c.{mesure}" for mesure in MESURES),
        "counts": COUNTS,
        "faits": FAITS_OF_CELLS.format(cells="sales c", jour=jour),
        # Parts late or waiting are few, those of an organisme are many: the few are found first.
        "barriere": "" if is_of_groupes else "offset 0",
        "en_souffrance": EN_SOUFFRANCE_DU_GROUPE.format(scope=_scope(shape, "s"))
        if is_of_groupes
        else EN_SOUFFRANCE,
        "jours_de": "cumuls_jours",
        "delais_de": "cumuls_delais",
        "scope_c": "" if is_of_groupes else _scope(shape, "c"),
        "scope_f": _scope(shape, "f"),
    }

    if is_of_pairs:
        for name, table in (("jours_de", "cumuls_jours"), ("delais_de", "cumuls_delais")):
            same[name] = DE_CES_CELLULES.format(table=table, is_paris=same["is_paris"])

    def sections(text: str, source: str, columns: tuple[str, ...], told: tuple[Axe, ...]) -> str:
        """One section an axis, from the level it is read from."""
        sums = ", ".join(f"sum({column})::int as {column}" for column in columns)
        return " union all ".join(
            text.format(
                axe=axe.value,
                jours="null::date" if axe in IDS else CLES[axe],
                nombres=CLES[axe] if axe in IDS else "null::int",
                cle=CLES[axe] if axe is not Axe.TOTAL else "()",
                sums=sums,
                source=source.format(niveau="" if is_of_groupes else _level(shape, axe), **same),
            )
            for axe in told
        )

    # The cells of several pairs are the same for every axis: they are read once.
    sums, lengths = (NIVEAU, DUREES_NIVEAU)
    once, once_lengths = "", ""
    if is_of_pairs:
        once, sums = f", lus as materialized ({NIVEAU.format(niveau='true', **same)})", "select * from lus"
        once_lengths = f", lues as materialized ({DUREES_NIVEAU.format(niveau='true', **same)})"
        lengths = "select * from lues"
    heads = WITH if is_of_groupes else WITH + (CELLULES if is_of_pairs else "") + SALES
    # Lengths are summed by month.
    longer = tuple(axe for axe in axes if axe is not Axe.SEMAINE)
    return (
        heads
        + (FAITS if is_of_groupes else VIFS).format(**same)
        + once
        + sections(SECTION, LUS if is_of_groupes else sums, MESURES, axes),
        WITH
        + INSTANT.format(**same)
        + sections(SECTION, "select * from instants", ("en_attente", "en_souffrance"), axes),
        heads
        + (DUREES_FAITS if is_of_groupes else DUREES).format(**same)
        + once_lengths
        + sections(DUREES_SECTION, DUREES_LUES if is_of_groupes else lengths, (), longer),
    )


IDS = (Axe.ORGANISME, Axe.DEPARTEMENT)


async def find_first_day() -> date | None:
    """The day of the first demande ever sent: nothing can be said of what came before."""
    row = await database.fetch_one("select min(jour) as jour from suivis_demandes")
    return row["jour"] if row else None
