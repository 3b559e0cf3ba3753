"""`/profil/session`: the end of a session is said before it comes, and put off by one button (RGAA 13.1)."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post

from app import cookies, pages, visite
from app.domain.acces.sessions import extend_session
from app.domain.regles.errors import Introuvable
from app.routes.params import Now, Visit

REGION = "profil/session.html"
#: A page left open asks too, whatever became of its session: what is typed there must stay on screen.
OUVERTE = {"public": True, "sans_cgu": True}


@get("/profil/session", opt=OUVERTE)
async def get_session(request: Visit) -> Response[Any]:
    """Where the session stands, for a page left open until its end draws near."""
    if not pages.is_htmx(request):
        return pages.go(request, "/profil")
    return await pages.show_region(request, REGION, pages.SANS_CONTEXTE)


@post("/profil/session", opt=OUVERTE)
async def post_session(request: Visit, now: Now) -> Response[Any]:
    """« Rester connecté », for as long as a session may last. Without htmx the answer comes in another tab, so that the
    page keeps what is typed there.
    """
    signed, jeton = visite.read_signed(request), cookies.read_session_jeton(request)
    try:
        if signed is None or jeton is None or signed.fin is None:
            raise Introuvable
        fin, is_durable = await extend_session(signed, now)
    except Introuvable:
        request.state.signed = None
        return await _show(request)
    request.state.signed = replace(signed, fin=fin)
    is_over_soon = fin.is_last and fin.is_soon(now)
    response = await _show(request, annonce=None if is_over_soon else "session_prolongee")
    cookies.set_session(response, signed.droits.agent, jeton, is_durable=is_durable)
    return response


async def _show(request: Visit, annonce: str | None = None) -> Response[Any]:
    if not pages.is_htmx(request):
        return pages.go(request, "/profil", annonce=annonce)
    return await pages.show_region(
        request, REGION, pages.SANS_CONTEXTE, annonce=pages.ANNONCES[annonce] if annonce else None
    )


ROUTES = [get_session, post_session]
