"""The note that the usager takes home, and the receipt of who sent: what is said of a demande in plain words. Pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.mots import dates
from app.domain.mots.telephones import say_numero
from app.domain.regles.statuts import Statut, Tour, tour_part
from app.routes.demande.bulles import signed_name
from app.routes.demande.gestes import Gestes
from app.routes.demande.mots import en_liste, is_late

Phrases = tuple[tuple[str, str], ...]
"""Short sentences, each with what is in bold at its end; nothing bold: the sentence is whole."""

NO_CALL = ("Vous n’avez pas à appeler.", "")


@dataclass(frozen=True)
class LigneNote:
    """One thing to know, with the pictogram that says the same."""

    picto: str
    titre: str
    phrases: Phrases


@dataclass(frozen=True)
class ContenuNote:
    """What the usager reads: no identifier, no message, no account."""

    numero: int
    usager: str
    qui: str
    structure: str
    sujet: str
    etapes: tuple[LigneNote, ...]
    organismes: str
    sent_at: datetime
    echeance: datetime | None


@dataclass(frozen=True)
class Recu:
    """What the author needs at once after sending."""

    organismes: str
    echeance: datetime | None


def recu_of(demande: Demande, gestes: Gestes, now: datetime) -> Recu | None:
    """The receipt, for the aidant side, until somebody answers or the demande ends."""
    is_waited = demande.statut in {Statut.NOUVELLE, Statut.CONSULTEE} and not demande.is_declinee_by_all
    if not gestes.is_on_aidant_side or not is_waited:
        return None
    return Recu(_organismes(demande), _echeance(demande, now))


def note_of(demande: Demande, now: datetime, zone: ZoneInfo) -> ContenuNote:
    """The note: what was asked, of whom, what comes next and by when."""
    qui = _qui(demande)
    parts = [] if demande.closed_at else [_etape(s, demande, qui, now, zone) for s in demande.sollicitations]
    return ContenuNote(
        numero=demande.numero,
        usager=f"{demande.usager_prenom} {demande.usager_nom}".strip(),
        qui=qui,
        structure=demande.groupe_nom,
        sujet=demande.titre,
        etapes=(
            *(etape for etape in parts if etape.picto == "document"),  # what the usager may do comes first
            *(etape for etape in parts if etape.picto != "document"),
            *_fin(demande, qui, now, zone),
            _contact(demande, qui),
            *_accord(demande, qui, now, zone),
        ),
        organismes=_organismes(demande),
        sent_at=demande.sent_at,
        echeance=_echeance(demande, now),
    )


def _qui(demande: Demande) -> str:
    """Who the usager speaks to; once the author left, somebody of the same structure."""
    if demande.parties.is_vacante:
        return "Une personne"
    return demande.signature or signed_name(demande.auteur_nom, "")


def _etape(s: Sollicitation, demande: Demande, qui: str, now: datetime, zone: ZoneInfo) -> LigneNote:
    part = s.part
    if part.declinee_at is not None:
        autre = f"{qui} peut en demander un autre."
        return LigneNote(
            "stop", f"{s.nom} ne peut pas répondre", (("Ce n’est pas le bon organisme.", ""), (autre, ""))
        )
    if part.traitee_at is not None:
        said = ("Cet organisme dit que c’est réglé depuis", dates.jour(part.traitee_at, zone))
        return LigneNote("coche", f"{s.nom} a fini", (said,))
    if tour_part(part, demande.last_aidant_at) is Tour.AIDANT:
        asked = (f"Voyez avec {_vous(demande, qui)} ce qu’il vous reste à faire.", "")
        return LigneNote("document", f"À vous : {s.nom} a répondu", (asked,))
    if part.late_at is None or is_late(s, demande, now):
        late = (("Sa réponse est en retard.", ""), (f"{qui} suit votre demande.", ""), NO_CALL)
        return LigneNote("horloge", f"{s.nom} doit encore répondre", late)
    until = ("Vous aurez des nouvelles avant", dates.jour(part.late_at, zone))
    titre = f"{s.nom} va répondre" if part.answered_at is None else f"{s.nom} s’en occupe"
    return LigneNote("horloge", titre, (until, NO_CALL))


def _vous(demande: Demande, qui: str) -> str:
    return demande.groupe_nom if demande.parties.is_vacante else qui


def _fin(demande: Demande, qui: str, now: datetime, zone: ZoneInfo) -> tuple[LigneNote, ...]:
    if demande.closed_at is not None:
        ended = ("La demande est terminée depuis", dates.jour(demande.closed_at, zone))
        return (
            LigneNote(
                "coche",
                "C’est terminé",
                (ended, (f"Le problème revient ? Dites-le à {_vous(demande, qui)}.", "")),
            ),
        )
    if demande.statut is Statut.TRAITEE:
        check = (("Regardez si le problème est réglé.", ""), (f"Dites-le à {_vous(demande, qui)}.", ""))
        return (LigneNote("document", "À vous : vérifiez", check),)
    return ()


def _contact(demande: Demande, qui: str) -> LigneNote:
    if demande.parties.is_vacante or not demande.auteur_telephone:
        phrases: Phrases = ((f"Venez, ou écrivez à {_vous(demande, qui)}.", ""),)
    else:
        phrases = ((f"Appelez {qui} au", say_numero(demande.auteur_telephone)),)
    return LigneNote("appel", "Une question ? Un nouveau courrier ?", phrases)


def _accord(demande: Demande, qui: str, now: datetime, zone: ZoneInfo) -> tuple[LigneNote, ...]:
    if not demande.parties.has_mandat or demande.closed_at is not None or demande.mandat_on is None:
        return ()
    given = ("Vous avez donné votre accord le", dates.jour(demande.mandat_on, zone))
    stop = (f"Pour l’arrêter, dites-le à {_vous(demande, qui)}.", "")
    return (
        LigneNote(
            "stop", "Vous pouvez tout arrêter", (given, stop, ("Vous n’avez pas à dire pourquoi.", ""))
        ),
    )


def _organismes(demande: Demande) -> str:
    return en_liste(s.nom for s in demande.sollicitations)


def _echeance(demande: Demande, now: datetime) -> datetime | None:
    """The first deadline still to come."""
    coming = [
        s.part.late_at
        for s in demande.sollicitations
        if s.is_open and s.part.late_at and s.part.late_at > now
    ]
    return min(coming, default=None) if demande.closed_at is None else None
