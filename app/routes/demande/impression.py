"""The whole thread on paper: what this reader may see; a private message is never printed for an aidant."""

from dataclasses import dataclass

from litestar import Response, get

from app import pages
from app.domain.demandes.demande import Demande
from app.domain.echanges.usagers import Information
from app.domain.pieces_jointes.liste import Pieces
from app.domain.regles.permissions import can_read_demande, require
from app.pages import Contexte
from app.routes.demande.bulles import Bulle
from app.routes.demande.dossier import build_dossier
from app.routes.demande.mots import Badge, Volet
from app.routes.params import Now, Signed, TheDemande, Visit


@dataclass(frozen=True, kw_only=True)
class Impression(Contexte):
    """What this reader sees of the demande; `prives`: some of it is for instructeurs alone."""

    templates = ("demande/impression.html",)
    demande: Demande
    titre: str
    auteur: str
    statut: Badge | None
    badges: list[Badge]
    volets: list[Volet]
    mandat: str
    informations: list[Information]
    bulles: list[Bulle]
    pieces: Pieces
    prives: bool


@get("/demandes/{numero:str}/impression")
async def get_impression(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """A page made for printing; identifiers stay masked."""
    require(can_read_demande(signed.droits, demande.parties))
    dossier = await build_dossier(signed, demande, now)
    context = Impression(
        demande=demande,
        titre=dossier.titre,
        auteur=dossier.auteur,
        statut=dossier.statut,
        badges=dossier.badges,
        volets=dossier.volets,
        mandat=dossier.mandat,
        informations=dossier.informations,
        bulles=dossier.bulles,
        pieces=dossier.pieces,
        prives=any(bulle.is_prive for bulle in dossier.bulles),
    )
    return await pages.show(request, "demande/impression.html", context)


ROUTES = [get_impression]
