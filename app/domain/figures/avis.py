"""What stands beside the facts: satisfaction, agents who came, parts en souffrance each evening."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from app import database
from app.domain.figures import nombres
from app.domain.figures.definitions import Figure
from app.domain.figures.nombres import Decompte, say_nombre, say_part
from app.domain.figures.perimetres import Perimetre, VueChiffres
from app.domain.figures.periodes import Periode, last_day, say_day, say_month
from app.domain.figures.requetes import Axe
from app.domain.figures.source import Source
from app.domain.figures.suppression import SEUIL, SEUIL_MESURES, protect
from app.domain.figures.tableaux import LigneTableau, Tableau, as_cell
from app.domain.mots.dates import PARIS
from app.domain.regles.satisfactions import RANGS, Note

# A figure of the day: an account made since this morning does not tell that somebody is there now.
AGENTS = """
select count(distinct agent) filter (where is_aidant)::int as aidants,
    count(distinct agent) filter (where is_instructeur)::int as instructeurs,
    count(distinct agent)::int as agents
from figure_agents_actifs f join agents a on a.id = f.agent and a.created_at < :aube
where f.last_seen_at >= :depuis
"""
AGENTS_DES_GROUPES = "".join((AGENTS, " and f.groupe = any(:groupes)"))


async def count_agents(perimetre: Perimetre, now: datetime) -> list[tuple[str, Decompte]]:
    """Who came during the last 90 days; small counts are hidden from the public. Pilotes read it under Déploiement."""
    if perimetre.is_masque and perimetre.code != VueChiffres.FRANCE:
        return []
    portee, depuis = perimetre.portee, now - timedelta(days=90)
    aube = datetime.combine(now.astimezone(PARIS), time.min, PARIS)
    if portee.is_of_groupes:
        groupes = [*portee.groupes, *portee.structures]
        row = await database.fetch_one(AGENTS_DES_GROUPES, depuis=depuis, aube=aube, groupes=groupes)
    elif portee.paires == ((None, None),):
        row = await database.fetch_one(AGENTS, depuis=depuis, aube=aube)
    else:
        return []
    assert row is not None
    return [
        (nom, Decompte(None if perimetre.is_masque and 0 < row[key] < SEUIL else row[key]))
        for key, nom in (("aidants", "Aidants actifs"), ("instructeurs", "Instructeurs actifs"))
    ]


AVIS = """
select f.note, count(*)::int as nombre from figure_satisfaction f
where f.mois between :debut and :fin and exists (
    select from unnest(:organismes::int[], :departements::int[]) as x(organisme, departement)
    where (x.organisme is null or x.organisme = f.organisme)
        and (x.departement is null or x.departement = f.departement))
group by f.note
"""
LIEUX = """
select distinct g.organisme, c.departement from groupes g join couvertures c on c.groupe = g.id
where g.id = any(:groupes)
"""


async def tell_satisfaction(perimetre: Perimetre, periode: Periode, source: Source) -> Tableau | None:
    """Three counts; those of a groupe are its organisme’s in its départements: it is kept no closer than that."""
    portee = perimetre.portee
    if source.publie is not None:
        cles = source.list_cles(Axe.TOTAL, None)
        counts = {
            note: source.publie.somme(note.fiche.colonne, cles) if cles else Decompte(None) for note in Note
        }
    else:
        paires: Sequence[tuple[int | None, int | None]] = portee.paires
        if portee.is_of_groupes:
            rows = await database.fetch(LIEUX, groupes=list(portee.groupes))
            paires = [(row["organisme"], row["departement"]) for row in rows]
        if not paires:
            return None
        rows = await database.fetch(
            AVIS,
            debut=periode.debut,
            fin=periode.fin,
            organismes=[organisme for organisme, _ in paires],
            departements=[departement for _, departement in paires],
        )
        found = dict.fromkeys(Note, 0) | {RANGS[row["note"]]: row["nombre"] for row in rows}
        table = protect({("avis", note.fiche.rang): found[note] for note in Note})
        is_exact = not portee.is_of_groupes
        counts = {
            note: Decompte(found[note] if is_exact else table.get("avis", note.fiche.rang)) for note in Note
        }
    known = [
        compte.valeur for compte in counts.values() if compte.valeur is not None and not compte.is_minimum
    ]
    total = sum(known) if len(known) == len(Note) else None
    lignes = []
    for note in Note:
        share = nombres.part(counts[note].valeur, total) if total and total >= SEUIL_MESURES else None
        bar = counts[note].valeur or 0 if not counts[note].is_minimum else 0
        lignes.append(
            LigneTableau(
                (note.fiche.libelle, str(counts[note]), say_part(share)),
                (note.fiche.libelle, as_cell(counts[note]), share),
                (bar,),
            )
        )
    if total == 0:
        return None
    # Nor is an exact count said where small ones are hidden: it would be found by moving the period.
    closings = source.lecture.total("clotures") if source.publie is None else 0
    beside = f" Avis pour {say_nombre(closings)} clôtures." if closings >= SEUIL_MESURES else ""
    return Tableau(
        "satisfaction",
        "Satisfaction à la clôture",
        ("Réponse", "Avis", "Part"),
        tuple(lignes),
        note=Figure.SATISFACTION.definition.sens + beside,
    )


SOIRS = """
select jour, sum(nombre)::int as nombre from souffrances
where groupe = any(:groupes) and jour between :debut and :fin group by jour order by jour
"""


async def read_soirs(perimetre: Perimetre, periode: Periode) -> dict[date, int]:
    """Parts en souffrance each evening at 18:00, for one’s own groupes; no row: none was."""
    if not perimetre.portee.groupes:
        return {}
    rows = await database.fetch(
        SOIRS, groupes=list(perimetre.portee.groupes), debut=periode.debut, fin=periode.fin
    )
    return {row["jour"]: row["nombre"] for row in rows}


COMPTES = "select distinct jour from jours_comptes where jour = any(:soirs::date[])"


async def tell_last_evenings(source: Source) -> Tableau:
    """Where small counts are hidden, the last evening of each published month."""
    mois = source.publie.mois if source.publie else ()
    rows = await database.fetch(COMPTES, soirs=[last_day(un) for un in mois])
    counted = {row["jour"] for row in rows}
    lignes = []
    for un in mois:
        compte = source.compte("soirs", Axe.MOIS, un) if last_day(un) in counted else None
        said, cell = (str(compte), as_cell(compte)) if compte is not None else (nombres.INDISPONIBLE, None)
        bar = (compte.valeur or 0) if compte is not None and not compte.is_minimum else 0
        lignes.append(LigneTableau((say_month(un), said), (un, cell), (bar,)))
    return Tableau(
        "soirs",
        "Sollicitations en souffrance, le dernier soir du mois à 18 h",
        ("Mois", "En souffrance"),
        tuple(lignes) if counted else (),
        note=Figure.EN_SOUFFRANCE.definition.sens,
    )


def tell_evenings(soirs: Mapping[date, int]) -> Tableau:
    """Week by week, the most there were at 18:00; weeks without any are left out."""
    weeks: dict[date, list[int]] = {}
    for jour, nombre in soirs.items():
        weeks.setdefault(jour - timedelta(days=jour.weekday()), []).append(nombre)
    lignes = (
        LigneTableau(
            (say_day(semaine), say_nombre(max(counts)), say_nombre(len(counts))),
            (semaine, max(counts), len(counts)),
            (max(counts),),
        )
        for semaine, counts in sorted(weeks.items())
    )
    return Tableau(
        "soirs",
        "Sollicitations en souffrance à 18 h",
        ("Semaine du", "Au plus", "Soirs avec au moins une"),
        tuple(lignes),
        note=Figure.EN_SOUFFRANCE.definition.sens,
    )
