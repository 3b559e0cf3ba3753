"""A mandat on screen or as a PDF: the two ways the documents leave."""

from dataclasses import dataclass
from typing import Any

import structlog
from litestar import Response

from app import pages, visite
from app.domain.mandats.textes import ModeleMandat
from app.domain.regles.errors import Introuvable
from app.impression import STYLE, ImpressionImpossible, MandatAImprimer, html_mandat, name_pdf, print_mandat
from app.pages import Contexte
from app.routes.params import Visit

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class NonImprime(Contexte):
    """Why the paper cannot be printed now."""

    templates = ("mandats/non_imprime.html",)
    phrase: str


def read_modele(nom: str) -> ModeleMandat:
    """One of the three dresses, the standard one by default. Raises Introuvable."""
    try:
        return ModeleMandat(nom or ModeleMandat.STANDARD)
    except ValueError as error:
        raise Introuvable from error


def show_document(modele: ModeleMandat, version: str, mandat: MandatAImprimer) -> Response[str]:
    """The document alone, as it is printed. Raises Invalide when a name is too long."""
    html = html_mandat(modele, version, mandat, feuille=f"/mandats/textes/{version}/{STYLE}")
    return Response(content=html, media_type=pages.HTML)


async def send_pdf(
    request: Visit, modele: ModeleMandat, version: str, mandat: MandatAImprimer, *, vierge: bool = False
) -> Response[Any]:
    """The PDF, under a name that says what it is and names nobody; or the page that says why it cannot be.

    Raises Invalide when a name is too long.
    """
    signed = visite.read_signed(request)
    try:
        pdf = await print_mandat(modele, version, mandat, par=signed.droits.agent if signed else None)
    except ImpressionImpossible as error:
        log.warning("mandat not printed", raison=error.raison)
        return await show_failure(request, error)
    return pages.send_pdf(pdf, name_pdf(modele, version, vierge=vierge))


async def show_failure(request: Visit, error: ImpressionImpossible) -> Response[Any]:
    """The page that says why the paper cannot be printed now."""
    return await pages.show(request, "mandats/non_imprime.html", NonImprime(phrase=str(error)), status=503)
