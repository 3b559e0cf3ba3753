"""The words of a demande: badges, delays, who must play. Pure: facts in, French out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.echanges.invitations import GroupeInvitable
from app.domain.echanges.redaction import Lecteurs
from app.domain.mots import dates
from app.domain.regles import delais, statuts
from app.domain.regles.mandats import EtatMandat
from app.domain.regles.statuts import Statut, Tour
from app.domain.regles.tons import Ton
from app.domain.regles.urgences import say_urgence
from app.templating import pluriel


@dataclass(frozen=True)
class Badge:
    """A word and the tone that confirms it."""

    texte: str
    ton: Ton


@dataclass(frozen=True)
class Volet:
    """One organisme as the page says it: its state, its delay, who took charge. Metadata only."""

    groupe: str
    badge: Badge
    delai: str
    is_late: bool
    suivi: str


def gardes_of(perdus: Iterable[str]) -> str:
    """What is kept of a form that is asked again; `perdus`: what was chosen and is no longer offered."""
    sauf = ", ".join(perdus)
    return (
        f"Vos choix sont gardés, sauf ce qui n’est plus proposé\u00a0: {sauf}."
        if sauf
        else "Vos choix sont gardés."
    )


def coches_of(noms: Collection[str], perdus: Iterable[str]) -> str:
    """What stays ticked of another département, and what was ticked that is no longer offered; nothing without."""
    reste = "Reste coché" if len(noms) == 1 else "Restent cochés"
    sentences = [f"{reste}\u00a0: {en_liste(noms)}."] if noms else []
    if sauf := ", ".join(perdus):
        sentences.append(f"N’est plus proposé\u00a0: {sauf}.")
    return " ".join(sentences)


def propose_of(groupe: GroupeInvitable) -> str:
    """Why this groupe is proposed to take over, or what to know of it first."""
    if groupe.is_ailleurs:
        return " ".join(filter(None, ("Coché dans un autre département.", groupe.avertissement)))
    return groupe.avertissement or ("traite ce sujet" if groupe.is_du_sujet else "")


def badges_of(demande: Demande, now: datetime, zone: ZoneInfo) -> list[Badge]:
    """The badges that say why the demande presses: its urgency, then the oldest délai that has passed."""
    badges = []
    if urgence := say_urgence(demande.urgence, demande.urgence_precision):
        badges.append(Badge(urgence, Ton.ERREUR))
    if retard := retard_of(demande, now, zone):
        badges.append(retard)
    return badges


def retard_of(demande: Demande, now: datetime, zone: ZoneInfo) -> Badge | None:
    """Since when the oldest part is en souffrance."""
    late = [s.part.late_at for s in demande.sollicitations if s.part.late_at and is_late(s, demande, now)]
    return Badge(f"En souffrance {dates.depuis(min(late), now, zone)}", Ton.ALERTE) if late else None


def is_late(sollicitation: Sollicitation, demande: Demande, now: datetime) -> bool:
    """En souffrance; never once the demande is closed."""
    return demande.closed_at is None and statuts.is_en_souffrance(sollicitation.part, now)


def volet_of(sollicitation: Sollicitation, demande: Demande, now: datetime, zone: ZoneInfo) -> Volet:
    """One part in words."""
    late = is_late(sollicitation, demande, now)
    etat = sollicitation.etat
    return Volet(
        groupe=sollicitation.nom,
        badge=Badge(etat, Ton.ALERTE if late else etat.fiche),
        delai=_delai(sollicitation, demande, now, zone),
        is_late=late,
        suivi=_suivi(sollicitation),
    )


def _suivi(sollicitation: Sollicitation) -> str:
    if sollicitation.taken_by and sollicitation.is_open:
        return f"Suivie par {sollicitation.taken_by}"
    return ""


def _delai(sollicitation: Sollicitation, demande: Demande, now: datetime, zone: ZoneInfo) -> str:
    part = sollicitation.part
    if demande.closed_at is not None:
        return ""
    if part.declinee_at is not None:
        return dates.le_jour(part.declinee_at, now, zone)
    if part.traitee_at is not None:
        return dates.le_jour(part.traitee_at, now, zone)
    return _attente(sollicitation, demande, now, zone) if part.late_at is not None else ""


def _attente(sollicitation: Sollicitation, demande: Demande, now: datetime, zone: ZoneInfo) -> str:
    """Until when, or since when and why."""
    part = sollicitation.part
    assert part.late_at is not None
    if statuts.is_en_pause(part, demande.last_aidant_at) and not is_late(sollicitation, demande, now):
        return "Document attendu de l’aidant\u00a0: délai en pause"
    if not is_late(sollicitation, demande, now):
        quoi = "Réponse attendue" if part.answered_at is None else "Suite attendue"
        return f"{quoi} {dates.avant(part.late_at, now, zone)}"
    if part.replied_at and statuts.tour_part(part, demande.last_aidant_at) is Tour.AIDANT:
        return f"Sans nouvelle depuis {(now - part.replied_at).days} jours, à l’aidant de répondre"
    since = f"En souffrance {dates.depuis(part.late_at, now, zone)}"
    if part.answered_at is None:
        jours = delais.jours_ouvres_entre(sollicitation.solicited_at, now, demande.calendrier)
        return f"{since} ({jours} jours ouvrés sans réponse)"
    return f"{since} ({(now - part.answered_at).days} jours sans suite)"


def suite_of(demande: Demande) -> str:
    """What is left to do: the document that a groupe waits for, else what comes once no groupe has anything more to do;
    empty before, and once the demande is closed.
    """
    if demande.closed_at is not None:
        return ""
    if noms := [s.nom for s in demande.sollicitations if statuts.is_en_pause(s.part, demande.last_aidant_at)]:
        return f"{en_liste(noms)}\u00a0: un document est attendu de l’aidant."
    if demande.is_declinee_by_all:
        return "Aucun organisme sollicité n’est le bon interlocuteur : il reste à en inviter un autre."
    if demande.statut is Statut.TRAITEE:
        return "Tous les organismes ont terminé : il reste à vérifier avec l’usager, puis à clôturer."
    return ""


def statut_of(demande: Demande, *, is_on_aidant_side: bool) -> Badge | None:
    """The status; « Nouvelle » and « Consultée » only mean something to who sent it (S1)."""
    if demande.statut in {Statut.NOUVELLE, Statut.CONSULTEE} and not is_on_aidant_side:
        return None
    return Badge(demande.statut, demande.statut.fiche)


def en_liste(mots: Iterable[str]) -> str:
    """« CAF 22, CPAM 22 et MSA 22 »; empty when there is none."""
    every = list(mots)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} et {every[-1]}" if every else ""


def titre_of(demande: Demande) -> str:
    """Its title; its number once its personal data is erased."""
    return demande.titre or f"Demande {dates.numero(demande.numero)}"


def lecteurs_of(lecteurs: Lecteurs, *, is_invitation: bool = False) -> str:
    """Who would read a message, said beside its words (product §7); whoever is being invited comes on top."""
    aidants = lecteurs.tous - lecteurs.prives
    return f"{_lirons(lecteurs.tous, is_invitation)}, dont {aidants} du côté aidant."


def lecteurs_prives_of(lecteurs: Lecteurs, *, is_invitation: bool = False) -> str:
    """The same for a private message, beside its box."""
    return (
        f"{_lirons(lecteurs.prives, is_invitation)}\u00a0: instructeurs et experts. "
        "Le côté aidant ne le verra jamais."
    )


def _lirons(nombre: int, is_invitation: bool) -> str:
    plus = ", en plus de ceux que vous invitez" if is_invitation else ""
    return f"{pluriel(nombre, 'personne')} {'le lira' if nombre < 2 else 'le liront'}, vous compris{plus}"


def mandat_of(demande: Demande, now: datetime, zone: ZoneInfo) -> str:
    """Kind, day and state of the mandat."""
    etat, nature = demande.mandat_etat, demande.mandat_nature
    if etat is None or nature is None:
        return "Aucun mandat enregistré."
    given = f" {dates.le_jour(demande.mandat_on, now, zone)}" if demande.mandat_on else ""
    said = f"{nature.fiche.accord}{given}"
    if etat is EtatMandat.VALIDE:
        return f"{said}."
    revoked_at = demande.mandat_revoked_at if etat is EtatMandat.REVOQUE else None
    day = f" {dates.le_jour(revoked_at, now, zone)}" if revoked_at else ""
    return f"{said}, {etat.fiche.en_bref}{day}."


def suspension_of(demande: Demande, now: datetime, zone: ZoneInfo) -> str:
    """Why nobody may answer an open demande."""
    if demande.mandat_etat is EtatMandat.REVOQUE:
        since = demande.mandat_revoked_at
        day = f" {dates.le_jour(since, now, zone)}" if since else ""
        return (
            f"Le mandat de l’usager a été révoqué{day} : plus personne ne peut échanger sur sa situation. "
            "Les réponses reprendront dès que l’aidant aura enregistré un nouveau mandat."
        )
    return (
        "Aucun mandat de l’usager n’est en cours : personne ne peut échanger sur sa situation. "
        "Les réponses reprendront dès que l’aidant en aura enregistré un."
    )


def bilan_of(demande: Demande) -> str:
    """Where each organisme stands, before closing."""
    done = [s.nom for s in demande.sollicitations if s.part.traitee_at]
    waited = [s.nom for s in demande.sollicitations if s.is_open]
    sentences = []
    if done:
        sentences.append(f"Traité : {en_liste(done)}.")
    if waited:
        sentences.append(f"Encore attendu : {en_liste(waited)}.")
    return " ".join(sentences) or "Aucun organisme n’a plus rien à faire."


def conservation_of(demande: Demande, retention: timedelta, zone: ZoneInfo) -> list[str]:
    """What goes when, in sentences: as a duration while it is open, as a day once it is closed."""
    quoi = "L’usager, la situation, les messages et le contenu du mandat"
    if demande.closed_at is None:
        data = f"{quoi} sont effacés {retention.days} jours après la clôture."
    else:
        data = f"{quoi} seront effacés le {dates.jour(demande.closed_at + retention, zone)}."
    return ["Chaque pièce jointe est effacée 15 jours après son envoi.", data]
