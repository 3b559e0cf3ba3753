"""Everything the demande page shows to one reader, loaded after the law was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import Brouillon, EtatBrouillon
from app.domain.demandes.demande import Demande, get_demande
from app.domain.echanges import fil, messages, usagers
from app.domain.echanges.fil import Ligne, Participant
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import MessageSaisi, read_message, with_message
from app.domain.echanges.usagers import Information
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.pieces_jointes.liste import Pieces
from app.domain.pieces_jointes.panier import Panier
from app.domain.regles.permissions import require
from app.domain.regles.statuts import Statut
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.bulles import Bulle, bulle_of, signed_name
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.demande.mots import Badge, Volet

PAGE = "demande/page.html"
REGION = "demande/dossier.html"
LAST = -1


@dataclass(frozen=True)
class Retour:
    """The list this reader came from."""

    url: str
    libelle: str


@dataclass(frozen=True)
class SatisfactionSaisie:
    """What is asked at closing, as it was typed."""

    note: str = ""
    commentaire: str = ""


@dataclass(frozen=True)
class AjoutSaisi:
    """A detail of the usager being added, as it was typed."""

    nature: str = ""
    libelle: str = ""
    valeur: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Present:
    """Someone who takes part, and when they last came."""

    nom: str
    role: str
    groupe_nom: str
    last_at: datetime | None
    is_reader: bool


@dataclass(frozen=True, kw_only=True)
class Dossier(Contexte):
    """Everything the page shows to one reader.

    `arrivees`: what others wrote while a text was typed; `focus`: the line just written; `vu`: the last line shown;
    `affichee`: the identifier just revealed; `bilan`: where each organisme stands; `avertissement`, `suspension`:
    why what is typed has not left, or cannot.
    """

    templates = (PAGE, REGION, "demande/usager.html")
    demande: Demande
    gestes: Gestes
    titre: str
    auteur: str
    retour: Retour
    statut: Badge | None
    badges: list[Badge]
    volets: list[Volet]
    tour: str
    mandat: str
    bulles: list[Bulle]
    arrivees: list[Bulle]
    focus: int
    vu: int
    participants: list[Present]
    informations: list[Information]
    affichee: int
    natures: list[tuple[str, str]]
    lecteurs: str
    brouillon: EtatBrouillon
    au_nom_de: list[tuple[int, str]]
    moi: str
    bilan: str
    is_traitee: bool
    suspension: str
    avertissement: str
    saisie: MessageSaisi
    information: AjoutSaisi
    satisfaction: SatisfactionSaisie
    pieces: Pieces
    panier: Panier
    rapides: dict[ReponseRapide, UUID]
    """The quick answers, each with the key that makes it happen once."""


async def build_dossier(
    signed: Signed,
    demande: Demande,
    now: datetime,
    *,
    saisie: MessageSaisi | None = None,
    information: AjoutSaisi | None = None,
    erreurs: Mapping[str, str] | None = None,
    avertissement: str = "",
    focus: int = 0,
    arrivees: tuple[Ligne, ...] = (),
    affichee: int = 0,
    valeur: str = "",
    panier: Panier | None = None,
) -> Dossier:
    """The dossier of this reader, with what was typed and must stay. Raises Refus to who may only know it exists.

    `focus`: the line just written, or LAST; `affichee`, `valeur`: the identifier just revealed; `panier`: the file
    field when a post changed it.
    """
    gestes = gestes_of(signed.droits, demande)
    require(gestes.read)
    lignes = await fil.list_fil(signed.droits, demande)
    participants = await fil.list_participants(signed.droits, demande)
    informations = [] if demande.erased_at else await usagers.list_informations(signed.droits, demande)
    redaction = await messages.open_redaction(signed, demande, now)
    kept = None if saisie is not None and saisie.rapide is None else redaction.brouillon
    answer = _answer_of(signed, saisie, kept, redaction.pieces)
    seen_at = next((p.last_at for p in participants if p.agent == signed.droits.agent), None)
    vu = lignes[-1].id if lignes else 0
    return Dossier(
        erreurs=erreurs or {},
        demande=demande,
        gestes=gestes,
        titre=mots.titre_of(demande),
        auteur=signed_name(demande.auteur_nom, demande.signature),
        retour=retour_of(signed, gestes),
        statut=mots.statut_of(demande, is_on_aidant_side=gestes.is_on_aidant_side),
        badges=mots.badges_of(demande, now, signed.zone),
        volets=[mots.volet_of(s, demande, now, signed.zone) for s in demande.sollicitations],
        tour=mots.tour_of(demande),
        mandat=mots.mandat_of(demande, now, signed.zone) if gestes.see_mandat else "",
        bulles=[bulle_of(ligne, signed.droits.agent, seen_at) for ligne in lignes],
        arrivees=[bulle_of(ligne, signed.droits.agent, None) for ligne in arrivees],
        focus=vu if focus == LAST else focus,
        vu=vu,
        participants=[_present_of(p, signed.droits.agent) for p in participants],
        informations=[replace(i, valeur=valeur) if i.id == affichee else i for i in informations],
        affichee=affichee,
        natures=[(nature.value, nature.libelle) for nature in NatureIdentifiant],
        lecteurs=mots.lecteurs_of(redaction.readers) if gestes.write_prive else "",
        brouillon=EtatBrouillon(saved_at=kept.updated_at if kept else None),
        au_nom_de=[(s.groupe, s.nom) for s in gestes.mine],
        moi=f"{signed.prenom} {signed.nom}".strip(),
        bilan=mots.bilan_of(demande),
        is_traitee=demande.statut is Statut.TRAITEE,
        suspension=mots.suspension_of(demande, now, signed.zone),
        avertissement=avertissement,
        saisie=answer,
        information=information or AjoutSaisi(),
        satisfaction=SatisfactionSaisie(),
        pieces=redaction.pieces,
        panier=panier or Panier(answer.cle, demande.numero, redaction.pieces.waiting(answer.cle)),
        rapides={reponse: uuid4() for reponse in ReponseRapide},
    )


async def reload_dossier(signed: Signed, numero: int, now: datetime, *, focus: int = 0) -> Dossier:
    """The same once an act has changed the demande."""
    return await build_dossier(signed, await get_demande(signed.droits, numero), now, focus=focus)


def _answer_of(
    signed: Signed, typed: MessageSaisi | None, kept: Brouillon | None, pieces: Pieces
) -> MessageSaisi:
    """What the form of the answer holds: what was just typed in it, else its draft under the key it was typed with,
    so that the same answer sent from two tabs leaves once; without a draft, the files that wait for it tell its key.
    """
    if typed is not None and typed.rapide is None:
        return typed
    if kept is not None:
        message = read_message(Formulaire(kept.champs), kept.cle)
    else:
        message = MessageSaisi(cle=pieces.formulaire or uuid4())
    if typed is not None:
        return with_message(typed, message)
    return replace(message, signature=message.signature or signed.signature)


def retour_of(signed: Signed, gestes: Gestes) -> Retour:
    """The list that the « ← » link of this reader leads to."""
    if gestes.is_on_aidant_side:
        return Retour("/demandes", "Mes demandes")
    if gestes.is_instructeur:
        return Retour("/demandes/recues", "Demandes reçues")
    if gestes.read and signed.droits.is_expert:
        return Retour("/demandes/suivies", "Demandes suivies")
    return Retour("/", "Accueil")


def _present_of(p: Participant, reader: int) -> Present:
    return Present(
        nom=p.nom,
        role=p.qualite.fiche.libelle if p.is_active else "compte désactivé",
        groupe_nom=p.groupe_nom,
        last_at=p.last_at,
        is_reader=p.agent == reader,
    )
