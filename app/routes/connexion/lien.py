"""`/connexion/lien/{jeton}`: the link of a sign-in mail, opened, used, or asked again."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages, visite
from app.domain.acces.connexion import Lien, find_lien, sign_in_by_lien
from app.domain.acces.liens import wait_before_asking
from app.domain.regles.errors import Conflit, Invalide, TropDeDemandes
from app.pages import Contexte
from app.routes.connexion.entree import PUBLIC, ask_courriel, enter, erreurs_of, status_of
from app.routes.params import Form, Now, Visit, own_destination


@dataclass(frozen=True, kw_only=True)
class LienOuvert(Contexte):
    """A link that may still sign in."""

    templates = ("connexion/lien.html",)
    jeton: str
    lien: Lien
    is_durable: bool


@dataclass(frozen=True, kw_only=True)
class LienPerdu(Contexte):
    """A link that no longer signs in; `jeton` when another mail may be asked in its place, in so many seconds."""

    templates = ("connexion/lien_perdu.html",)
    jeton: str
    secondes: int


@get("/connexion/lien/{jeton:str}", opt=PUBLIC)
async def get_lien(request: Visit, jeton: FromPath[str], now: Now) -> Response[Any]:
    """Show a button, and the field of the code in another browser than the one that asked. Consumes nothing."""
    lien = await find_lien(jeton, visite.read_visiteur(request), now)
    signed = visite.read_signed(request)
    if lien and not lien.is_alive and signed and signed.droits.agent == lien.agent:
        # This is a second click on « Me connecter »: the first one has signed this agent in.
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
    return enter(request, opened)


@post("/connexion/lien/{jeton:str}/courriel", opt=PUBLIC)
async def post_lien_courriel(request: Visit, jeton: FromPath[str], now: Now) -> Response[Any]:
    """A new mail in one click instead of a link that ended, for the same destination."""
    lien = await find_lien(jeton, visite.read_visiteur(request), now)
    if lien is None:
        return pages.go(request, "/connexion")
    try:
        return await ask_courriel(request, lien.email, lien.destination, is_durable=lien.is_durable, now=now)
    except TropDeDemandes as error:
        return await _show_lien(request, jeton, lien, error=error)


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
        refusal = error if isinstance(error, TropDeDemandes) else None
        visiteur, now = visite.read_visiteur(request), visite.read_now(request)
        lost = LienPerdu(
            erreurs=erreurs_of(refusal, ""),
            jeton=jeton if lien else "",
            secondes=await wait_before_asking(lien.email, visiteur, now) if lien else 0,
        )
        return await pages.show(request, "connexion/lien_perdu.html", lost, status=status_of(refusal) or 410)
    context = LienOuvert(erreurs=erreurs_of(error, field), jeton=jeton, lien=lien, is_durable=is_durable)
    return await pages.show(request, "connexion/lien.html", context, status=status_of(error))


ROUTES = [get_lien, post_lien, post_lien_courriel]
