"""The statements that read counts and delays of a scope: written for what bounds it, never for more.

A level of the sums (`sommes.NIVEAUX`) is read, less the cells that are marked, plus the facts of these cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.domain.figures.sommes import COLUMNS, COUNTS, MESURES, faits_of


class Axe(StrEnum):
    """What counts are told by."""

    TOTAL = "total"
    SEMAINE = "semaine"
    MOIS = "mois"
    ORGANISME = "organisme"
    DEPARTEMENT = "departement"


#: The bounds of a scope made of several organisme × département pairs.
PAIRES = ("paires",)
#: What bounds the facts of groupes, with the column of each.
GROUPES = {"groupes": "groupe", "structures": "structure"}
#: The rows that an axis is added up from.
Rows = Callable[[Axe], str]
IDS = (Axe.ORGANISME, Axe.DEPARTEMENT)
CLES = {
    Axe.TOTAL: "null::date",
    Axe.SEMAINE: "date_trunc('week', le_jour)::date",
    Axe.MOIS: "date_trunc('month', le_jour)::date",
    Axe.ORGANISME: "organisme",
    Axe.DEPARTEMENT: "departement",
}


@dataclass(frozen=True)
class Forme:
    """What of a scope changes the statements: the columns that bound it, and whose days are read."""

    bornes: tuple[str, ...]
    is_paris: bool

    @property
    def is_of_groupes(self) -> bool:
        """Counted from the facts of groupes or structures."""
        return bool(self.bornes) and set(self.bornes) <= set(GROUPES)

    @property
    def is_of_pairs(self) -> bool:
        """Several organisme × département pairs."""
        return self.bornes == PAIRES

    @property
    def jour(self) -> str:
        """The column of the facts that says their day."""
        return "jour_paris" if self.is_paris else "jour"

    def scope(self, table: str) -> str:
        """The facts, or the cells, of this scope: a condition that is not needed is not written."""
        if self.is_of_pairs:
            # A pair without organisme counts whole demandes too (organisme 0); with one, only its parts.
            return f"""exists (
                select from unnest(:organismes::int[], :departements::int[]) as p(organisme, departement)
                where (p.organisme is null or p.organisme = {table}.organisme)
                    and (p.departement is null or p.departement = {table}.departement))"""
        if self.is_of_groupes:
            return (
                f"({' or '.join(f'{table}.{GROUPES[name]} = any(:{name}::int[])' for name in self.bornes)})"
            )
        return " and ".join(f"{table}.{column} = :{column}" for column in self.bornes) or "true"

    def level(self, axe: Axe) -> str:
        """Which sums an axis is read from: those of the level that has its keys and no other."""
        if self.is_of_pairs:
            return "true"
        conditions = []
        for column, own, every in (
            ("organisme", Axe.ORGANISME, "c.organisme in (-1, 0)"),
            ("departement", Axe.DEPARTEMENT, "c.departement = -1"),
        ):
            if column in self.bornes:
                conditions.append(f"c.{column} = :{column}")
            else:
                conditions.append(f"c.{column} >= 0" if axe is own else every)
        return " and ".join(conditions)

    def sums(self, table: str) -> str:
        """Where the sums of `cumuls_jours` or `cumuls_delais` are read from."""
        if not self.is_of_pairs:
            return table
        return f"""cellules k cross join lateral (
            select * from {table} t where t.organisme = k.organisme and t.departement = k.departement
                and t.mois between :debut and :fin and t.is_paris = {self.is_paris}
            offset 0)"""


@cache
def write_texts(forme: Forme, axes: tuple[Axe, ...]) -> tuple[str, str, str]:
    """Three statements for this kind of scope, each a section per axis: counts, what is true now, delays."""
    # Lengths are summed by month.
    longer = tuple(axe for axe in axes if axe is not Axe.SEMAINE)
    if forme.is_of_groupes:
        return (
            f"with {_facts_of_groupes(forme)} {_count_by(axes, lambda _: FACTS_READ)}",
            _write_instants(forme, axes),
            f"with {_lengths_of_groupes(forme)} {_measure_by(longer, lambda _: LENGTHS_READ)}",
        )
    if forme.is_of_pairs:
        # The cells of several pairs are the same for every axis: they are read once.
        return (
            f"with {CELLULES}, {SALES}, {_facts(forme)}, lus as materialized ({_sums(forme, 'true')})"
            f" {_count_by(axes, lambda _: 'select * from lus')}",
            _write_instants(forme, axes),
            f"with {CELLULES}, {SALES}, {_lengths(forme)}, lues as materialized ({_summed_lengths(forme, 'true')})"
            f" {_measure_by(longer, lambda _: 'select * from lues')}",
        )
    return (
        f"with {SALES}, {_facts(forme)} {_count_by(axes, lambda axe: _sums(forme, forme.level(axe)))}",
        _write_instants(forme, axes),
        f"with {SALES}, {_lengths(forme)}"
        f" {_measure_by(longer, lambda axe: _summed_lengths(forme, forme.level(axe)))}",
    )


SALES = """
sales as materialized (
    select distinct organisme, departement, mois from recomptes where mois between :debut and :fin)
"""
# Of several pairs, which cells: few beside the whole, so they are listed first, and each is read by its own index.
CELLULES = """
cellules as materialized (
    select distinct o.id as organisme, d.id as departement
    from (select id from organismes union all select 0) o cross join departements d
    where exists (select from unnest(:organismes::int[], :departements::int[]) as p(organisme, departement)
        where (p.organisme is null or p.organisme = o.id) and (p.departement is null or p.departement = d.id)))
"""
FACTS_READ = f"select le_jour, organisme, departement, {COLUMNS} from vifs"
LENGTHS_READ = "select le_jour, organisme, departement, mesure, dixiemes, 1 as nombre from durees"


def _facts(forme: Forme) -> str:
    return f"""
    vifs as materialized (
        select f.{forme.jour} as le_jour, f.organisme, f.departement, {COUNTS}
        {faits_of("sales c", forme.jour)} where f.{forme.jour} between :debut and :fin and {forme.scope("f")}
        group by f.{forme.jour}, f.organisme, f.departement)"""


def _facts_of_groupes(forme: Forme) -> str:
    # A groupe is found before its days (`offset 0`): an index of days alone would be read for the whole country.
    return f"""
    vifs as materialized (
        select f.{forme.jour} as le_jour, f.organisme, f.departement, {COUNTS}
        from (select * from figures_faits f where {forme.scope("f")} offset 0) f
        where f.{forme.jour} between :debut and :fin group by f.{forme.jour}, f.organisme, f.departement)"""


def _sums(forme: Forme, level: str) -> str:
    minus = ", ".join(f"-c.{mesure}" for mesure in MESURES)
    return f"""
    select c.jour as le_jour, c.organisme, c.departement, {COLUMNS} from {forme.sums("cumuls_jours")} c
    where c.is_paris = {forme.is_paris} and c.jour between :debut and :fin and {level}
    union all
    select c.jour, c.organisme, c.departement, {minus} from cumuls_jours c
    join sales s on s.organisme = c.organisme and s.departement = c.departement and s.mois = c.mois
    where c.is_paris = {forme.is_paris} and c.jour between :debut and :fin and {forme.scope("c")}
    union all {FACTS_READ}"""


def _lengths(forme: Forme) -> str:
    return f"""
    durees as materialized (
        select f.{forme.jour} as le_jour, f.organisme, f.departement, f.mesure, f.dixiemes
        {faits_of("sales c", forme.jour)}
        where f.dixiemes is not null and f.{forme.jour} between :debut and :fin and {forme.scope("f")})"""


def _lengths_of_groupes(forme: Forme) -> str:
    return f"""
    durees as materialized (
        select f.{forme.jour} as le_jour, f.organisme, f.departement, f.mesure, f.dixiemes
        from (select * from figures_faits f where f.dixiemes is not null and {forme.scope("f")} offset 0) f
        where f.{forme.jour} between :debut and :fin)"""


def _summed_lengths(forme: Forme, level: str) -> str:
    return f"""
    select c.mois as le_jour, c.organisme, c.departement, c.mesure, c.dixiemes, c.nombre
    from {forme.sums("cumuls_delais")} c
    where c.is_paris = {forme.is_paris} and c.mois between :debut and :fin and {level}
    union all
    select c.mois, c.organisme, c.departement, c.mesure, c.dixiemes, -c.nombre from cumuls_delais c
    join sales s on s.organisme = c.organisme and s.departement = c.departement and s.mois = c.mois
    where c.is_paris = {forme.is_paris} and c.mois between :debut and :fin and {forme.scope("c")}
    union all {LENGTHS_READ}"""


def _write_instants(forme: Forme, axes: tuple[Axe, ...]) -> str:
    """Parts whose 3 working days are not over, and parts late now: they change without anything happening."""
    if forme.is_of_groupes:
        # Those of a groupe are looked for among its own parts: those of the whole country are many more.
        first, late = (
            "",
            f"""(select s.sollicitation as sienne from suivis s where {forme.scope("s")} offset 0) m
            cross join lateral (
                select * from figure_en_souffrance v
                where v.sollicitation = m.sienne and v.debut_at < :now and v.fin_at > :now offset 0)""",
        )
    else:
        # Parts late or waiting are few, those of an organisme are many: the few are found first.
        first, late = (
            "offset 0",
            """(
            select * from figure_en_souffrance f where f.debut_at < :now and f.fin_at > :now offset 0)""",
        )
    return f"""
    with instants as materialized (
        select f.{forme.jour} as le_jour, f.organisme, f.departement, 1 as en_attente, 0 as en_souffrance
        from (select * from figure_dans_le_delai f where not f.is_repondu and f.limite_at >= :now {first}) f
        where f.{forme.jour} between :debut and :fin and {forme.scope("f")}
        union all
        select f.{forme.jour}, f.organisme, f.departement, 0, 1
        from {late} f where f.{forme.jour} between :debut and :fin and {forme.scope("f")})
    {_add_by(axes, "en_attente", "en_souffrance", rows=lambda _: "select * from instants")}"""


def _count_by(axes: tuple[Axe, ...], rows: Rows) -> str:
    return _add_by(axes, *MESURES, rows=rows)


def _add_by(axes: tuple[Axe, ...], *columns: str, rows: Rows) -> str:
    """One section an axis, from the level it is read from."""
    sums = ", ".join(f"sum({column})::int as {column}" for column in columns)
    return " union all ".join(
        f"select {_key(axe)}, {sums} from ({rows(axe)}) x group by {_group(axe)}" for axe in axes
    )


def _measure_by(axes: tuple[Axe, ...], rows: Rows) -> str:
    return " union all ".join(
        f"""select {_key(axe)}, mesure, dixiemes, sum(x.nombre)::int as fois
        from ({rows(axe)}) x group by {_group(axe)}, mesure, dixiemes having sum(x.nombre) <> 0"""
        for axe in axes
    )


def _key(axe: Axe) -> str:
    jour, nombre = ("null::date", CLES[axe]) if axe in IDS else (CLES[axe], "null::int")
    return f"'{axe}' as axe, {jour} as jour, {nombre} as nombre"


def _group(axe: Axe) -> str:
    return "()" if axe is Axe.TOTAL else CLES[axe]
