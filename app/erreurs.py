"""A French page for every error: what happened, the way on, and what was typed, to be sent again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from app import cookies, csrf, visite
from app.coffre import CoffreIndisponible
from app.csrf import AutreCompte, Reconnecte
from app.database import Indisponible, LectureSeule, is_read_only
from app.domain.administration.maintenances import Ferme
from app.domain.listes.menu import build_plain_menu
from app.domain.mots.dates import PARIS
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus, TropDeDemandes
from app.domain.regles.permissions import can_create_demande
from app.formulaire import ChampRepete, list_ecrits
from app.pages import Contexte, Enveloppe, list_bandeaux, say_maintenance, show_whole
from app.settings import get_settings

PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
#: What may go well in a moment.
SOON = (429, 500, 503)
FERME = "erreurs/ferme.html"
log = structlog.get_logger()

_Request = Request[Any, Any, Any]


@dataclass(frozen=True, kw_only=True)
class Erreur(Contexte):
    """An error page: what happened, and what was typed, to be sent again."""

    templates = (*(f"erreurs/{status}.html" for status in PAGES), FERME)
    phrase: str
    phrases: list[str]
    chemin: str
    kept: Mapping[str, list[str]]
    has_files: bool
    ecrits: list[tuple[str, str]]
    """What was written, to be copied, where sending it again could not work."""
    reprise: str
    """Where it waits for its own agent, when another one is signed in."""
    retour: int | None
    """The demande one was on, when it may still be opened."""
    essai: str
    """The page that was asked for, where it may come in a moment."""


def show_error(request: _Request, error: Exception) -> Response[str]:
    """The French page of an error. Only the unexpected is logged, without a word of what was typed."""
    status = status_of(error)
    if status == HTTP_500_INTERNAL_SERVER_ERROR:
        log.error("unexpected", error=type(error).__name__, route=_route(request), where=_where(error))
    formulaire = request.scope.get("state", {}).get("formulaire")
    is_other = isinstance(error, AutreCompte)
    kept, ecrits = _give_back(request, status, error)
    chemin = visite.read_chemin(request)
    is_closed = isinstance(error, Ferme)
    signed, now = None if is_closed else visite.read_signed(request), visite.clock()
    zone = signed.zone if signed else PARIS
    maintenance = "" if is_closed else say_maintenance(request, now)
    there = request.scope.get("state", {}).get("recue", chemin) if signed and not is_other else ""
    on = re.match(r"/demandes/(\d{1,9})/", there) if status != 404 else None
    context = Erreur(
        phrase=_say(error, now, zone, maintenance),
        phrases=list(error.erreurs.values()) if isinstance(error, Invalide) else [],
        chemin=chemin,
        kept={nom: valeurs for nom, valeurs in kept.items() if nom != "csrf"},
        has_files=bool(formulaire and kept and formulaire.has_files()),
        ecrits=ecrits,
        reprise=error.reprise if isinstance(error, AutreCompte) else "",
        retour=int(on[1]) if on else None,
        essai=_ask_again(request) if status in SOON else "",
    )
    # An error page asks nothing of the base: it must show when the base is away. Who was known to be signed in keeps
    # their menu, so that there is a way on.
    enveloppe = Enveloppe(
        agent=signed,
        menu=build_plain_menu(signed.droits, chemin) if signed else [],
        peut_creer=bool(signed and can_create_demande(signed.droits)),
        csrf=csrf.make_csrf(request) if kept or signed else "",
        now=now,
        zone=zone,
        is_demo=get_settings().is_demo,
        affichage=cookies.read_affichage(request),
        is_read_only=is_read_only(),
        dress="_shell.html",
        maintenance=maintenance,
        est_ferme=is_closed,
        bandeaux=[] if is_closed else list_bandeaux(request, now),
    )
    template = FERME if is_closed else f"erreurs/{status if status in PAGES else 400}.html"
    response = show_whole(request, template, context, enveloppe, status)
    if status == 503:
        response.headers["Retry-After"] = str(_seconds_to_wait(error, now))
    return response


def _give_back(
    request: _Request, status: int, error: Exception
) -> tuple[Mapping[str, list[str]], list[tuple[str, str]]]:
    """What may be sent again, and what was written, to be read. What the situation refuses would be refused again: it
    is only read.
    """
    state = request.scope.get("state", {})
    formulaire, is_ours = state.get("formulaire"), bool(state.get("is_ours"))
    if formulaire is None:
        return {}, []
    # After a fault of ours, what was done is undone, and the same key makes one result of both; without the files that
    # made it too large, the rest may leave.
    is_sendable = status in {429, 503} or isinstance(error, Reconnecte)
    is_sendable = is_sendable or (is_ours and (status == 500 or (status == 413 and formulaire.has_files())))
    # The same fault may meet it again.
    is_read = is_ours and (status == 500 or (status in {403, 404, 409, 413} and not is_sendable))
    return formulaire.champs if is_sendable else {}, list_ecrits(formulaire.champs) if is_read else []


def _ask_again(request: _Request) -> str:
    """The address of a page that did not come. A second slash before it would name another site."""
    return f"/{visite.read_ici(request).lstrip('/')}" if request.method == "GET" else ""


def _say(error: Exception, now: datetime, zone: ZoneInfo, maintenance: str) -> str:
    """Why, in French; nothing where the page says it all."""
    if isinstance(error, Ferme):
        return f"Le service est en maintenance. Son retour est prévu {error.maintenance.say_end(now, zone)}."
    if maintenance and isinstance(error, LectureSeule):
        return "Le service est en lecture seule, le temps d’une maintenance\u00a0: rien n’a été enregistré."
    return getattr(error, "phrase", "")


def _seconds_to_wait(error: Exception, now: datetime) -> int:
    """When a program may ask again."""
    if isinstance(error, Ferme):
        return min(max(int((error.maintenance.until_at - now).total_seconds()), 5), 3600)
    return 5


def status_of(error: Exception) -> int:
    """The HTTP status of what a verb, the router or the base said."""
    known: dict[type[Exception], int] = {
        ChampRepete: 400,
        Introuvable: 404,
        Refus: 403,
        Invalide: 422,
        Conflit: 409,
        TropDeDemandes: 429,
        Indisponible: 503,
        CoffreIndisponible: 503,
        Ferme: 503,
    }
    for kind, status in known.items():
        if isinstance(error, kind):
            return status
    if isinstance(error, HTTPException):
        return error.status_code
    return HTTP_500_INTERNAL_SERVER_ERROR


def _route(request: _Request) -> str:
    handler = request.scope.get("route_handler")
    return str(getattr(handler, "handler_name", "")) if handler else ""


def _where(error: Exception) -> str:
    """File and line where it broke, innermost of ours: enough to mend, nothing to leak."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-4:])
