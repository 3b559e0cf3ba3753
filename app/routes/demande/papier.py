"""A page of a demande as a PDF, made in the child that prints; or the page that says why it cannot be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from litestar import Response

from app import impression, pages
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.impression import ImpressionImpossible
from app.pages import Contexte
from app.polices import list_undrawable
from app.routes.params import Visit

log = structlog.get_logger()


@dataclass(frozen=True)
class Autrement:
    """What was not printed, and where the same thing is read: (words, address)."""

    titre: str
    phrase: str
    adresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class NonImprimee(Contexte):
    """Why this page cannot be printed now."""

    templates = ("demande/non_imprime.html",)
    numero: int
    phrase: str
    autrement: Autrement


async def send_pdf(
    request: Visit,
    signed: Signed,
    demande: Demande,
    page: str,
    build: Callable[[bool], Contexte],
    *,
    nom: str,
    feuille: Path,
    autrement: Autrement,
) -> Response[Any]:
    """The PDF of `page`, under a name that names nobody. `build` makes its context: it is told whether some letters
    will be boxes on this paper.
    """
    html = await pages.compose(request, page, build(False))
    # In a thread: the first question to the fonts of the machine reads all of them.
    if await asyncio.to_thread(list_undrawable, html):
        html = await pages.compose(request, page, build(True))
    try:
        pdf = await impression.print_page(html, feuille=feuille, par=signed.droits.agent)
    except ImpressionImpossible as error:
        log.warning("page not printed", raison=error.raison)
        said = NonImprimee(numero=demande.numero, phrase=str(error), autrement=autrement)
        return await pages.show(request, "demande/non_imprime.html", said, status=503)
    return pages.send_pdf(pdf, nom)
