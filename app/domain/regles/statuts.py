"""The life of a sollicitation and of a demande. Pure: nothing is typed twice, every word is derived (product §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.regles import delais
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.tons import Ton


class EtatPart(MotFerme):
    """The state of one groupe asked, in the words people read, with the tone that confirms each."""

    fiche: Ton

    # Orange says lateness, and a part asked today is not late.
    SANS_REPONSE = "sans réponse", Ton.NEUTRE
    EN_COURS = "en cours", Ton.INFO
    TRAITEE = "traitée", Ton.SUCCES
    DECLINEE = "pas concernée", Ton.NEUTRE


class Statut(MotFerme):
    """The status of a demande as its aidant reads it (S1), with the tone that confirms each."""

    fiche: Ton

    NOUVELLE = "Nouvelle", Ton.NEUTRE
    CONSULTEE = "Consultée", Ton.INFO
    REPONDUE = "Répondue", Ton.INFO
    TRAITEE = "Traitée", Ton.SUCCES
    CLOTUREE = "Clôturée", Ton.NEUTRE


class Tour(StrEnum):
    """À qui de jouer."""

    INSTRUCTEUR = "instructeur"
    AIDANT = "aidant"
    PERSONNE = "personne"


class Nature(StrEnum):
    """What a line of the thread is."""

    REPONSE = "reponse"
    PRISE_EN_CHARGE = "prise_en_charge"
    RENDUE = "rendue"
    DECLINEE = "declinee"
    TRAITEE = "traitee"
    INVITATION = "invitation"
    INFORMATION = "information"
    RELANCE = "relance"
    MANDAT = "mandat"
    MANDAT_REVOQUE = "mandat_revoque"
    CLOTURE = "cloture"
    CLOTURE_PROPOSEE = "cloture_proposee"
    REOUVERTURE = "reouverture"
    CONFIEE = "confiee"
    PART_CONFIEE = "part_confiee"
    SANS_REPONDANT = "sans_repondant"
    REPRISE = "reprise"
    SOUFFRANCE = "souffrance"
    RESPONSABLES = "responsables"
    EXPERTS = "experts"


#: The lines whose words somebody typed as they wished, so that they may correct them.
CORRIGEABLES = frozenset(
    {
        *(Nature.REPONSE, Nature.TRAITEE, Nature.RELANCE, Nature.DECLINEE),
        *(Nature.INVITATION, Nature.REOUVERTURE),
    }
)


@dataclass(frozen=True)
class Part:
    """The facts of one sollicitation."""

    opened_at: datetime | None = None
    answered_at: datetime | None = None
    replied_at: datetime | None = None
    traitee_at: datetime | None = None
    declinee_at: datetime | None = None
    late_at: datetime | None = None
    document_at: datetime | None = None


def is_open(part: Part) -> bool:
    """Neither traitée nor declined."""
    return part.traitee_at is None and part.declinee_at is None


def etat_part(part: Part) -> EtatPart:
    """The state of one part: declined and traitée end it, a visible answer starts it."""
    if part.declinee_at is not None:
        return EtatPart.DECLINEE
    if part.traitee_at is not None:
        return EtatPart.TRAITEE
    return EtatPart.EN_COURS if part.answered_at is not None else EtatPart.SANS_REPONSE


def is_en_souffrance(part: Part, now: datetime) -> bool:
    """An open part whose deadline has passed (S2)."""
    return is_open(part) and delais.is_en_souffrance(part.late_at, now)


def is_traitee(parts: Iterable[Part]) -> bool:
    """Every part that is not declined is traitée, and there is one; never before (product §2)."""
    kept = [part for part in parts if part.declinee_at is None]
    return bool(kept) and all(part.traitee_at is not None for part in kept)


def is_declinee_by_all(parts: Iterable[Part]) -> bool:
    """Every groupe asked said it is not concerned: the aidant side must invite another one, or close."""
    every = list(parts)
    return bool(every) and all(part.declinee_at is not None for part in every)


def is_sans_reponse(parts: Iterable[Part]) -> bool:
    """Nobody answered: a decline is no answer (product §2)."""
    return all(part.answered_at is None and part.traitee_at is None for part in parts)


def statut(parts: Iterable[Part], closed_at: datetime | None) -> Statut:
    """The status of the demande, as its aidant reads it (S1)."""
    every = list(parts)
    if closed_at is not None:
        return Statut.CLOTUREE
    if is_traitee(every):
        return Statut.TRAITEE
    if not is_sans_reponse(every):
        return Statut.REPONDUE
    if any(part.opened_at is not None for part in every):
        return Statut.CONSULTEE
    return Statut.NOUVELLE


def tour_part(part: Part, last_aidant_at: datetime) -> Tour:
    """Who must play on this part: the aidant once the groupe has replied to the aidant’s last message."""
    if not is_open(part):
        return Tour.PERSONNE
    if part.replied_at is not None and part.replied_at > last_aidant_at:
        return Tour.AIDANT
    return Tour.INSTRUCTEUR


def is_en_pause(part: Part, last_aidant_at: datetime) -> bool:
    """The groupe waits for a document that the aidant has not answered for: its 15 days count from that answer.

    Until then the deadline of S2 stands, whoever must play: it is the aidant that it calls (product §2).
    """
    return is_open(part) and part.document_at is not None and part.document_at > last_aidant_at


def tour(parts: Iterable[Part], last_aidant_at: datetime, closed_at: datetime | None) -> Tour:
    """Who must play on the whole demande: instructeurs while one of them owes an answer."""
    if closed_at is not None:
        return Tour.PERSONNE
    turns = {tour_part(part, last_aidant_at) for part in parts}
    return Tour.INSTRUCTEUR if Tour.INSTRUCTEUR in turns else Tour.AIDANT
