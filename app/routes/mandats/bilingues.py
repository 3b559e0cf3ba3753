"""`/mandats/bilingue/{langue}`: the blank mandat in French, with its translation beside each text."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import structlog
from litestar import Response, get
from litestar.params import FromPath

from app import impression, pages
from app.domain.mandats.traductions import Bloc, EtatTraduction, get_etat, list_paires
from app.impression import STYLE_BILINGUE, ImpressionImpossible
from app.pages import Contexte
from app.polices import list_undrawable
from app.routes.params import Signed, Visit

PAGE = "mandats/bilingue.html"
SANS_POLICE = "Les lettres de cette langue ne s’impriment pas ici\u00a0: prévenez l’équipe."
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class MandatBilingue(Contexte):
    """Both texts, side by side; `panne` says why it could not be made a PDF."""

    templates = (PAGE,)
    etat: EtatTraduction
    paires: list[tuple[Bloc, str]]
    panne: str = ""


@get("/mandats/bilingue/{langue:str}")
async def get_bilingue(request: Visit, signed: Signed, langue: FromPath[str]) -> Response[str]:
    """On screen. Raises Introuvable."""
    return await pages.show(request, PAGE, await _build(langue))


@get("/mandats/bilingue/{langue:str}/mandat.pdf")
async def get_bilingue_pdf(request: Visit, signed: Signed, langue: FromPath[str]) -> Response[Any]:
    """The same on paper, or the page that says why it cannot be made now. Raises Introuvable."""
    context = await _build(langue)
    html = await pages.compose(request, PAGE, context)
    try:
        if await asyncio.to_thread(list_undrawable, html):
            raise ImpressionImpossible(SANS_POLICE, "police absente")
        pdf = await impression.print_page(html, feuille=STYLE_BILINGUE, par=signed.droits.agent)
    except ImpressionImpossible as error:
        log.warning("mandat not printed", raison=error.raison)
        return await pages.show(request, PAGE, replace(context, panne=str(error)), status=503)
    traduction = context.etat.traduction
    nom = f"mandat-administration-plus-bilingue-{traduction.langue}-{traduction.version}.pdf"
    return pages.send_pdf(pdf, nom)


async def _build(langue: str) -> MandatBilingue:
    etat = await get_etat(langue)
    return MandatBilingue(etat=etat, paires=list_paires(etat.traduction))


ROUTES = [get_bilingue, get_bilingue_pdf]
