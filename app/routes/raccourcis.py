"""`/raccourcis`: the keys of the acts, as this browser wants them pressed; they are chosen on `/affichage`."""

from dataclasses import dataclass

from litestar import Response, get

from app import cookies, pages, visite
from app.pages import Contexte
from app.routes.params import Visit
from app.touches import Modificateur, Touche


@dataclass(frozen=True, kw_only=True)
class Raccourcis(Contexte):
    """Each key as this browser wants it, what it does and where; and what other browsers want held."""

    templates = ("raccourcis/page.html",)
    lignes: list[tuple[str, str, str]]
    autres: list[tuple[str, str]]


@get("/raccourcis", opt={"public": True, "sans_cgu": True})
async def get_raccourcis(request: Visit) -> Response[str]:
    """Told whether they are on or off, so that one may try them before."""
    is_on = cookies.read_affichage(request).has_touches
    touches = visite.read_touches(request, is_on=is_on)
    context = Raccourcis(
        lignes=[(touches.say(touche), touche.fiche.libelle, touche.fiche.pages) for touche in Touche],
        autres=[
            (one.fiche.navigateurs, one.fiche.mots) for one in Modificateur if one is not touches.modificateur
        ],
    )
    return await pages.show(request, "raccourcis/page.html", context)


ROUTES = [get_raccourcis]
