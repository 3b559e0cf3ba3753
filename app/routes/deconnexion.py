"""`/deconnexion`: leave, whatever the state of the session."""

from contextlib import suppress
from typing import Any

from litestar import Response, post

from app import cookies, csrf, pages, porte
from app.domain.acces.sessions import close_session
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit
from app.routes.params import Now, Visit


# The token is checked in the handler: a browser that has already forgotten its session has nothing left to protect,
# and must not be stopped by an error page on its way out.
@post("/deconnexion", opt={"public": True, "sans_cgu": True, "sans_csrf": True})
async def post_deconnexion(request: Visit, now: Now) -> Response[Any]:
    """End the session of this browser, even one that had ended, and forget what it asked."""
    # A post from another site comes without our cookie, but the answer would still clear it.
    csrf.check_origin(request)
    jeton = cookies.read_session_jeton(request)
    if jeton is not None:
        with suppress(Conflit):  # a page of this agent’s former session may end this one too
            csrf.check_csrf(request, await porte.read_formulaire(request))
        await close_session(jeton, now)
    response = pages.go(request, "/connexion", annonce=Fait.DECONNEXION)
    cookies.clear_session(response)
    cookies.clear_attente(response)
    return response


ROUTES = [post_deconnexion]
