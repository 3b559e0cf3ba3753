"""Sums of facts, by day × organisme × département: made again by a sweep, exact at every moment for who reads.

A change marks its cell (`recomptes`). Whoever reads takes the sums of the cells that are not marked and counts the
facts of those that are, in one statement: between two sweeps nothing is missing and nothing counts twice.
"""

from datetime import datetime

from app import database
from app.verrous import Verrou

#: The columns of `cumuls_jours`, which are the words of `figures_faits.mesure`.
MESURES = (
    *("envoyees", "recues", "nouvelles", "en_cours", "traitees", "declinees", "sans_suite", "repondues"),
    *(
        "dans_delai",
        "procedures",
        "resolues",
        "declins",
        "relances",
        "reouvertures",
        "clotures",
        "plateforme",
    ),
)
CELLULES_MAX = 400

COUNTS = ", ".join(f"count(*) filter (where f.mesure = '{mesure}') as {mesure}" for mesure in MESURES)
COLUMNS = ", ".join(MESURES)

CLAIM = """
with choisies as (
    select organisme, departement, mois from recomptes group by organisme, departement, mois
    order by min(id) limit :limite),
prises as (
    delete from recomptes r using choisies c
    where r.organisme = c.organisme and r.departement = c.departement and r.mois = c.mois)
select organisme, departement, mois from choisies
"""
# The cells that a sweep took.
CELLS = "unnest(:organismes::int[], :departements::int[], :mois::date[]) as c(organisme, departement, mois)"


def faits_of(cells: str, jour: str) -> str:
    """The facts `f` of these cells `c`, whose day is read in the column `jour`.

    A day in Paris and the day where the usager lives are one day apart at most: the index knows the second. `offset 0`
    keeps PostgreSQL from reading every fact once to join them with a few cells.
    """
    return f"""
from {cells} cross join lateral (
    select * from figures_faits f
    where f.organisme = c.organisme and f.departement = c.departement
        and f.jour between c.mois - 1 and c.mois + 31
        and f.{jour} >= c.mois and f.{jour} < (c.mois + interval '1 month')::date
    offset 0) f
"""


def _sum_facts(is_paris: bool, jour: str) -> list[str]:
    faits = faits_of(CELLS, jour)
    return [
        f"""
insert into cumuls_jours (is_paris, mois, jour, organisme, departement, {COLUMNS})
select {is_paris}, c.mois, f.{jour}, c.organisme, c.departement, {COUNTS}
{faits} group by c.mois, f.{jour}, c.organisme, c.departement
""",
        f"""
insert into cumuls_delais (is_paris, mois, organisme, departement, mesure, dixiemes, nombre)
select {is_paris}, c.mois, c.organisme, c.departement, f.mesure, f.dixiemes, count(*)
{faits} where f.dixiemes is not null
group by c.mois, c.organisme, c.departement, f.mesure, f.dixiemes
""",
    ]


def _forget(table: str) -> str:
    return f"""
delete from {table} t using {CELLS}
where t.organisme = c.organisme and t.departement = c.departement and t.mois = c.mois
"""


# Sums of sums, under -1: an organisme everywhere, a département for every organisme, the country. Whole demandes keep
# their organisme 0. Each is made again from the sums just made, so that it is always their total.
NIVEAUX = (
    (
        "s.organisme",
        "-1",
        f"s.departement > 0 and (s.mois, s.organisme) in (select c.mois, c.organisme from {CELLS})",
    ),
    (
        *("-1", "s.departement"),
        "s.organisme > 0 and s.departement > 0"
        f" and (s.mois, s.departement) in (select c.mois, c.departement from {CELLS})",
    ),
    ("-1", "-1", f"s.organisme > 0 and s.departement = -1 and s.mois in (select c.mois from {CELLS})"),
)


def _forget_levels(table: str) -> str:
    return f"""
delete from {table} t using {CELLS}
where t.mois = c.mois and (t.organisme, t.departement) in ((c.organisme, -1), (-1, c.departement), (-1, -1))
"""


def _sum_sums(organisme: str, departement: str, where: str) -> list[str]:
    keys = "".join(f", {column}" for column in (organisme, departement) if column != "-1")
    sums = ", ".join(f"sum(s.{mesure})" for mesure in MESURES)
    return [
        f"""
insert into cumuls_jours (is_paris, mois, jour, organisme, departement, {COLUMNS})
select s.is_paris, s.mois, s.jour, {organisme}, {departement}, {sums} from cumuls_jours s
where {where} group by s.is_paris, s.mois, s.jour{keys}
""",
        f"""
insert into cumuls_delais (is_paris, mois, organisme, departement, mesure, dixiemes, nombre)
select s.is_paris, s.mois, {organisme}, {departement}, s.mesure, s.dixiemes, sum(s.nombre) from cumuls_delais s
where {where} group by s.is_paris, s.mois, s.mesure, s.dixiemes{keys}
""",
    ]


TABLES = ("cumuls_jours", "cumuls_delais")
SUMS = (
    *map(_forget, TABLES),
    *_sum_facts(False, "jour"),
    *_sum_facts(True, "jour_paris"),
    *map(_forget_levels, TABLES),
    *(text for niveau in NIVEAUX for text in _sum_sums(*niveau)),
)


async def sum_again(limite: int = CELLULES_MAX) -> int:
    """Make the sums of the oldest marked cells again; returns how many. Safe to run twice and to be killed.

    Writers never wait: they only add marks, and a mark that comes meanwhile stays.
    """
    async with database.transaction():
        await database.fetch("select pg_advisory_xact_lock(:verrou)", verrou=Verrou.SOMMES)
        cells = await database.fetch(CLAIM, limite=limite)
        if not cells:
            return 0
        facts = {
            "organismes": [cell["organisme"] for cell in cells],
            "departements": [cell["departement"] for cell in cells],
            "mois": [cell["mois"] for cell in cells],
        }
        for sql in SUMS:
            await database.fetch(sql, **facts)
    return len(cells)


# What stood before the triggers, or came while a step of the schema was being made.
MEASURE_PARTS = """
select suivre(s, false) from sollicitations s
where s.id in (select o.id from sollicitations o left join suivis v on v.sollicitation = o.id
    where v.sollicitation is null order by o.id desc limit :limite)
"""
MEASURE_DEMANDES = """
insert into suivis_demandes (demande, structure, departement, jour, jour_paris, jour_cloture, jour_cloture_paris,
    cloture_dixiemes, is_plateforme)
select d.numero, d.groupe, d.departement, (d.sent_at at time zone p.fuseau)::date,
    (d.sent_at at time zone 'Europe/Paris')::date, (d.closed_at at time zone p.fuseau)::date,
    (d.closed_at at time zone 'Europe/Paris')::date, round(extract(epoch from d.closed_at - d.sent_at) / 8640),
    d.closed_at is not null and d.closed_by is null
from demandes d join departements p on p.id = d.departement
left join suivis_demandes v on v.demande = d.numero
where v.demande is null order by d.numero desc limit :limite
on conflict (demande) do nothing returning demande
"""
MEASURE_REPRISES = """
insert into reprises (demande, groupe, organisme, departement, structure, at, jour, jour_paris)
select m.demande, coalesce(g.id, 0), coalesce(g.organisme, 0), d.departement, d.groupe, m.sent_at,
    (m.sent_at at time zone p.fuseau)::date, (m.sent_at at time zone 'Europe/Paris')::date
from messages m join demandes d on d.numero = m.demande join departements p on p.id = d.departement
left join groupes g on m.nature = 'relance' and g.id = any(m.groupes_invites)
where m.demande = any(:demandes) and (m.nature = 'reouverture' or m.nature = 'relance' and g.id is not null)
on conflict (demande, groupe, at) do nothing
"""


async def measure_missing(limite: int = 2000) -> int:
    """Measure parts and demandes no trigger saw; returns how many. Nothing to do once the base has been read."""
    async with database.transaction():
        parts = await database.fetch(MEASURE_PARTS, limite=limite)
        demandes = await database.fetch(MEASURE_DEMANDES, limite=limite)
        if demandes:
            await database.fetch(MEASURE_REPRISES, demandes=[row["demande"] for row in demandes])
    return len(parts) + len(demandes)


# The parts that were late at 18:00 of each day not counted yet, in each time zone; today once it is past 18:00. What
# was late meanwhile is read once: PostgreSQL, when it expects few evenings, read it again for each, for half a minute.
COUNT_EVENINGS = """
with soirs as (
    select p.fuseau, j::date as jour, (j::date + time '18:00') at time zone p.fuseau as at
    from (select distinct fuseau from departements) p
    cross join lateral generate_series(
        greatest((select min(jour) from suivis_demandes), (:now at time zone p.fuseau)::date - :recul::int),
        (:now at time zone p.fuseau)::date, interval '1 day') j
    where (j::date + time '18:00') at time zone p.fuseau <= :now
        and not exists (select from jours_comptes c where c.fuseau = p.fuseau and c.jour = j::date)
    order by jour limit :limite),
comptes as (
    insert into jours_comptes (fuseau, jour) select fuseau, jour from soirs
    on conflict (fuseau, jour) do nothing returning fuseau, jour),
tardives as materialized (
    select f.debut_at, f.fin_at, f.groupe, f.organisme, f.departement, d.fuseau
    from figure_en_souffrance f join departements d on d.id = f.departement
    where f.debut_at < (select max(at) from soirs) and f.fin_at > (select min(at) from soirs))
insert into souffrances (jour, groupe, organisme, departement, nombre)
select s.jour, t.groupe, t.organisme, t.departement, count(*)
from soirs s join comptes c on c.fuseau = s.fuseau and c.jour = s.jour
join tardives t on t.fuseau = s.fuseau and t.debut_at < s.at and s.at < t.fin_at
group by s.jour, t.groupe, t.organisme, t.departement
on conflict (jour, groupe, departement) do nothing
"""


async def count_evenings(now: datetime, *, recul: int = 400, limite: int = 100) -> None:
    """Keep how many parts were en souffrance each evening at 18:00, local time.

    Exact however late it runs: the facts say since when, and until when, a part was late.
    """
    await database.fetch(COUNT_EVENINGS, now=now, recul=recul, limite=limite)
