"""`/pieces-jointes/{id}/apercu`: a file page by page, as pictures made here; never the file itself (quality S6)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.pieces_jointes.feuilletage import VIGNETTE, Feuille, leaf_through, open_vue, turn_vue
from app.domain.regles.errors import Introuvable
from app.formulaire import as_id, as_uuid
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit

PAGE, REGION = "apercu/page.html", "apercu/feuille.html"


@dataclass(frozen=True, kw_only=True)
class Apercu(Contexte):
    """One page of a file; `is_turned`: it was just turned, and the button that did it keeps the focus."""

    templates = (PAGE, REGION)
    feuille: Feuille
    is_turned: bool = False


@get("/pieces-jointes/{piece:str}/apercu", opt=pages.AVEC_MENU)
async def get_apercu(
    request: Visit, signed: Signed, piece: FromPath[str], criteres: Query, now: Now
) -> Response[str]:
    """One page of it, alone or in the list of files of its demande; the picture comes apart."""
    context = Apercu(feuille=await leaf_through(signed, _piece(piece), criteres.page(), now))
    if pages.is_htmx(request):
        return await pages.show_region(request, REGION, context)
    return await pages.show(request, PAGE, context)


@get("/pieces-jointes/{piece:str}/apercu/{page:str}")
async def get_vue(signed: Signed, piece: FromPath[str], page: FromPath[str], now: Now) -> Response[bytes]:
    """The picture of one page."""
    return _send(await open_vue(signed, _piece(piece), _page(page), now))


@get("/pieces-jointes/{piece:str}/vignette")
async def get_vignette(signed: Signed, piece: FromPath[str], now: Now) -> Response[bytes]:
    """The thumbnail of the list of files."""
    return _send(await open_vue(signed, _piece(piece), VIGNETTE, now))


@post("/pieces-jointes/{piece:str}/apercu/{page:str}/orientation")
async def post_orientation(
    request: Visit, signed: Signed, *, piece: FromPath[str], page: FromPath[str], form: Form, now: Now
) -> Response[Any]:
    """Turn this page for everybody. The form says how it is turned then, so that the same post twice turns it once."""
    known, number = _piece(piece), _page(page)
    await turn_vue(signed, known, number, form.texte("tour"), now)
    if not pages.is_htmx(request):
        return pages.go(request, f"/pieces-jointes/{known}/apercu?page={number}")
    context = Apercu(feuille=await leaf_through(signed, known, number, now), is_turned=True)
    return await pages.show_region(request, REGION, context)


def _send(jpeg: bytes) -> Response[bytes]:
    # It bears no name: those of files are often names of people.
    headers = {"Content-Disposition": 'inline; filename="apercu.jpg"', "Accept-Ranges": "none"}
    return Response(content=jpeg, media_type="image/jpeg", headers=headers)


def _piece(texte: str) -> UUID:
    known = as_uuid(texte)
    if known is None:
        raise Introuvable
    return known


def _page(texte: str) -> int:
    """Pages are counted from 1."""
    number = as_id(texte)
    if number is None:
        raise Introuvable
    return number


ROUTES = [get_apercu, get_vue, get_vignette, post_orientation]
