"""`/connexion/proconnect`: the extra door of who has an account already; there only when it is configured."""

import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Response, get

from app import cookies, pages, visite
from app.csrf import is_asked_here
from app.domain.acces.connexion import sign_in_by_identite
from app.domain.regles.errors import Conflit, Introuvable
from app.pages import Contexte
from app.proconnect import (
    FIN,
    RETOUR,
    Aller,
    Fournisseur,
    ProConnectInjoignable,
    ProConnectRefuse,
    find_fournisseur,
)
from app.routes.connexion.courriel import show_connexion
from app.routes.connexion.entree import PUBLIC, enter
from app.routes.params import Destination, Now, Query, Visit
from app.settings import get_settings

DEPART_FIN = "/connexion/proconnect/deconnexion"
INJOIGNABLE = "ProConnect ne répond pas en ce moment. Connectez-vous par courriel, ou réessayez plus tard."
PAS_QUITTE = (
    "ProConnect ne répond pas en ce moment. Réessayez, ou fermez votre navigateur\u00a0: votre session ProConnect "
    "finira d’elle-même."
)
NON_PROUVE = (
    "La réponse de ProConnect n’a pas pu être vérifiée\u00a0: personne n’est connecté. Connectez-vous par courriel, ou "
    "réessayez."
)
RENONCE = "La connexion par ProConnect n’est pas allée au bout. Connectez-vous par courriel, ou réessayez."
AUTRE_FENETRE = (
    "Cette connexion par ProConnect a été commencée il y a plus de dix minutes, ou dans un autre navigateur. "
    "Réessayez, ou connectez-vous par courriel."
)
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class FinDeProConnect(Contexte):
    """Our session has ended, that of ProConnect not yet. `refus`: why it could not be ended."""

    templates = ("connexion/fin.html",)
    suite: str
    refus: str = ""


@get("/connexion/proconnect", opt=PUBLIC)
async def get_proconnect(request: Visit, destination: Destination) -> Response[Any]:
    """Leave for the provider; a link and not a form, for no form of ours may lead elsewhere. Who is signed in already
    goes on: any site may hold this link, and would end their session. Nor does a link of another site sign anybody in:
    it leads to our page, where our own link is pressed. Raises Introuvable.
    """
    fournisseur = _require_fournisseur()
    if visite.read_signed(request):
        return pages.go(request, destination)
    if not is_asked_here(request):
        return pages.go(request, f"/connexion?destination={quote(destination, safe='')}")
    try:
        url, aller = await fournisseur.begin()
    except (ProConnectInjoignable, ProConnectRefuse) as error:
        return await _refuse(request, destination, INJOIGNABLE, error, status=503)
    response: Response[Any] = Response(content="", status_code=303, headers={"Location": url})
    cookies.set_proconnect(response, [aller.etat, aller.nonce, aller.verifieur, destination])
    return response


@get(RETOUR, opt=PUBLIC)
async def get_retour(request: Visit, criteres: Query, now: Now) -> Response[Any]:
    """Back from the provider: in, or to the door of the mail with the true reason. Raises Introuvable."""
    fournisseur = _require_fournisseur()
    kept = cookies.read_proconnect(request)
    destination = kept[3] if kept else "/"
    if kept is None or not hmac.compare_digest(kept[0].encode(), criteres.texte("state").encode()):
        return await _refuse(request, destination, AUTRE_FENETRE)
    if criteres.texte("error") or not criteres.texte("code"):
        return await _refuse(request, destination, RENONCE)
    try:
        identite = await fournisseur.finish(criteres.texte("code"), Aller(*kept[:3]), now)
        opened = await sign_in_by_identite(
            identite.adresse,
            identite.jeton,
            destination=destination,
            navigateur=visite.read_visiteur(request),
            now=now,
        )
    except ProConnectInjoignable as error:
        return await _refuse(request, destination, INJOIGNABLE, error, status=503)
    except ProConnectRefuse as error:
        return await _refuse(request, destination, NON_PROUVE, error, status=403)
    except Conflit as conflit:
        return await _refuse(request, destination, conflit.phrase, status=403)
    response = enter(request, opened)
    cookies.clear_proconnect(response)
    return response


@get(FIN, opt=PUBLIC)
async def get_fin(request: Visit, criteres: Query) -> Response[Any]:
    """Signed out here: ProConnect still knows them. It comes back here too, once it has ended its own session.

    Raises Introuvable.
    """
    _require_fournisseur()
    kept = cookies.read_fin_proconnect(request)
    if kept is None or visite.read_signed(request):
        return pages.go(request, "/connexion")
    _, etat, suite = kept
    if etat and hmac.compare_digest(etat.encode(), criteres.texte("state").encode()):
        response = pages.go(request, suite, annonce="proconnect_quitte")
        cookies.clear_proconnect(response)
        return response
    return await pages.show(request, "connexion/fin.html", FinDeProConnect(suite=suite))


@get(DEPART_FIN, opt=PUBLIC)
async def get_depart_fin(request: Visit) -> Response[Any]:
    """Leave for the provider, which ends its session: by a link of the page above alone. Raises Introuvable."""
    fournisseur = _require_fournisseur()
    kept = cookies.read_fin_proconnect(request)
    if kept is None or not is_asked_here(request):
        return pages.go(request, FIN)
    identite, _, suite = kept
    try:
        url, etat = await fournisseur.leave(identite)
    except (ProConnectInjoignable, ProConnectRefuse) as error:
        log.warning("proconnect", error=type(error).__name__, raison=str(error))
        context = FinDeProConnect(suite=suite, refus=PAS_QUITTE)
        return await pages.show(request, "connexion/fin.html", context, status=503)
    response: Response[Any] = Response(content="", status_code=303, headers={"Location": url})
    cookies.set_fin_proconnect(response, [identite, etat, suite])
    return response


def _require_fournisseur() -> Fournisseur:
    fournisseur = find_fournisseur(get_settings())
    if fournisseur is None:
        raise Introuvable
    return fournisseur


async def _refuse(
    request: Visit, destination: str, phrase: str, error: Exception | None = None, *, status: int = 400
) -> Response[Any]:
    """The door of the mail, with why this one did not open; what was begun serves no more."""
    if error is not None:
        log.warning("proconnect", error=type(error).__name__, raison=str(error))
    response = await show_connexion(request, destination, refus=phrase, status=status)
    cookies.clear_proconnect(response)
    return response


ROUTES = [get_proconnect, get_retour, get_fin, get_depart_fin]
