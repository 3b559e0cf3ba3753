"""`/deconnexion`: leave, whatever the state of the session."""

from typing import Any
from urllib.parse import quote

from litestar import Response, post

from app import cookies, csrf, pages, porte
from app.domain.acces.connexion import find_identite
from app.domain.acces.sessions import close_session
from app.domain.faits.registre import Fait
from app.proconnect import FIN, find_fournisseur
from app.routes.params import Now, Visit, own_destination
from app.settings import get_settings


# The token is checked in the handler: a browser that has already forgotten its session has nothing left to protect,
# and must not be stopped by an error page on its way out.
@post("/deconnexion", opt={"public": True, "sans_cgu": True, "sans_csrf": True})
async def post_deconnexion(request: Visit, now: Now) -> Response[Any]:
    """End the session of this browser, even one that had ended, and forget what it asked."""
    # A post from another site comes without our cookie, but the answer would still clear it.
    csrf.check_origin(request)
    jeton, back, identite = cookies.read_session_jeton(request), "", ""
    if jeton is not None:
        form = await porte.read_formulaire(request)
        csrf.check_csrf(request, form)  # a page of a former session may end this one too
        identite = await find_identite(jeton)
        await close_session(jeton, now)
        back = own_destination(request, form.texte("destination"))
    # Another agent has something to take up again here.
    there = f"?destination={quote(back, safe='')}" if back.startswith(porte.REPRISE) else ""
    # The session of ProConnect is ended by a link of the next page: no form of ours may lead elsewhere (`form-action`).
    if identite and find_fournisseur(get_settings()):
        response = pages.go(request, FIN)
        cookies.set_fin_proconnect(response, [identite, "", f"/connexion{there}"])
    else:
        response = pages.go(request, f"/connexion{there}", annonce=Fait.DECONNEXION)
    cookies.clear_session(response)
    cookies.clear_attente(response)
    return response


ROUTES = [post_deconnexion]
