"""`/connexion`: ask for a sign-in mail, then open its link or type its code (product §4)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from app import cookies, pages, visite
from app.cookies import Attente
from app.domain.acces.connexion import (
    Lien,
    Ouverture,
    ask_connexion,
    find_lien,
    sign_in_by_code,
    sign_in_by_lien,
    wait_before_next,
)
from app.domain.regles.errors import Conflit, Invalide, TropDeDemandes
from app.routes.params import Destination, Form, Now, Visit, own_destination
from app.settings import get_settings

PUBLIC = {"public": True, "sans_cgu": True}


@get("/connexion", opt=PUBLIC)
async def get_connexion(request: Visit, destination: Destination) -> Response[Any]:
    """Ask for an address. Who is signed in already goes on."""
    if visite.read_signed(request):
        return pages.go(request, destination)
    return await _show_form(request, destination)


@post("/connexion", opt=PUBLIC)
async def post_connexion(request: Visit, form: Form, destination: Destination, now: Now) -> Response[Any]:
    """Send a mail if this address is an agent’s; the answer is the same for all."""
    is_durable = form.is_checked("durable")
    try:
        return await _ask(request, form.texte("email"), destination, is_durable=is_durable, now=now)
    except (Invalide, TropDeDemandes) as error:
        return await _show_form(
            request, destination, email=form.texte("email"), is_durable=is_durable, error=error
        )


@get("/connexion/courriel", opt=PUBLIC)
async def get_courriel(request: Visit) -> Response[Any]:
    """« Consultez vos e-mails »: what this browser asked, a field for the code, and asking again."""
    attente = cookies.read_attente(request)
    if visite.read_signed(request) or attente is None:
        return pages.go(request, "/connexion")
    return await _show_courriel(request, attente)


@post("/connexion/courriel", opt=PUBLIC)
async def post_courriel(request: Visit, now: Now) -> Response[Any]:
    """Ask for the same mail again."""
    attente = cookies.read_attente(request)
    if attente is None:
        return pages.go(request, "/connexion")
    try:
        return await _ask(
            request,
            attente.email,
            attente.destination,
            is_durable=attente.is_durable,
            now=now,
            annonce="courriel_redemande",
        )
    except TropDeDemandes as error:
        return await _show_courriel(request, attente, error=error)


@post("/connexion/code", opt=PUBLIC)
async def post_code(request: Visit, form: Form, now: Now) -> Response[Any]:
    """Sign in by the code alone, in the browser that asked."""
    attente = cookies.read_attente(request)
    if attente is None:
        return pages.go(request, "/connexion")
    try:
        opened = await sign_in_by_code(
            attente.email, code=form.texte("code"), navigateur=visite.read_visiteur(request), now=now
        )
    except (Invalide, TropDeDemandes) as error:
        return await _show_courriel(request, attente, error=error, field="code")
    return _enter(request, opened)


@get("/connexion/lien/{jeton:str}", opt=PUBLIC)
async def get_lien(request: Visit, jeton: FromPath[str], now: Now) -> Response[Any]:
    """Show a button, and the field of the code in another browser than the one that asked. Consumes nothing."""
    lien = await find_lien(jeton, visite.read_visiteur(request), now)
    signed = visite.read_signed(request)
    if lien and not lien.is_alive and signed and signed.droits.agent == lien.agent:
        # A second click on « Me connecter »: the first one did it.
        return pages.go(request, own_destination(request, lien.destination))
    return await _show_lien(request, jeton, lien)


@post("/connexion/lien/{jeton:str}", opt=PUBLIC)
async def post_lien(request: Visit, form: Form, jeton: FromPath[str], now: Now) -> Response[Any]:
    """Sign in."""
    visiteur = visite.read_visiteur(request)
    try:
        opened = await sign_in_by_lien(
            jeton,
            code=form.texte("code"),
            is_durable=form.is_checked("durable"),
            navigateur=visiteur,
            now=now,
        )
    except Conflit:
        return pages.go(request, f"/connexion/lien/{quote(jeton, safe='')}")
    except (Invalide, TropDeDemandes) as error:
        lien = await find_lien(jeton, visiteur, now)
        return await _show_lien(
            request, jeton, lien, is_durable=form.is_checked("durable"), error=error, field="code"
        )
    return _enter(request, opened)


@post("/connexion/lien/{jeton:str}/courriel", opt=PUBLIC)
async def post_lien_courriel(request: Visit, jeton: FromPath[str], now: Now) -> Response[Any]:
    """A new mail in one click instead of a link that ended, for the same destination."""
    lien = await find_lien(jeton, visite.read_visiteur(request), now)
    if lien is None:
        return pages.go(request, "/connexion")
    try:
        return await _ask(request, lien.email, lien.destination, is_durable=lien.is_durable, now=now)
    except TropDeDemandes as error:
        return await _show_lien(request, jeton, lien, error=error)


async def _ask(
    request: Visit,
    email: str,
    destination: str,
    *,
    is_durable: bool,
    now: datetime,
    annonce: str | None = None,
) -> Response[Any]:
    visiteur = visite.read_visiteur(request)
    adresse = await ask_connexion(
        email, destination=destination, is_durable=is_durable, navigateur=visiteur, now=now
    )
    response = pages.go(request, "/connexion/courriel", annonce=annonce)
    cookies.set_attente(response, Attente(adresse, destination, is_durable, now))
    return response


def _enter(request: Visit, opened: Ouverture) -> Response[Any]:
    response = pages.go(request, own_destination(request, opened.destination))
    cookies.set_session(response, opened.agent, opened.jeton, is_durable=opened.is_durable)
    cookies.clear_attente(response)
    return response


async def _show_form(
    request: Visit,
    destination: str,
    *,
    email: str = "",
    is_durable: bool = False,
    error: Invalide | TropDeDemandes | None = None,
) -> Response[str]:
    return await pages.show(
        request,
        "connexion/page.html",
        destination=destination,
        email=email,
        is_durable=is_durable,
        **_refusal(error, "email"),
    )


async def _show_courriel(
    request: Visit, attente: Attente, *, error: Invalide | TropDeDemandes | None = None, field: str = ""
) -> Response[str]:
    return await pages.show(
        request,
        "connexion/courriel.html",
        email=attente.email,
        destination=attente.destination,
        minutes=get_settings().link_minutes,
        secondes=wait_before_next(attente.asked_at, visite.read_now(request)),
        **_refusal(error, field),
    )


async def _show_lien(
    request: Visit,
    jeton: str,
    lien: Lien | None,
    *,
    is_durable: bool = False,
    error: Invalide | TropDeDemandes | None = None,
    field: str = "",
) -> Response[str]:
    if lien is None or not lien.is_alive:
        refusal = _refusal(error if isinstance(error, TropDeDemandes) else None, "", otherwise=410)
        return await pages.show(request, "connexion/lien_perdu.html", jeton=jeton if lien else "", **refusal)
    return await pages.show(
        request,
        "connexion/lien.html",
        jeton=jeton,
        lien=lien,
        is_durable=is_durable,
        **_refusal(error, field),
    )


def _refusal(error: Invalide | TropDeDemandes | None, field: str, *, otherwise: int = 200) -> dict[str, Any]:
    """What a page says of a refusal, and its status."""
    if isinstance(error, Invalide):
        return {"erreurs": error.erreurs, "status": 422}
    if error is not None:
        return {"erreurs": {field: error.phrase}, "status": 429}
    return {"erreurs": {}, "status": otherwise}


ROUTES = [
    get_connexion,
    post_connexion,
    get_courriel,
    post_courriel,
    post_code,
    get_lien,
    post_lien,
    post_lien_courriel,
]
