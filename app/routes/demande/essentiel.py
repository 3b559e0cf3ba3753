"""What whoever opens a demande looks for first: for whom, until when, whose turn. Pure: facts in, French out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.mots import dates
from app.domain.regles.attendus import Qui, find_attendus
from app.domain.regles.statuts import Part, Statut, is_en_pause
from app.routes.demande.gestes import Gestes
from app.routes.demande.mots import en_liste, is_late, suite_of


@dataclass(frozen=True)
class Essentiel:
    """Three short answers. `is_mine`: the reader is the one awaited."""

    usager: str
    naissance: str
    echeance: str
    is_late: bool
    tour: str
    is_mine: bool
    precision: str


def essentiel_of(demande: Demande, gestes: Gestes, agent: int, now: datetime, zone: ZoneInfo) -> Essentiel:
    """The essentials of a demande, for this reader."""
    attendue = _attendue(gestes.mine) or _attendue(demande.sollicitations)
    tour, is_mine = _tour(demande, gestes, agent)
    return Essentiel(
        usager=f"{demande.usager_prenom} {demande.usager_nom}".strip(),
        naissance=demande.usager_naissance,
        echeance=_echeance(attendue, demande, now, zone),
        is_late=attendue is not None and is_late(attendue, demande, now),
        tour=tour,
        is_mine=is_mine,
        precision=suite_of(demande),
    )


def _attendue(parts: tuple[Sollicitation, ...]) -> Sollicitation | None:
    """The open part whose deadline comes first."""
    waiting = [s for s in parts if s.is_open and s.part.late_at]
    return min(waiting, key=lambda s: s.part.late_at or s.solicited_at, default=None)


def _echeance(attendue: Sollicitation | None, demande: Demande, now: datetime, zone: ZoneInfo) -> str:
    if demande.closed_at is not None:
        return f"Clôturée {dates.le_jour(demande.closed_at, now, zone)}"
    if attendue is None or attendue.part.late_at is None:
        return "Plus aucune réponse n’est attendue"
    if is_late(attendue, demande, now):
        return f"{attendue.nom}, en souffrance {dates.depuis(attendue.part.late_at, now, zone)}"
    if is_en_pause(attendue.part, demande.last_aidant_at):
        return f"{attendue.nom}, en pause\u00a0: un document est demandé"
    return f"{attendue.nom}, {dates.avant(attendue.part.late_at, now, zone)}"


@dataclass(frozen=True)
class _Suivie:
    """A part as the rule of who is awaited reads it, with its name."""

    part: Part
    taken_by: int | None
    nom: str


def _tour(demande: Demande, gestes: Gestes, agent: int) -> tuple[str, bool]:
    parts = [_suivie_of(s) for s in demande.sollicitations]
    miennes = [] if gestes.is_on_aidant_side else [_suivie_of(s) for s in gestes.mine]
    if gestes.is_instructeur and not gestes.is_on_aidant_side:
        miennes = miennes or parts
    attendus = find_attendus(
        parts,
        miennes,
        lecteur=agent,
        last_aidant_at=demande.last_aidant_at,
        closed_at=demande.closed_at,
    )
    if attendus.qui is Qui.AIDANT:
        return _tour_of_the_aidant(demande, gestes), gestes.is_on_aidant_side
    noms = f"À {en_liste(one.nom for one in attendus.parts)}"
    words = {
        Qui.PERSONNE: "À personne",
        Qui.SOI: f"À vous{dates.NBSP}: vous vous en occupez",
        Qui.EQUIPE: "À vous de répondre",
        Qui.COLLEGUE: noms,
        Qui.ORGANISME: noms,
    }
    return words[attendus.qui], attendus.qui in {Qui.SOI, Qui.EQUIPE}


def _suivie_of(s: Sollicitation) -> _Suivie:
    """Its name is a person’s when somebody took charge, else the groupe’s."""
    return _Suivie(s.part, s.taken_by_id or None, f"{s.taken_by} ({s.nom})" if s.taken_by else s.nom)


def _tour_of_the_aidant(demande: Demande, gestes: Gestes) -> str:
    qui = "vous" if gestes.is_on_aidant_side else "l’aidant"
    if demande.statut is Statut.TRAITEE:
        return f"À {qui} de clôturer"
    return f"À {qui} de décider de la suite" if demande.is_declinee_by_all else f"À {qui} de répondre"
