"""The thread of a demande: its lines, who takes part, and the one way to write in it (product §7)."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.demandes import Demande
from app.domain.permissions import Droits
from app.domain.statuts import Nature


@dataclass(frozen=True)
class Ligne:
    """One line of the thread: words, or something that happened (`nature`)."""

    id: int
    nature: Nature
    cote: str  # aidant, instructeur, expert, plateforme
    auteur: int | None
    auteur_nom: str
    signature: str  # who signed, for a compte collectif
    groupe: int | None
    groupe_nom: str
    texte: str
    is_prive: bool
    is_procedure: bool
    sent_at: datetime
    groupes_invites: tuple[str, ...]  # invitation: asked; relance: asked again
    agents_invites: tuple[str, ...]


@dataclass(frozen=True)
class Participant:
    """Someone who takes part: auteur, collegue, instructeur or expert; `first_at` is empty before a first visit."""

    agent: int
    nom: str
    qualite: str  # auteur, collegue, instructeur, expert
    groupe_nom: str
    is_active: bool
    first_at: datetime | None
    last_at: datetime | None


async def list_fil(droits: Droits, demande: Demande, after: int = 0) -> list[Ligne]:
    """Every line this reader may see, oldest first; with `after`, only those written since that line."""
    raise NotImplementedError


async def list_participants(droits: Droits, demande: Demande) -> list[Participant]:
    """Who takes part, with their visits: author, people invited, instructeurs who came or wrote."""
    raise NotImplementedError
