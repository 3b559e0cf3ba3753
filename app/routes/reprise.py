"""`/reprise/{cle}`: what was being sent when the session ended, to be sent again by the same agent (product §4)."""

import re
from dataclasses import dataclass
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.acces.posts_scelles import PostScelle, erase_post, find_post
from app.formulaire import list_ecrits
from app.pages import Contexte
from app.routes.params import Now, Signed, Visit

# What the page names.
ENVOIS = (
    (re.compile(r"/demandes/nouvelle(/.*)?"), "Le formulaire d’une nouvelle demande"),
    (re.compile(r"/demandes/(\d+)/messages"), "Votre réponse à la demande n° {}"),
    (re.compile(r"/demandes/(\d+)/brouillon"), "Le brouillon de votre réponse à la demande n° {}"),
    (re.compile(r"/demandes/(\d+)(/.*)?"), "Ce que vous faisiez sur la demande n° {}"),
    (re.compile(r"/profil(/.*)?"), "Les changements de votre profil"),
)


@dataclass(frozen=True, kw_only=True)
class EnvoiGarde(Contexte):
    """What waits to be sent again: what it is, and the words in it, to be read before."""

    templates = ("reprise/page.html",)
    envoi: PostScelle
    quoi: str
    textes: list[tuple[str, str]]


@get("/reprise/{cle:uuid}")
async def get_reprise(request: Visit, signed: Signed, cle: FromPath[UUID], now: Now) -> Response[str]:
    """The form, ready to leave again. To anybody else, and after its hour, it is as if there never was one."""
    envoi = await find_post(signed.droits.agent, cle, now)
    if envoi is None:
        return pages.go(request, "/")
    context = EnvoiGarde(
        envoi=envoi,
        quoi=_name(envoi),
        textes=list_ecrits(envoi.champs),
    )
    return await pages.show(request, "reprise/page.html", context)


@post("/reprise/{cle:uuid}/abandon")
async def create_abandon(request: Visit, signed: Signed, cle: FromPath[UUID]) -> Response[str]:
    """Give it up: it is erased at once."""
    await erase_post(signed.droits.agent, cle)
    return pages.go(request, "/", annonce="envoi_abandonne")


def _name(envoi: PostScelle) -> str:
    chemin = envoi.chemin.partition("?")[0]
    for shape, words in ENVOIS:
        if found := shape.fullmatch(chemin):
            return words.format(found[1])
    return "Le formulaire que vous remplissiez"


ROUTES = [get_reprise, create_abandon]
