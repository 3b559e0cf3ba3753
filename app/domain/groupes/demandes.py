"""The demandes of a groupe as a responsable follows them: numbers, groupes, states, delays, and nothing personal.

No text here reads a title, a description, an usager, a message or a file: what is not read cannot be shown, sorted,
counted or exported (product §3). Who may list is said by `listable_demandes` and by its twin in the law.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from app import database
from app.domain.listes.criteres import PAR_PAGE, page_within
from app.domain.regles import statuts
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import Droits, can_list_demandes, require
from app.domain.regles.statuts import EtatPart, Part
from app.domain.regles.tons import Ton

TOUJOURS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FicheEtat:
    """The words of a state, and the tone that confirms it."""

    libelle: str
    ton: Ton


class EtatSuivi(MotFerme):
    """Where a demande stands for the groupe that lists it: its own part, or all the parts of what it sent."""

    fiche: FicheEtat

    SANS_REPONSE = "sans-reponse", FicheEtat("sans réponse", Ton.ALERTE)
    EN_COURS = "en-cours", FicheEtat("en cours", Ton.INFO)
    TRAITEE = "traitee", FicheEtat("traitée", Ton.SUCCES)
    DECLINEE = "declinee", FicheEtat("pas concernée", Ton.NEUTRE)
    CLOTUREE = "cloturee", FicheEtat("clôturée", Ton.NEUTRE)


@dataclass(frozen=True)
class FichePeriode:
    """The words of a period, and its length in days; None: since the beginning."""

    libelle: str
    jours: int | None


class PeriodeSuivi(MotFerme):
    """How far back the list goes: what was asked, or asked again, since then."""

    fiche: FichePeriode

    MOIS = "30", FichePeriode("30 derniers jours", 30)
    TRIMESTRE = "90", FichePeriode("3 derniers mois", 90)
    ANNEE = "365", FichePeriode("12 derniers mois", 365)
    TOUT = "tout", FichePeriode("depuis le début", None)


class TriSuivi(StrEnum):
    """The order of the list."""

    ECHEANCE = "echeance"
    RECENTES = "recentes"
    LENTES = "lentes"


@dataclass(frozen=True)
class Filtres:
    """What the address asks. `structure` is a groupe that sent, `organisme` one that was asked."""

    periode: PeriodeSuivi = PeriodeSuivi.TRIMESTRE
    etat: EtatSuivi | None = None
    structure: int | None = None
    organisme: int | None = None
    is_late: bool = False
    tri: TriSuivi = TriSuivi.ECHEANCE
    page: int = 1

    @property
    def is_filtre(self) -> bool:
        """Some filter hides demandes; period, order and page do not count."""
        return bool(self.etat or self.structure or self.organisme or self.is_late)


@dataclass(frozen=True)
class Suivie:
    """A demande in a row. Delays are those that figures keep, in tenths of a working day.

    `has_avis`: whoever closed it was asked whether it helped, and closing without saying so is refused. What they said
    is kept nowhere near the demande.
    """

    numero: int
    structure: str
    departement: str
    is_recue: bool
    sent_at: datetime
    asked_at: datetime | None
    closed_at: datetime | None
    etat: EtatSuivi
    late_at: datetime | None
    reponse_at: datetime | None
    reponse_dixiemes: int | None
    traitee_at: datetime | None
    resolution_dixiemes: int | None
    is_procedure: bool
    has_avis: bool
    pris_par: str
    parts: tuple[tuple[str, EtatPart], ...]

    def is_en_souffrance(self, now: datetime) -> bool:
        """A deadline that counts has passed."""
        return self.late_at is not None and self.late_at < now


@dataclass(frozen=True)
class Suivi:
    """One page of the list. `structures` and `organismes` are what the filters offer."""

    filtres: Filtres
    rangees: tuple[Suivie, ...]
    total: int
    en_souffrance: int
    page: int
    pages: int
    structures: tuple[tuple[int, str], ...]
    organismes: tuple[tuple[int, str], ...]


# `base` has one line per demande of the period; its order is that of an export, kept by the loop that reads it.
BASE = """
with base as materialized (
    select l.demande, l.is_recue, d.groupe as structure, d.departement, d.sent_at, d.closed_at,
        d.closed_by is not null as is_jugee
    from listable_demandes(:agent, :groupe, :depuis) l join demandes d on d.numero = l.demande
    order by l.demande desc
)
"""
# The parts that count: the groupe's own where it was asked, else all of them. Delays are the kept facts of figures.
RETENUES = """,
faits as (
    select b.*, p.late_at, p.asked_at, p.reponse_at, p.reponse_dixiemes, p.is_procedure, p.pris_par,
        case when p.traitees > 0 and p.traitees + p.declinees = p.nombre then p.traitee_at end as traitee_at,
        case when p.traitees > 0 and p.traitees + p.declinees = p.nombre then p.resolution_dixiemes end
            as resolution_dixiemes,
        case when b.closed_at is not null then 'cloturee'
            when p.nombre > 0 and p.declinees = p.nombre then 'declinee'
            when p.nombre > 0 and p.traitees + p.declinees = p.nombre then 'traitee'
            when p.is_repondue then 'en-cours' else 'sans-reponse' end as etat,
        b.is_jugee and p.declinees < p.nombre as has_avis
    from base b
    cross join lateral (
        select count(*) as nombre,
            count(*) filter (where s.declinee_at is not null) as declinees,
            count(*) filter (where s.declinee_at is null and s.traitee_at is not null) as traitees,
            coalesce(bool_or(s.answered_at is not null), false) as is_repondue,
            coalesce(bool_or(s.is_procedure), false) as is_procedure,
            min(s.late_at) filter (where is_part_ouverte(s.traitee_at, s.declinee_at)) as late_at,
            min(f.solicited_at) as asked_at, min(f.reponse_at) as reponse_at,
            min(f.reponse_dixiemes) as reponse_dixiemes, max(s.traitee_at) as traitee_at,
            max(f.resolution_ouvre_dixiemes) as resolution_dixiemes,
            array_agg(s.taken_by) filter (where s.taken_by is not null and b.is_recue) as pris_par
        from sollicitations s left join suivis f on f.sollicitation = s.id
        where s.demande = b.demande and (not b.is_recue or s.groupe = :groupe)) p
),
retenues as (
    select * from faits
    where (:etat::text is null or etat = :etat)
        and (:structure::integer is null or structure = :structure)
        and (:organisme::integer is null or exists (
            select from sollicitations s join groupes g on g.id = s.groupe
            where s.demande = faits.demande and g.organisme = :organisme))
        and (not :is_late::boolean or coalesce(late_at < :now::timestamptz, false))
)
"""
# Names are looked up row by row: a join would sort or hash everything before the first row leaves.
COLONNES = """
select r.demande as numero, r.is_recue, r.sent_at, r.asked_at, r.closed_at, r.etat, r.late_at, r.reponse_at,
    r.reponse_dixiemes, r.traitee_at, r.resolution_dixiemes, r.is_procedure, r.has_avis,
    (select g.nom from groupes g where g.id = r.structure) as structure,
    (select p.nom || ' (' || p.code || ')' from departements p where p.id = r.departement) as departement,
    (select string_agg(trim(a.prenom || ' ' || a.nom), ', ' order by a.nom) from agents a
     where a.id = any (r.pris_par)) as pris_par,
    (select array_agg(row(g.nom, s.opened_at, s.answered_at, s.replied_at, s.traitee_at, s.declinee_at, s.late_at)
        order by s.id)
     from sollicitations s join groupes g on g.id = s.groupe where s.demande = r.demande) as parts
"""
EXPORT = "".join((BASE, RETENUES, COLONNES, "from retenues r order by r.demande desc"))
# A page beyond the last one is the last one. Counts stand beside each row, and alone when there is none.
PAGE = """,
lues as materialized (select * from retenues),
comptes as (
    select count(*) as total, count(*) filter (where late_at < :now) as en_souffrance from lues
),
page as (
    select *, row_number() over (
        order by case when :tri::text = 'echeance' then late_at end nulls last,
            case when :tri = 'lentes' then reponse_dixiemes end desc nulls last,
            sent_at desc, demande desc) as rang
    from lues order by rang limit :longueur
    offset greatest(0, least(:page::bigint - 1, ((select total from comptes) - 1) / :longueur)) * :longueur
),
lignes as (
"""
AUTOUR = """
    , r.rang from page r
)
select comptes.total, comptes.en_souffrance, l.* from comptes left join lignes l on true order by l.rang
"""
LISTE = "".join((BASE, RETENUES, PAGE, COLONNES, AUTOUR))
OFFERTS = """
select 'structure' as nature, g.id, g.nom from groupes g
where g.id in (select structure from base where is_recue)
union all
select 'organisme', o.id, o.nom from organismes o
where o.id in (select g.organisme from base b join sollicitations s on s.demande = b.demande
    join groupes g on g.id = s.groupe)
order by 3
"""
CHOIX = BASE + OFFERTS
LISTER = "La liste des demandes du groupe est réservée à ses responsables."


async def list_suivies(droits: Droits, groupe: int, filtres: Filtres, now: datetime) -> Suivi:
    """One page of the list. Raises Refus for who manages neither this groupe nor the platform."""
    require(can_list_demandes(droits, groupe), LISTER)
    asked = _parameters(droits, groupe, filtres, now)
    rows = await database.fetch(
        LISTE, **asked, tri=filtres.tri.value, longueur=PAR_PAGE, page=max(1, filtres.page)
    )
    choix = await database.fetch(CHOIX, agent=droits.agent, groupe=groupe, depuis=asked["depuis"])
    page, pages = page_within(filtres.page, rows[0]["total"])
    return Suivi(
        filtres=replace(filtres, page=page),
        rangees=tuple(_suivie_of(row) for row in rows if row["numero"] is not None),
        total=rows[0]["total"],
        en_souffrance=rows[0]["en_souffrance"],
        page=page,
        pages=pages,
        structures=tuple((row["id"], row["nom"]) for row in choix if row["nature"] == "structure"),
        organismes=tuple((row["id"], row["nom"]) for row in choix if row["nature"] == "organisme"),
    )


def stream_suivies(droits: Droits, groupe: int, filtres: Filtres, now: datetime) -> AsyncIterator[Suivie]:
    """Every demande that the filters let through, the last number first, as the base gives them.

    Raises Refus at once, before anything leaves.
    """
    require(can_list_demandes(droits, groupe), LISTER)
    return _stream(_parameters(droits, groupe, filtres, now))


async def _stream(asked: dict[str, Any]) -> AsyncIterator[Suivie]:
    async for row in database.stream(EXPORT, **asked):
        yield _suivie_of(row)


def _parameters(droits: Droits, groupe: int, filtres: Filtres, now: datetime) -> dict[str, Any]:
    jours = filtres.periode.fiche.jours
    return {
        "agent": droits.agent,
        "groupe": groupe,
        "depuis": now - timedelta(days=jours) if jours else TOUJOURS,
        "etat": filtres.etat.value if filtres.etat else None,
        "structure": filtres.structure,
        "organisme": filtres.organisme,
        "is_late": filtres.is_late,
        "now": now,
    }


def _suivie_of(row: Any) -> Suivie:
    same = (
        *("numero", "structure", "departement", "is_recue", "sent_at", "asked_at", "closed_at", "late_at"),
        *("reponse_at", "reponse_dixiemes", "traitee_at", "resolution_dixiemes", "is_procedure", "has_avis"),
    )
    return Suivie(
        **{name: row[name] for name in same},
        etat=EtatSuivi(row["etat"]),
        pris_par=row["pris_par"] or "",
        parts=tuple((nom, statuts.etat_part(Part(*facts))) for nom, *facts in row["parts"] or ()),
    )
