"""What whoever opens a demande looks for first: for whom, until when, whose turn. Pure: facts in, French out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.mots import dates
from app.domain.regles import statuts
from app.domain.regles.statuts import Statut, Tour
from app.routes.demande.gestes import Gestes
from app.routes.demande.mots import en_liste, is_late, tour_of


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
        precision=tour_of(demande),
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
    return f"{attendue.nom}, {dates.avant(attendue.part.late_at, now, zone)}"


def _tour(demande: Demande, gestes: Gestes, agent: int) -> tuple[str, bool]:
    if demande.closed_at is not None:
        return "À personne", False
    awaited = [s for s in demande.sollicitations if _is_awaited(s, demande)]
    mine = [s for s in awaited if s in gestes.mine]
    if any(s.taken_by_id == agent for s in mine):
        return f"À vous{dates.NBSP}: vous vous en occupez", True
    if any(not s.taken_by for s in mine):
        return "À vous de répondre", True
    if awaited:
        return f"À {en_liste(_name(s) for s in mine or awaited)}", False
    return _tour_of_the_aidant(demande, gestes)


def _is_awaited(sollicitation: Sollicitation, demande: Demande) -> bool:
    tour = statuts.tour_part(sollicitation.part, demande.last_aidant_at)
    return sollicitation.is_open and tour is Tour.INSTRUCTEUR


def _name(sollicitation: Sollicitation) -> str:
    """A person when somebody took charge, else the groupe."""
    return f"{sollicitation.taken_by} ({sollicitation.nom})" if sollicitation.taken_by else sollicitation.nom


def _tour_of_the_aidant(demande: Demande, gestes: Gestes) -> tuple[str, bool]:
    qui = "vous" if gestes.is_on_aidant_side else "l’aidant"
    if demande.statut is Statut.TRAITEE:
        return f"À {qui} de clôturer", gestes.is_on_aidant_side
    if demande.is_declinee_by_all:
        return f"À {qui} de décider de la suite", gestes.is_on_aidant_side
    return f"À {qui} de répondre", gestes.is_on_aidant_side
