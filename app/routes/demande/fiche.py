"""A demande for who may only know it exists (responsable, administrateur): no title, no name, no text (product §3)."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.contexte import Retour
from app.routes.demande.mots import Badge


@dataclass(frozen=True)
class LigneFiche:
    """One groupe asked."""

    groupe: str
    solicited_at: datetime
    badge: Badge
    delai: str


@dataclass(frozen=True)
class Fiche:
    """Metadata only: what is not here cannot leak."""

    numero: int
    groupe: str
    sent_at: datetime
    closed_at: datetime | None
    statut: Badge
    retard: Badge | None
    volets: tuple[LigneFiche, ...]


@dataclass(frozen=True, kw_only=True)
class Metadonnees(Contexte):
    """The page of who may only know that the demande exists."""

    templates = ("demande/metadonnees.html",)
    fiche: Fiche
    retour: Retour


def fiche_of(signed: Signed, demande: Demande, now: datetime) -> Fiche:
    """The metadata of a demande."""
    volets = []
    for sollicitation in demande.sollicitations:
        volet = mots.volet_of(sollicitation, demande, now, signed.zone)
        volets.append(LigneFiche(volet.groupe, sollicitation.solicited_at, volet.badge, volet.delai))
    return Fiche(
        numero=demande.numero,
        groupe=demande.groupe_nom,
        sent_at=demande.sent_at,
        closed_at=demande.closed_at,
        statut=Badge(demande.statut, demande.statut.fiche),
        retard=mots.retard_of(demande, now, signed.zone),
        volets=tuple(volets),
    )


def build_fiche(signed: Signed, demande: Demande, now: datetime) -> Metadonnees:
    """The context of `demande/metadonnees.html`."""
    return Metadonnees(fiche=fiche_of(signed, demande, now), retour=Retour("/", "Accueil"))
