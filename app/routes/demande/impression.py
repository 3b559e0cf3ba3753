"""The whole thread on paper: what this reader may see; a private message is never printed for an aidant."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from app import pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.demandes.demande import Demande
from app.domain.echanges.fil import read_whole
from app.domain.echanges.usagers import Information
from app.domain.pieces_jointes.liste import Pieces
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import can_read_demande, require
from app.impression import STYLE_FIL
from app.pages import Contexte
from app.routes.demande.bulles import Bulle, bulle_of
from app.routes.demande.dossier import build_dossier
from app.routes.demande.mots import Badge, Volet
from app.routes.demande.papier import Autrement, send_pdf
from app.routes.params import Now, Signed, TheDemande, Visit

PAGE = "demande/impression.html"


@dataclass(frozen=True, kw_only=True)
class Impression(Contexte):
    """What this reader sees of the demande; `prives`: some of it is for instructeurs alone.

    `illisibles`: on this paper, some letters are boxes.
    """

    templates = (PAGE,)
    demande: Demande
    titre: str
    auteur: str
    statut: Badge | None
    badges: list[Badge]
    volets: list[Volet]
    mandat: str
    conservation: list[str]
    informations: list[Information]
    bulles: list[Bulle]
    pieces: Pieces
    prives: bool
    illisibles: bool = False


@get("/demandes/{numero:str}/impression")
async def get_impression(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Stream:
    """A page made for printing; identifiers stay masked."""
    return await pages.show_in_pieces(request, PAGE, await _build(signed, demande, now))


@get("/demandes/{numero:str}/impression.html")
async def get_fichier(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Stream:
    """The same as a file for the aidant’s own records: Administration+ keeps no archive (S3)."""
    context = await _build(signed, demande, now)
    return pages.give_in_pieces(request, PAGE, context, nom=f"demande-{demande.numero}.html")


@get("/demandes/{numero:str}/impression.pdf")
async def get_pdf(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """The same as a PDF; or the page that says why it cannot be printed, and what to do instead."""
    ici = f"/demandes/{demande.numero}/impression"
    context = await _build(signed, demande, now)
    return await send_pdf(
        request,
        signed,
        demande,
        PAGE,
        lambda illisibles: replace(context, illisibles=illisibles),
        nom=f"demande-{demande.numero}.pdf",
        feuille=STYLE_FIL,
        autrement=Autrement(
            "Les échanges n’ont pas pu être imprimés",
            "Les mêmes échanges s’ouvrent à l’écran, d’où votre navigateur les imprime, et se téléchargent en page "
            "web.",
            (("Version à imprimer", ici), ("Télécharger en page web", f"{ici}.html")),
        ),
    )


async def _build(signed: SignedAgent, demande: Demande, now: datetime) -> Impression:
    """Raises Refus to who may not read it, Introuvable once its personal data are gone."""
    require(can_read_demande(signed.droits, demande.parties))
    if demande.erased_at is not None:
        raise Introuvable
    dossier = await build_dossier(signed, demande, now)
    bulles = dossier.bulles
    if dossier.echanges.avant:
        bulles = [
            bulle_of(ligne, signed.droits.agent, None)
            async for lignes in read_whole(signed.droits, demande)
            for ligne in lignes
        ]
    return Impression(
        demande=demande,
        titre=dossier.titre,
        auteur=dossier.auteur,
        statut=dossier.statut,
        badges=dossier.badges,
        volets=dossier.volets,
        mandat=dossier.mandat,
        conservation=dossier.conservation,
        informations=dossier.informations,
        bulles=bulles,
        pieces=dossier.pieces,
        prives=any(bulle.is_prive for bulle in bulles),
    )


ROUTES = [get_impression, get_fichier, get_pdf]
