"""The whole thread on paper: what this reader may see; a private message is never printed for an aidant."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from litestar import Response, get

from app import impression, pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.demandes.demande import Demande
from app.domain.echanges.usagers import Information
from app.domain.pieces_jointes.liste import Pieces
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import can_read_demande, require
from app.impression import ImpressionImpossible
from app.pages import Contexte
from app.polices import list_undrawable
from app.routes.demande.bulles import Bulle
from app.routes.demande.dossier import build_dossier
from app.routes.demande.mots import Badge, Volet
from app.routes.params import Now, Signed, TheDemande, Visit
from app.tableur import attachment

PAGE = "demande/impression.html"
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class FilNonImprime(Contexte):
    """Why the thread cannot be printed now."""

    templates = ("demande/non_imprime.html",)
    numero: int
    phrase: str


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
async def get_impression(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """A page made for printing; identifiers stay masked."""
    return await pages.show(request, PAGE, await _build(signed, demande, now))


@get("/demandes/{numero:str}/impression.html")
async def get_fichier(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """The same as a file for the aidant’s own records: Administration+ keeps no archive (S3)."""
    context = await _build(signed, demande, now)
    return pages.give(request, PAGE, context, nom=f"demande-{demande.numero}.html")


@get("/demandes/{numero:str}/impression.pdf")
async def get_pdf(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """The same as a PDF; or the page that says why it cannot be printed, and what to do instead."""
    nom = f"demande-{demande.numero}.pdf"
    context = await _build(signed, demande, now)
    html = pages.give(request, PAGE, context, nom=nom).content
    # In a thread: the first question to the fonts of the machine reads all of them.
    if await asyncio.to_thread(list_undrawable, html):
        html = pages.give(request, PAGE, replace(context, illisibles=True), nom=nom).content
    try:
        pdf = await impression.print_fil(html, par=signed.droits.agent)
    except ImpressionImpossible as error:
        log.warning("thread not printed", raison=error.raison)
        said = FilNonImprime(numero=demande.numero, phrase=str(error))
        return await pages.show(request, "demande/non_imprime.html", said, status=503)
    return Response(
        content=pdf,
        status_code=200,
        media_type="application/pdf",
        headers={"Content-Disposition": attachment(nom)},
    )


async def _build(signed: SignedAgent, demande: Demande, now: datetime) -> Impression:
    """Raises Refus to who may not read it, Introuvable once its personal data are gone."""
    require(can_read_demande(signed.droits, demande.parties))
    if demande.erased_at is not None:
        raise Introuvable
    dossier = await build_dossier(signed, demande, now)
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
        bulles=dossier.bulles,
        pieces=dossier.pieces,
        prives=any(bulle.is_prive for bulle in dossier.bulles),
    )


ROUTES = [get_impression, get_fichier, get_pdf]
