"""`/demandes/papier`: a whole demande to write by hand, on the days without a network, then to type once."""

from dataclasses import dataclass, replace
from typing import Any

import structlog
from litestar import Response, get

from app import impression, pages
from app.domain.nouvelles_demandes.papier import FeuilleDemande, read_feuille
from app.impression import STYLE_PAPIER, ImpressionImpossible
from app.pages import Contexte
from app.routes.params import Signed, Visit

PAGE = "papier/page.html"
NOM = "demande-administration-plus-a-remplir.pdf"
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class DemandePapier(Contexte):
    """The blank form; `panne` says why it could not be made a PDF."""

    templates = (PAGE,)
    feuille: FeuilleDemande
    panne: str = ""


@get("/demandes/papier")
async def get_papier(request: Visit, signed: Signed) -> Response[str]:
    """A page made for printing; it holds nothing of anybody."""
    return await pages.show(request, PAGE, DemandePapier(feuille=await read_feuille()))


@get("/demandes/papier.pdf")
async def get_papier_pdf(request: Visit, signed: Signed) -> Response[Any]:
    """The same as a PDF, or the page that says why it cannot be made now."""
    context = DemandePapier(feuille=await read_feuille())
    html = await pages.compose(request, PAGE, context)
    try:
        pdf = await impression.print_page(html, feuille=STYLE_PAPIER, par=signed.droits.agent)
    except ImpressionImpossible as error:
        log.warning("paper form not printed", raison=error.raison)
        return await pages.show(request, PAGE, replace(context, panne=str(error)), status=503)
    return pages.send_pdf(pdf, NOM)


ROUTES = [get_papier, get_papier_pdf]
