"""`/deconnexion`: leave, whatever the state of the session."""

from typing import Any
from urllib.parse import quote

from litestar import Response, post

from app import cookies, csrf, pages, porte
from app.domain.acces.sessions import close_session
from app.domain.faits.registre import Fait
from app.routes.params import Now, Visit, own_destination


# The token is checked in the handler: a browser that has already forgotten its session has nothing left to protect,
# and must not be stopped by an error page on its way out.
@post("/deconnexion", opt={"public": True, "sans_cgu": True, "sans_csrf": True})
async def post_deconnexion(request: Visit, now: Now) -> Response[Any]:
    """End the session of this browser, even one that had ended, and forget what it asked."""
    # A post from another site comes without our cookie, but the answer would still clear it.
    csrf.check_origin(request)
    jeton, back = cookies.read_session_jeton(request), ""
    if jeton is not None:
        form = await porte.read_formulaire(request)
        csrf.check_csrf(request, form)  # a page of a former session may end this one too
        await close_session(jeton, now)
        back = own_destination(request, form.texte("destination"))
    # Another agent has something to take up again here.
    there = f"?destination={quote(back, safe='')}" if back.startswith(porte.REPRISE) else ""
    response = pages.go(request, f"/connexion{there}", annonce=Fait.DECONNEXION)
    cookies.clear_session(response)
    cookies.clear_attente(response)
    return response


ROUTES = [post_deconnexion]
