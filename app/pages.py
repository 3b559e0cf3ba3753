"""Show a page, answer an act: the only code that knows htmx.

`show` gives the same page in two dresses: the whole document, or its main part alone when htmx asks. `answer` gives
the region that changed to htmx, a 303 to a bare browser, and 422 with the text kept when something is invalid.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from app import cookies, csrf, visite
from app.coffre import CoffreIndisponible
from app.database import Indisponible
from app.domain.faits.registre import Fait
from app.domain.listes.menu import Entree, build_menu
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus, TropDeDemandes
from app.domain.regles.permissions import can_create_demande
from app.settings import get_settings
from app.templating import PARIS, render

HTML = "text/html"
log = structlog.get_logger()

# What is said after an act, by code. The registry has the words of the faits; the others are kept in no journal.
ANNONCES = {fait.value: fait.recit.annonce for fait in Fait if fait.recit.annonce} | {
    "courriel_redemande": "Nouveau courriel demandé : consultez votre boîte de réception.",
    "envoi_garde": "Votre session avait pris fin. Votre envoi est gardé : connectez-vous pour le reprendre.",
    "envoi_abandonne": "Ce que vous aviez saisi est effacé. Rien n’a été envoyé.",
    "brouillon_enregistre": "Votre brouillon est enregistré.",
    "brouillon_efface": "Le brouillon est effacé.",
    "depart_attendu": "Votre demande est prête : elle partira dès que l’usager aura répondu OUI.",
}

_Request = Request[Any, Any, Any]


def is_htmx(request: _Request) -> bool:
    """htmx asks for a part of a page, not for a document."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def target_of(request: _Request) -> str:
    """The id of the region htmx wants to fill, or nothing."""
    return request.headers.get("hx-target", "")


async def show(request: _Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A whole page; htmx gets its main part alone."""
    # A cookie may hold anything: a code that is none of ours announces nothing.
    annonce = ANNONCES.get(cookies.read_annonce(request))
    response = _html(
        render(
            template,
            dress="_fragment.html" if is_htmx(request) else "_shell.html",
            annonce=annonce,
            menu=[] if is_htmx(request) else await _menu(request),
            **{**_visit(request), "erreurs": {}, **context},
        ),
        status,
    )
    if annonce:
        cookies.clear_annonce(response)
    cookies.keep_navigateur(request, response)
    return response


async def show_region(request: _Request, region: str, *, status: int = 200, **context: Any) -> Response[str]:
    """One region alone, for htmx; its id is its path."""
    return _html(render(region, **_visit(request), **{"erreurs": {}, **context}), status)


async def answer(
    request: _Request,
    region: str,
    *,
    page: str,
    url: str | None,
    annonce: str | None = None,
    erreurs: dict[str, str] | None = None,
    status: int | None = None,
    load: Callable[[], Awaitable[dict[str, Any]]] | None = None,
    **context: Any,
) -> Response[Any]:
    """The result of an act: the region for htmx, else a redirection to `url`.

    With `erreurs`, status 422 (or `status`): the region or the whole `page` again, with what was typed.
    Without `url`, no address could show the result (a masked number revealed once): the region or the `page`.
    `load` gives the rest of the context, and is only called when something is shown.
    """
    if erreurs or url is None or is_htmx(request):
        context |= await load() if load else {}
    if erreurs or url is None:
        code = status or (422 if erreurs else 200)
        context["erreurs"] = erreurs or {}
        if is_htmx(request):
            return await show_region(request, region, status=code, **context)
        return await show(request, page, status=code, **context)
    if not is_htmx(request):
        return go(request, url, annonce=annonce)
    response = await show_region(request, region, annonce=ANNONCES[annonce] if annonce else None, **context)
    response.headers["HX-Push-Url"] = url
    return response


def go(request: _Request, url: str, *, annonce: str | None = None) -> Response[Any]:
    """Send the browser to another page of ours; a whole new visit for htmx too."""
    if is_htmx(request):
        response: Response[Any] = Response(content=b"", status_code=200, headers={"HX-Redirect": url})
    else:
        response = Response(content=b"", status_code=303, headers={"Location": url})
    if annonce:
        if annonce not in ANNONCES:
            raise KeyError(annonce)
        cookies.set_annonce(response, annonce)
    cookies.keep_navigateur(request, response)
    return response


def _html(texte: str, status: int) -> Response[str]:
    return Response(content=texte, status_code=status, media_type=HTML)


async def _menu(request: _Request) -> list[Entree]:
    signed = visite.read_signed(request)
    if signed is None:
        return []
    return await build_menu(signed.droits, visite.read_chemin(request), visite.read_now(request))


def _visit(request: _Request) -> dict[str, Any]:
    """What every template may say of the visit."""
    signed = visite.read_signed(request)
    return {
        "agent": signed,
        "csrf": csrf.make_csrf(request),
        "now": visite.read_now(request),
        "zone": signed.zone if signed else PARIS,
        "recherche": "",
        "is_demo": get_settings().is_demo,
        "peut_creer": bool(signed and can_create_demande(signed.droits)),
    }


# --- Errors: a French page for every status ---------------------------------------------------------------------

# An error page asks nothing of the base: it must show when the base is away.
BARE: dict[str, Any] = {
    "dress": "_shell.html",
    "agent": None,
    "menu": [],
    "annonce": None,
    "recherche": "",
    "peut_creer": False,
    "erreurs": {},
}
PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def show_error(request: _Request, error: Exception) -> Response[str]:
    """The French page of an error. Only the unexpected is logged, without a word of what was typed."""
    status = status_of(error)
    if status == HTTP_500_INTERNAL_SERVER_ERROR:
        log.error("unexpected", error=type(error).__name__, route=_route(request), where=_where(error))
    formulaire = request.scope.get("state", {}).get("formulaire")
    kept = formulaire.champs if formulaire and status in {409, 429, 503} else {}
    response = _html(
        render(
            f"erreurs/{status if status in PAGES else 400}.html",
            phrase=getattr(error, "phrase", ""),
            phrases=list(error.erreurs.values()) if isinstance(error, Invalide) else [],
            chemin=visite.read_chemin(request),
            kept={nom: valeurs for nom, valeurs in kept.items() if nom != "csrf"},
            has_files=bool(formulaire and kept and formulaire.has_files()),
            **BARE,
            csrf=csrf.make_csrf(request) if kept else "",
            is_demo=get_settings().is_demo,
            now=visite.clock(),
            zone=PARIS,
        ),
        status,
    )
    if request.headers.get("hx-request") == "true":
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def status_of(error: Exception) -> int:
    """The HTTP status of what a verb, the router or the base said."""
    known: dict[type[Exception], int] = {
        Introuvable: 404,
        Refus: 403,
        Invalide: 422,
        Conflit: 409,
        TropDeDemandes: 429,
        Indisponible: 503,
        CoffreIndisponible: 503,
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
