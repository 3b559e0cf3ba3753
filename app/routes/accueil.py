"""`/`: sends everyone to the page where their day starts."""

from dataclasses import dataclass

from litestar import Response, get

from app import pages, visite
from app.domain.figures.nationales import read_national
from app.domain.figures.statistiques import Tuile
from app.domain.regles.permissions import can_administer
from app.pages import Contexte
from app.routes.params import Now, Visit


@dataclass(frozen=True, kw_only=True)
class Visiteur(Contexte):
    """What a visitor is told: how it works, and the national figures of the months that are over."""

    templates = ("accueil/visiteur.html",)
    tuiles: tuple[Tuile, ...]
    periode: str


@get("/", opt={"public": True})
async def get_accueil(request: Visit, now: Now) -> Response[str]:
    """The public home for a visitor; for who is signed in, where their day starts."""
    signed = visite.read_signed(request)
    if signed is None:
        tuiles, periode = await read_national(now)
        return await pages.show(request, "accueil/visiteur.html", Visiteur(tuiles=tuiles, periode=periode))
    if signed.droits.instructeur:
        return pages.go(request, "/demandes/recues")
    if signed.droits.aidant:
        return pages.go(request, "/demandes")
    if signed.droits.is_expert:
        return pages.go(request, "/demandes/suivies")
    if can_administer(signed.droits):
        return pages.go(request, "/administration")
    return await pages.show(request, "accueil/page.html")


ROUTES = [get_accueil]
