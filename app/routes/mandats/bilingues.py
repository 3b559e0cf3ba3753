"""`/mandats/bilingue/{langue}`: the blank mandat in French, with its translation beside each text."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app import pages
from app.impression import ImpressionImpossible
from app.routes.mandats.bilingue_rempli import PAGE, build_bilingue, print_bilingue
from app.routes.params import Signed, Visit


@get("/mandats/bilingue/{langue:str}")
async def get_bilingue(request: Visit, signed: Signed, langue: FromPath[str]) -> Response[str]:
    """On screen. Raises Introuvable."""
    return await pages.show(request, PAGE, await build_bilingue(langue))


@get("/mandats/bilingue/{langue:str}/mandat.pdf")
async def get_bilingue_pdf(request: Visit, signed: Signed, langue: FromPath[str]) -> Response[Any]:
    """The same on paper, or the page that says why it cannot be made now. Raises Introuvable."""
    context = await build_bilingue(langue)
    try:
        return await print_bilingue(request, context, par=signed.droits.agent, vierge=True)
    except ImpressionImpossible as error:
        return await pages.show(request, PAGE, replace(context, panne=str(error)), status=503)


ROUTES = [get_bilingue, get_bilingue_pdf]
