"""The words of a row: badges, delay, who must play. Pure: facts in, French out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.listes.rangees import PartListee, Rangee
from app.domain.mots import dates
from app.domain.mots.elision import de
from app.domain.regles import delais, statuts
from app.domain.regles.places import Cote
from app.domain.regles.statuts import EtatPart, Statut, Tour
from app.domain.regles.tons import Ton
from app.domain.regles.urgences import say_urgence
from app.templating import pluriel


@dataclass(frozen=True)
class LigneEnMots:
    """A row, in the words of the macro `ligne`. `parts` are (groupe, état, ton)."""

    numero: int
    titre: str
    meta: str
    parts: tuple[tuple[str, str, str], ...]
    statut: tuple[str, str] | None
    urgence: str
    delai: str
    action: str
    is_unread: bool
    is_late: bool


def ligne_of(rangee: Rangee, now: datetime, zone: ZoneInfo) -> LigneEnMots:
    """One row in words, for this reader."""
    late = is_late(rangee, now)
    return LigneEnMots(
        numero=rangee.numero,
        titre=rangee.titre or ("Données personnelles effacées" if rangee.erased_at else "Sans titre"),
        meta=f"{dates.NBSP}· ".join(_meta(rangee, now, zone)),
        parts=tuple((part.nom, *_badge(part, rangee, now)) for part in rangee.parts),
        statut=(rangee.statut.value, rangee.statut.fiche) if rangee.cote is Cote.AIDANT else None,
        urgence=say_urgence(rangee.urgence, rangee.urgence_precision),
        delai=_delai(rangee, late, now, zone),
        action=_action(rangee),
        is_unread=rangee.is_unread,
        is_late=late,
    )


def is_late(rangee: Rangee, now: datetime) -> bool:
    """En souffrance, on the parts that count for this reader; never once closed."""
    return rangee.closed_at is None and delais.is_en_souffrance(rangee.late_at, now)


def _meta(rangee: Rangee, now: datetime, zone: ZoneInfo) -> list[str]:
    """Number, usager, structure, age, messages, who took it: what tells two demandes apart, left to right."""
    words = [dates.numero(rangee.numero), rangee.usager]
    if not rangee.is_auteur:
        words.append(rangee.structure)
    if rangee.remplace:
        words.append(f"à la place {de(rangee.remplace)}")
    words.append(f"envoyée {dates.le_jour(rangee.sent_at, now, zone)}")
    dernier = dates.le_jour(rangee.activite_at, now, zone)
    if rangee.non_lus:
        quand = f"le dernier {dernier}" if rangee.non_lus > 1 else dernier
        words.append(f"{pluriel(rangee.non_lus, 'message non lu', 'messages non lus')}, {quand}")
    elif rangee.activite_at > rangee.sent_at:
        words.append(f"dernier message {dernier}")
    if rangee.closed_at is None:
        words += [_prise(part, rangee) for part in rangee.chargees]
    return [word for word in words if word]


def _prise(part: PartListee, rangee: Rangee) -> str:
    ou = f" ({part.nom})" if len(rangee.parts) > 1 else ""
    return f"{part.taken_by_prenom}{ou} s’en occupe" if part.taken_by_prenom else ""


def _badge(part: PartListee, rangee: Rangee, now: datetime) -> tuple[str, str]:
    etat = part.etat
    if rangee.closed_at is None and statuts.is_en_souffrance(part.part, now):
        return etat.value, Ton.ALERTE
    is_new_to_me = part.is_mienne and rangee.cote is Cote.INSTRUCTEUR and rangee.is_nouvelle
    if is_new_to_me and etat is EtatPart.SANS_REPONSE and rangee.closed_at is None:
        return "nouvelle", Ton.INFO
    return etat.value, etat.fiche


def _delai(rangee: Rangee, late: bool, now: datetime, zone: ZoneInfo) -> str:
    if rangee.closed_at is not None:
        return f"clôturée {dates.le_jour(rangee.closed_at, now, zone)}"
    if rangee.late_at is None:
        return ""
    if late and rangee.attendue and rangee.tour is Tour.AIDANT and rangee.attendue.part.replied_at:
        # It is nobody's fault in the organisme: the row says who owes what.
        return f"sans nouvelle depuis {(now - rangee.attendue.part.replied_at).days} jours"
    if late:
        return f"en souffrance {dates.depuis(rangee.late_at, now, zone)}"
    if rangee.cote is Cote.INSTRUCTEUR:
        quoi = "à suivre" if rangee.is_answered else "à répondre"
    else:
        quoi = "suite attendue" if rangee.is_answered else "réponse attendue"
    return f"{quoi} {dates.avant(rangee.late_at, now, zone)}"


def _action(rangee: Rangee) -> str:
    """À qui de jouer."""
    if rangee.closed_at is not None:
        return ""
    if rangee.cote is Cote.AIDANT:
        return _action_aidant(rangee)
    if rangee.tour is Tour.INSTRUCTEUR:
        return "à vous de répondre" if rangee.cote is Cote.INSTRUCTEUR else "à l’organisme de répondre"
    if rangee.statut is Statut.TRAITEE:
        return "à l’aidant de clôturer"
    if rangee.tour is Tour.PERSONNE and any(part.is_open for part in rangee.parts):
        return "à un autre organisme de répondre"
    return "à l’aidant de répondre" if rangee.tour is Tour.AIDANT else "à l’aidant de décider de la suite"


def _action_aidant(rangee: Rangee) -> str:
    if rangee.is_declinee_by_all:
        return "à vous : aucun organisme ne s’estime concerné"
    if rangee.statut is Statut.TRAITEE:
        return "à vous de clôturer"
    return "à vous de répondre" if rangee.tour is Tour.AIDANT else "à l’organisme de répondre"
