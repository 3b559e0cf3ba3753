"""`/connexion`: ask for a sign-in mail, wait for it, type its code."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import cookies, pages, visite
from app.cookies import Attente
from app.domain.acces.connexion import sign_in_by_code
from app.domain.acces.liens import wait_before_asking
from app.domain.mots.adresses import read_adresse
from app.domain.regles.errors import Invalide, TropDeDemandes
from app.pages import Contexte
from app.routes.connexion.entree import PUBLIC, ask_courriel, enter, erreurs_of, status_of
from app.routes.params import Destination, Form, Now, Visit
from app.settings import get_settings

FORM = "connexion/page.html"


@dataclass(frozen=True, kw_only=True)
class DemandeDeCourriel(Contexte):
    """The address typed, and where one was going. `refus`: why another door did not open. `attend`: this browser has
    asked for a mail at this address already.
    """

    templates = (FORM,)
    destination: str
    email: str = ""
    is_durable: bool = False
    has_proconnect: bool = False
    refus: str = ""
    attend: bool = False


@dataclass(frozen=True, kw_only=True)
class CourrielAttendu(Contexte):
    """The mail asked by this browser: how many minutes it lives, in how many seconds another may be asked."""

    templates = ("connexion/courriel.html",)
    email: str
    destination: str
    minutes: int
    secondes: int


# Who is signed in by mail alone goes on too, to confirm it: this page is not shown to them as to a stranger.
@get("/connexion", opt={"public": True})
async def get_connexion(request: Visit, destination: Destination) -> Response[Any]:
    """Ask for an address. Who is signed in already goes on."""
    if visite.read_signed(request):
        return pages.go(request, destination)
    return await show_connexion(request, destination)


async def show_connexion(
    request: Visit, destination: str, *, refus: str = "", status: int | None = None
) -> Response[Any]:
    """The door of the mail, and beside it the one of ProConnect where there is one."""
    context = DemandeDeCourriel(destination=destination, has_proconnect=has_proconnect(), refus=refus)
    return await pages.show(request, FORM, context, status=status)


def has_proconnect() -> bool:
    """Whether the extra door is there."""
    return get_settings().proconnect_url is not None


@post("/connexion", opt=PUBLIC)
async def post_connexion(request: Visit, form: Form, destination: Destination, now: Now) -> Response[Any]:
    """Send a mail if this address is an agent’s; the answer is the same for all."""
    is_durable = form.is_checked("durable")
    try:
        return await ask_courriel(request, form.texte("email"), destination, is_durable=is_durable, now=now)
    except (Invalide, TropDeDemandes) as error:
        attente = cookies.read_attente(request)
        typed = DemandeDeCourriel(
            erreurs=erreurs_of(error, "email"),
            destination=destination,
            email=form.texte("email"),
            is_durable=is_durable,
            has_proconnect=has_proconnect(),
            attend=attente is not None and attente.email == read_adresse(form.texte("email")),
        )
        return await pages.show(request, FORM, typed, status=status_of(error))


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
        return await ask_courriel(
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
    return enter(request, opened)


async def _show_courriel(
    request: Visit, attente: Attente, *, error: Invalide | TropDeDemandes | None = None, field: str = ""
) -> Response[str]:
    now = visite.read_now(request)
    context = CourrielAttendu(
        erreurs=erreurs_of(error, field),
        email=attente.email,
        destination=attente.destination,
        minutes=get_settings().link_minutes,
        secondes=await wait_before_asking(attente.email, visite.read_visiteur(request), now),
    )
    return await pages.show(request, "connexion/courriel.html", context, status=status_of(error))


ROUTES = [get_connexion, post_connexion, get_courriel, post_courriel, post_code]
