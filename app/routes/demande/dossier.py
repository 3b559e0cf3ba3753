"""Everything the demande page shows to one reader, loaded after the law was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, get_demande
from app.domain.echanges import fil, messages, usagers
from app.domain.echanges.fil import Ligne, Participant
from app.domain.mots import dates
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.pieces_jointes.panier import Panier
from app.domain.regles.permissions import require
from app.domain.regles.statuts import Statut
from app.routes.demande import mots
from app.routes.demande.bulles import bulle_of, signed_name
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.demande.saisie import with_brouillon
from app.templating import pluriel

LAST = -1
ROLES = {"auteur": "auteur", "collegue": "collègue", "instructeur": "instructeur", "expert": "expert"}
MANDATS = {"papier": "Papier signé", "sms": "Accord par SMS", "telephone": "Accord par téléphone"}


@dataclass(frozen=True)
class Retour:
    """The list this reader came from."""

    url: str
    libelle: str


async def build_dossier(
    signed: Signed,
    demande: Demande,
    now: datetime,
    *,
    saisie: Mapping[str, Any] | None = None,
    focus: int = 0,
    arrivees: tuple[Ligne, ...] = (),
    affichee: int = 0,
    valeur: str = "",
    panier: Panier | None = None,
) -> dict[str, Any]:
    """The context of `demande/page.html` and of its region. Raises Refus to who may only know it exists.

    `saisie`: what was typed and must stay; `focus`: the line just written, or LAST; `affichee`, `valeur`: the
    identifier just revealed; `panier`: the file field when a post changed it.
    """
    gestes = gestes_of(signed.droits, demande)
    require(gestes.read)
    lignes = await fil.list_fil(signed.droits, demande)
    participants = await fil.list_participants(signed.droits, demande)
    informations = [] if demande.erased_at else await usagers.list_informations(signed.droits, demande)
    seen_at = next((p.last_at for p in participants if p.agent == signed.droits.agent), None)
    vu = lignes[-1].id if lignes else 0
    redaction = await messages.open_redaction(signed, demande, now)
    # What was typed in the answer itself is newer than its draft.
    kept = redaction.brouillon if saisie is None or saisie.get("ouvert") else None
    if kept is not None:
        saisie = with_brouillon(saisie, kept)
    pieces = redaction.pieces
    # Without a draft, an answer is found again by the files that wait for it.
    cle = (saisie or {}).get("cle") or pieces.formulaire or uuid4()
    return {
        **entete_of(signed, demande, gestes, now),
        "bulles": [bulle_of(ligne, signed.droits.agent, seen_at) for ligne in lignes],
        "arrivees": [bulle_of(ligne, signed.droits.agent, None) for ligne in arrivees],
        "focus": vu if focus == LAST else focus,
        "vu": vu,
        "participants": [_participant(p, signed.droits.agent) for p in participants],
        "informations": [replace(i, valeur=valeur) if i.id == affichee else i for i in informations],
        "affichee": affichee,
        "natures": [(nature.value, nature.libelle) for nature in NatureIdentifiant],
        "lecteurs": lecteurs_of(redaction.readers) if gestes.write_prive else "",
        "brouillon": {"phrase": "", "saved_at": kept.updated_at if kept else None, "is_fresh": False},
        "au_nom_de": [(s.groupe, s.nom) for s in gestes.mine],
        "moi": f"{signed.prenom} {signed.nom}".strip(),
        "bilan": bilan_of(demande),
        "is_traitee": demande.statut is Statut.TRAITEE,
        "suspension": suspension_of(demande, now, signed),
        "avertissement": "",
        "saisie": typed(signed, saisie),
        "pieces": pieces,
        "panier": panier or Panier(cle, demande.numero, pieces.waiting(cle)),
        "cles": {"reponse": cle, "prise": uuid4(), "declinee": uuid4()},
    }


async def reload_dossier(signed: Signed, numero: int, now: datetime, *, focus: int = 0) -> dict[str, Any]:
    """The same once an act has changed the demande."""
    return await build_dossier(signed, await get_demande(signed.droits, numero), now, focus=focus)


def entete_of(signed: Signed, demande: Demande, gestes: Gestes, now: datetime) -> dict[str, Any]:
    """What stands at the top, for readers."""
    return {
        "demande": demande,
        "gestes": gestes,
        "titre": demande.titre or f"Demande {dates.numero(demande.numero)}",
        "auteur": signed_name(demande.auteur_nom, demande.signature),
        "retour": retour_of(signed, gestes),
        "statut": mots.statut_of(demande, is_on_aidant_side=gestes.is_on_aidant_side),
        "badges": mots.badges_of(demande, now, signed.zone),
        "volets": [mots.volet_of(s, demande, now, signed.zone) for s in demande.sollicitations],
        "tour": mots.tour_of(demande),
        "mandat": mandat_of(demande, now, signed) if gestes.see_mandat else "",
    }


def retour_of(signed: Signed, gestes: Gestes) -> Retour:
    """Where « ← » goes."""
    if gestes.is_on_aidant_side:
        return Retour("/demandes", "Mes demandes")
    if gestes.is_instructeur:
        return Retour("/demandes/recues", "Demandes reçues")
    if gestes.read and signed.droits.is_expert:
        return Retour("/demandes/suivies", "Demandes suivies")
    return Retour("/", "Accueil")


def typed(signed: Signed, saisie: Mapping[str, Any] | None) -> dict[str, Any]:
    """Every field of the page: empty, or as it was typed."""
    return {
        **dict.fromkeys(
            ("texte", "motif", "commentaire", "note", "nature", "libelle", "valeur", "ouvert"), ""
        ),
        **dict.fromkeys(("is_prive", "is_procedure", "is_traitee", "experts"), False),
        **dict.fromkeys(("relances", "groupes", "collegues"), ()),
        "groupe": None,
        "signature": signed.signature,
        **(saisie or {}),
    }


def lecteurs_of(nombre: int) -> str:
    """Who would read a private message, said beside its box (product §7)."""
    liront = "le lira" if nombre < 2 else "le liront"
    return (
        f"{pluriel(nombre, 'personne')} {liront}, vous compris : instructeurs et experts. "
        "Le côté aidant ne le verra jamais."
    )


def mandat_of(demande: Demande, now: datetime, signed: Signed) -> str:
    """Kind, day and state of the mandat."""
    nature = MANDATS.get(demande.mandat_nature or "", "Mandat")
    given = f" {dates.le_jour(demande.mandat_on, now, signed.zone)}" if demande.mandat_on else ""
    if demande.mandat_etat is None:
        return "Aucun mandat enregistré."
    if demande.mandat_etat == "valide":
        return f"{nature}{given}."
    if demande.mandat_etat == "revoque" and demande.mandat_revoked_at:
        return f"{nature}{given}, révoqué {dates.le_jour(demande.mandat_revoked_at, now, signed.zone)}."
    etats = {"en_attente": "en attente de l’usager", "refuse": "refusé", "revoque": "révoqué"}
    return f"{nature}{given}, {etats.get(demande.mandat_etat, 'expiré')}."


def suspension_of(demande: Demande, now: datetime, signed: Signed) -> str:
    """Why nobody may answer an open demande."""
    if demande.mandat_etat == "revoque":
        since = demande.mandat_revoked_at
        day = f" {dates.le_jour(since, now, signed.zone)}" if since else ""
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
        sentences.append(f"Traité : {mots.en_liste(done)}.")
    if waited:
        sentences.append(f"Encore attendu : {mots.en_liste(waited)}.")
    return " ".join(sentences) or "Aucun organisme n’a plus rien à faire."


def _participant(p: Participant, reader: int) -> dict[str, Any]:
    return {
        "nom": p.nom,
        "role": ROLES[p.qualite] if p.is_active else "compte désactivé",
        "groupe_nom": p.groupe_nom,
        "last_at": p.last_at,
        "is_reader": p.agent == reader,
    }
