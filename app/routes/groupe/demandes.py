"""`/groupes/{groupe}/demandes`: what a responsable follows, without anything personal; the same as CSV and ODS."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.response import Stream

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.figures.nombres import NBSP, say_jours
from app.domain.groupes.demandes import (
    EtatSuivi,
    Filtres,
    PeriodeSuivi,
    Suivi,
    Suivie,
    TriSuivi,
    list_suivies,
    stream_suivies,
)
from app.domain.groupes.groupe import Groupe
from app.domain.mots import dates
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of
from app.routes.params import Now, Query, Signed, TheGroupe, Visit
from app.templating import pluriel

TRIS = {
    TriSuivi.ECHEANCE: "Échéance la plus proche",
    TriSuivi.RECENTES: "Les plus récentes",
    TriSuivi.LENTES: "Première réponse la plus lente",
}


@dataclass(frozen=True)
class LigneSuivie:
    """A demande in words. `parts` is empty when the groupe was the only one asked."""

    numero: int
    envoi: str
    structure: str
    departement: str
    etat: str
    ton: str
    parts: tuple[str, ...]
    reponse: str
    resolution: str
    echeance: str
    is_late: bool
    pris_par: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DemandesDuGroupe(Contexte):
    """One page of the list, its filters and where its exports are."""

    templates = ("groupe/demandes.html",)
    entete: Entete
    lignes: list[LigneSuivie]
    total: str
    retard: str
    suivi: Suivi
    etats: list[tuple[str, str]]
    periodes: list[tuple[str, str]]
    tris: list[tuple[str, str]]
    adresse: str
    csv: str
    ods: str
    url_of: Callable[[int], str]


@get("/groupes/{groupe:str}/demandes")
async def get_demandes(
    request: Visit, signed: Signed, equipe: TheGroupe, criteres: Query, now: Now
) -> Response[Any]:
    """The demandes the groupe was asked, and those it sent."""
    suivi = await list_suivies(signed.droits, equipe.id, read_filtres(criteres), now)
    here = f"/groupes/{equipe.id}/demandes"
    context = DemandesDuGroupe(
        entete=entete_of(signed, equipe, "/demandes", now),
        lignes=[ligne_of(suivie, now, signed.zone) for suivie in suivi.rangees],
        total=pluriel(suivi.total, "demande"),
        retard=f"dont {suivi.en_souffrance} en souffrance" if suivi.en_souffrance else "",
        suivi=suivi,
        etats=[(etat.value, etat.fiche.libelle.capitalize()) for etat in EtatSuivi],
        periodes=[(periode.value, periode.fiche.libelle.capitalize()) for periode in PeriodeSuivi],
        tris=[(tri.value, libelle) for tri, libelle in TRIS.items()],
        adresse=here,
        csv=write_adresse(f"{here}.csv", replace(suivi.filtres, page=1)),
        ods=write_adresse(f"{here}.ods", replace(suivi.filtres, page=1)),
        url_of=lambda page: write_adresse(here, replace(suivi.filtres, page=page)),
    )
    return await pages.show(request, "groupe/demandes.html", context)


@get("/groupes/{groupe:str}/demandes.csv")
async def export_csv(signed: Signed, equipe: TheGroupe, criteres: Query, now: Now) -> Stream:
    """Every demande that the filters let through, as a text that Excel opens."""
    filtres = read_filtres(criteres)
    rows = rows_of(stream_suivies(signed.droits, equipe.id, filtres, now), now, signed.zone)
    return _stream(
        tableur.write_csv(ENTETES, rows), tableur.CSV, _name(equipe, filtres, signed, now) + ".csv"
    )


@get("/groupes/{groupe:str}/demandes.ods")
async def export_ods(signed: Signed, equipe: TheGroupe, criteres: Query, now: Now) -> Stream:
    """The same as a spreadsheet, with typed cells."""
    filtres = read_filtres(criteres)
    rows = rows_of(stream_suivies(signed.droits, equipe.id, filtres, now), now, signed.zone)
    return _stream(
        tableur.write_ods(ENTETES, rows, titre="Demandes"),
        tableur.ODS,
        _name(equipe, filtres, signed, now) + ".ods",
    )


def read_filtres(query: Formulaire) -> Filtres:
    """What the address asks; what it says wrong is as if it had not been said."""
    return Filtres(
        periode=next((p for p in PeriodeSuivi if p.value == query.texte("periode")), PeriodeSuivi.TRIMESTRE),
        etat=next((e for e in EtatSuivi if e.value == query.texte("etat")), None),
        structure=query.identifiant("structure"),
        organisme=query.identifiant("organisme"),
        is_late=query.is_checked("souffrance"),
        tri=next((t for t in TriSuivi if t.value == query.texte("tri")), TriSuivi.ECHEANCE),
        page=query.page(),
    )


def write_adresse(chemin: str, filtres: Filtres) -> str:
    """The address that asks for these filters; what is usual is left out."""
    usual = Filtres()
    pairs = {
        "periode": filtres.periode.value if filtres.periode is not usual.periode else "",
        "etat": filtres.etat.value if filtres.etat else "",
        "structure": filtres.structure,
        "organisme": filtres.organisme,
        "souffrance": 1 if filtres.is_late else "",
        "tri": filtres.tri.value if filtres.tri is not usual.tri else "",
        "page": filtres.page if filtres.page > 1 else "",
    }
    query = urlencode([(name, value) for name, value in pairs.items() if value])
    return f"{chemin}?{query}" if query else chemin


def ligne_of(suivie: Suivie, now: datetime, zone: ZoneInfo) -> LigneSuivie:
    """A row in words, in the reader's clock."""
    is_alone = suivie.is_recue and len(suivie.parts) < 2
    notes = (
        (suivie.is_procedure, "procédure standard"),
        (suivie.has_avis, "avis donné à la clôture"),
        (not suivie.is_recue, "envoyée par le groupe"),
    )
    return LigneSuivie(
        numero=suivie.numero,
        envoi=dates.jour_court(suivie.sent_at, now, zone),
        structure=suivie.structure,
        departement=suivie.departement,
        etat=suivie.etat.fiche.libelle,
        ton=suivie.etat.fiche.ton.value,
        parts=() if is_alone else tuple(f"{nom}{NBSP}: {etat.value}" for nom, etat in suivie.parts),
        reponse=say_jours(suivie.reponse_dixiemes, ouvres=True)
        if suivie.reponse_dixiemes is not None
        else "",
        resolution=say_jours(suivie.resolution_dixiemes, ouvres=True)
        if suivie.resolution_dixiemes is not None
        else "",
        echeance=say_echeance(suivie, now, zone),
        is_late=suivie.is_en_souffrance(now),
        pris_par=suivie.pris_par,
        notes=tuple(words for is_said, words in notes if is_said),
    )


def say_echeance(suivie: Suivie, now: datetime, zone: ZoneInfo) -> str:
    """« en souffrance depuis hier », « avant lundi 30 novembre », « à l’aidant de clôturer », « terminée »."""
    if suivie.etat in {EtatSuivi.CLOTUREE, EtatSuivi.DECLINEE}:
        return "terminée"
    if suivie.etat is EtatSuivi.TRAITEE:
        return "à l’aidant de clôturer"
    if suivie.late_at is None:
        return ""
    if suivie.is_en_souffrance(now):
        return f"en souffrance {dates.depuis(suivie.late_at, now, zone)}"
    return dates.avant(suivie.late_at, now, zone)


ENTETES = (
    *("Numéro", "Sens", "Structure", "Département", "Envoyée le", "Demandée au groupe le", "État"),
    *("Organismes et états", "Première réponse le", "Première réponse (jours ouvrés)", "Traitée le"),
    *("Résolution (jours ouvrés)", "Clôturée le", "Échéance", "En souffrance", "Procédure standard"),
    *("Avis donné à la clôture", "Suivie par"),
)


async def rows_of(
    suivies: AsyncIterator[Suivie], now: datetime, zone: ZoneInfo
) -> AsyncIterator[tableur.Rangee]:
    """The cells of each demande; instants are in the reader's clock."""

    def local(instant: datetime | None) -> datetime | None:
        return instant.astimezone(zone) if instant else None

    async for s in suivies:
        yield (
            *(s.numero, "reçue" if s.is_recue else "envoyée", s.structure, s.departement, local(s.sent_at)),
            *(local(s.asked_at) if s.is_recue else None, s.etat.fiche.libelle),
            f"{NBSP}; ".join(f"{nom}{NBSP}: {etat.value}" for nom, etat in s.parts),
            *(local(s.reponse_at), _days(s.reponse_dixiemes), local(s.traitee_at)),
            *(_days(s.resolution_dixiemes), local(s.closed_at), local(s.late_at)),
            *(_say(s.is_en_souffrance(now)), _say(s.is_procedure), _say(s.has_avis), s.pris_par),
        )


def _days(dixiemes: int | None) -> Decimal | None:
    return None if dixiemes is None else Decimal(dixiemes) / 10


def _say(is_so: bool) -> str:
    return "oui" if is_so else "non"


def _name(equipe: Groupe, filtres: Filtres, signed: Agent, now: datetime) -> str:
    """« Demandes CAF 22, en souffrance, 3 derniers mois, 2026-11-24 10h40 »."""
    said = [f"Demandes {equipe.nom}"]
    if filtres.etat:
        said.append(filtres.etat.fiche.libelle)
    if filtres.is_late:
        said.append("en souffrance")
    if filtres.structure or filtres.organisme:
        said.append("sélection")
    said += [filtres.periode.fiche.libelle, f"{now.astimezone(signed.zone):%Y-%m-%d %Hh%M}"]
    return ", ".join(said).replace("/", "-")


def _stream(parts: AsyncIterator[bytes], kind: str, name: str) -> Stream:
    return Stream(parts, media_type=kind, headers={"Content-Disposition": tableur.attachment(name)})


ROUTES = [get_demandes, export_csv, export_ods]
