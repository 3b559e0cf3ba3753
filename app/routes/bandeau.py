"""`/bandeau/{nom}/fermeture`: closing an information band, signed in or not. The browser alone remembers it."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, post

from app import cookies, pages
from app.domain.administration.bandeaux import Bande
from app.domain.regles.errors import Introuvable
from app.pages import Contexte
from app.routes.params import Destination, Form, Now, Visit

LISTE = "bandeau/liste.html"
PUBLIC = {"public": True, "sans_cgu": True}


@dataclass(frozen=True, kw_only=True)
class BandeauxOuverts(Contexte):
    """Those that are still open."""

    templates = (LISTE,)
    bandeaux: list[Bande]
    ici: str


@post("/bandeau/{nom:str}/fermeture", opt=PUBLIC)
async def create_fermeture(request: Visit, form: Form, destination: Destination, now: Now) -> Response[Any]:
    """This browser shows these words no more; other words of the same band, it does. Raises Introuvable."""
    nom = str(request.path_params["nom"])
    if not cookies.is_nom_bandeau(nom):
        raise Introuvable
    left = [bande for bande in pages.list_bandeaux(request, now) if bande.nom != nom]
    if pages.is_htmx(request):
        response: Response[Any] = await pages.show_region(
            request, LISTE, BandeauxOuverts(bandeaux=left, ici=destination)
        )
    else:
        response = pages.go(request, destination)
    cookies.close_bandeau(request, response, nom)
    return response


ROUTES = [create_fermeture]
