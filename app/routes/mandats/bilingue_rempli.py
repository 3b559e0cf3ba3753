"""The mandat in two languages as a PDF, blank or filled in: what its three addresses share."""

import asyncio
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from litestar import Response

from app import impression, pages
from app.domain.mandats.traductions import Bloc, EtatTraduction, get_etat, list_paires
from app.impression import STYLE_BILINGUE, ImpressionImpossible, MandatAImprimer, write_lines
from app.pages import Contexte
from app.polices import list_undrawable
from app.routes.mandats.feuilles import show_failure
from app.routes.params import Visit

PAGE = "mandats/bilingue.html"
SANS_POLICE = "Les lettres de cette langue ne s’impriment pas ici\u00a0: prévenez l’équipe."
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class MandatBilingue(Contexte):
    """Both texts, side by side; `lignes` is what is written on each line, `panne` why it could not be made a PDF."""

    templates = (PAGE,)
    etat: EtatTraduction
    paires: list[tuple[Bloc, str]]
    lignes: Mapping[str, str] = field(default_factory=dict)
    panne: str = ""


async def build_bilingue(langue: str, mandat: MandatAImprimer | None = None) -> MandatBilingue:
    """Both texts in this language, blank or filled in. Raises Introuvable, Invalide when a name is too long."""
    etat = await get_etat(langue)
    lignes = await write_lines(mandat) if mandat else {}
    return MandatBilingue(etat=etat, paires=list_paires(etat.traduction), lignes=lignes)


async def print_bilingue(
    request: Visit, context: MandatBilingue, *, par: Hashable, vierge: bool = False
) -> Response[Any]:
    """The PDF, under a name that says what it is and names nobody. Raises ImpressionImpossible."""
    html = await pages.compose(request, PAGE, context)
    try:
        if await asyncio.to_thread(list_undrawable, html):
            raise ImpressionImpossible(SANS_POLICE, "police absente")
        pdf = await impression.print_page(html, feuille=STYLE_BILINGUE, par=par)
    except ImpressionImpossible as error:
        log.warning("mandat not printed", raison=error.raison)
        raise
    traduction = context.etat.traduction
    sort = "" if vierge else "-rempli"
    return pages.send_pdf(
        pdf, f"mandat-administration-plus-bilingue-{traduction.langue}{sort}-{traduction.version}.pdf"
    )


async def send_bilingue(
    request: Visit, langue: str, mandat: MandatAImprimer, *, par: Hashable
) -> Response[Any]:
    """The mandat filled in, or the page that says why it cannot be printed. Raises Introuvable, Invalide."""
    try:
        return await print_bilingue(request, await build_bilingue(langue, mandat), par=par)
    except ImpressionImpossible as error:
        return await show_failure(request, error)
