"""What signing in says and does, by mail, by code or by link: ask, enter, or why not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response

from app import cookies, pages, visite
from app.cookies import Attente
from app.domain.acces.connexion import Ouverture
from app.domain.acces.liens import ask_connexion
from app.domain.regles.errors import Invalide, TropDeDemandes
from app.routes.params import Visit, own_destination

PUBLIC = {"public": True, "sans_cgu": True}


async def ask_courriel(
    request: Visit,
    email: str,
    destination: str,
    *,
    is_durable: bool,
    now: datetime,
    annonce: str | None = None,
) -> Response[Any]:
    """Ask for a mail, then go to the page that waits for it. Raises Invalide, TropDeDemandes."""
    visiteur = visite.read_visiteur(request)
    adresse = await ask_connexion(
        email, destination=destination, is_durable=is_durable, navigateur=visiteur, now=now
    )
    response = pages.go(request, "/connexion/courriel", annonce=annonce)
    cookies.set_attente(response, Attente(adresse, destination, is_durable, now))
    return response


def enter(request: Visit, opened: Ouverture) -> Response[Any]:
    """Open the session in this browser, and go where one was going."""
    response = pages.go(request, own_destination(request, opened.destination))
    cookies.set_session(response, opened.agent, opened.jeton, is_durable=opened.is_durable)
    cookies.clear_attente(response)
    return response


def erreurs_of(error: Invalide | TropDeDemandes | None, field: str) -> Mapping[str, str]:
    """What a page says of a refusal."""
    if isinstance(error, Invalide):
        return error.erreurs
    return {field: error.phrase} if error else {}


def status_of(error: Invalide | TropDeDemandes | None) -> int | None:
    """The status of a refusal, when its erreurs do not say it."""
    return 429 if isinstance(error, TropDeDemandes) else None
