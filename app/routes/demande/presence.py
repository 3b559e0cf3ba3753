"""GET `/demandes/{numero}/presence`: who else is on the demande, asked by its page as long as it is on screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app import pages, porte, visite
from app.domain.demandes.demande import get_demande
from app.domain.demandes.presences import PersonnePresente, come, say_presentes
from app.domain.regles.errors import Introuvable
from app.formulaire import NUMERO_MAX, as_id
from app.pages import Contexte
from app.routes.params import Now, Query, Visit

REGION = "demande/presence.html"
#: The page asks by itself, whatever became of its session: what is typed there must stay on screen.
OUVERTE = {"public": True, "sans_cgu": True}


@dataclass(frozen=True)
class Presence:
    """Who else is there, in words. `marque`: what a page that shows them says when it asks again."""

    ecrivent: str
    lisent: str
    marque: str
    is_live: bool = True
    """The page asks again by itself."""
    is_annoncee: bool = False
    """Somebody writes who did not: it is said aloud. Who comes and goes is only shown."""


@dataclass(frozen=True, kw_only=True)
class PresenceSeule(Contexte):
    """The region alone."""

    templates = (REGION,)
    numero: int
    presence: Presence


def presence_of(presentes: Sequence[PersonnePresente], shown: str = "", *, is_live: bool = True) -> Presence:
    """Who is there, for a page that shows `shown`, a former mark."""
    ecrivent = say_presentes([v.nom for v in presentes if v.is_ecriture], "écrit", "écrivent")
    lisent = say_presentes([v.nom for v in presentes if not v.is_ecriture], "lit", "lisent")
    marque = f"{_mark(ecrivent)}{_mark(lisent)}"
    is_annoncee = bool(ecrivent and shown) and not shown.startswith(_mark(ecrivent))
    return Presence(ecrivent, lisent, marque, is_live, is_annoncee)


def _mark(phrase: str) -> str:
    return blake2b(phrase.encode(), digest_size=6).hexdigest()


@get("/demandes/{numero:str}/presence", opt=OUVERTE)
async def get_presence(request: Visit, criteres: Query, numero: FromPath[str], now: Now) -> Response[Any]:
    """This agent is still there, and who else is; `actualisation=non`: the page asks no more, and says nothing."""
    signed, known = visite.read_signed(request), as_id(numero, NUMERO_MAX)
    if signed is None:
        return pages.stay(request) or await porte.turn_away(request)
    if known is None:
        raise Introuvable
    demande = await get_demande(signed.droits, known)
    is_live = criteres.texte("actualisation") != "non"
    presentes = await come(signed, demande, now) if is_live else ()
    if not pages.is_htmx(request):
        return pages.go(request, f"/demandes/{known}")
    presence = presence_of(presentes, criteres.texte("marque"), is_live=is_live)
    if criteres.texte("marque") == presence.marque:
        return pages.say_unchanged(request)
    return await pages.show_region(request, REGION, PresenceSeule(numero=known, presence=presence))


ROUTES = [get_presence]
