"""`/`: sends everyone to the page where their day starts."""

from dataclasses import dataclass

from litestar import Response, get

from app import antivirus, pages, visite
from app.domain.figures.nationales import read_national
from app.domain.figures.statistiques import Tuile
from app.pages import Contexte
from app.routes.params import Now, Visit
from app.settings import get_settings


@dataclass(frozen=True, kw_only=True)
class Accueil(Contexte):
    """The page of an account that handles no demande."""

    templates = ("accueil/page.html",)
    antivirus: str


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
    etat = await describe_antivirus() if signed.droits.is_administrateur else ""
    return await pages.show(request, "accueil/page.html", Accueil(antivirus=etat))


async def describe_antivirus() -> str:
    """What administrateurs must know of the files people exchange: whether anything looks for viruses in them."""
    url = get_settings().clamd_url
    if url is None:
        return (
            "Aucun antivirus n’est configuré\u00a0: les pièces jointes ne sont pas analysées par un antivirus. Leur "
            "contenu est contrôlé (macros, scripts et programmes refusés)."
        )
    if not await antivirus.is_reachable(url):
        return (
            "L’antivirus ne répond pas\u00a0: les pièces jointes reçues en ce moment ne sont pas analysées par un "
            "antivirus."
        )
    return "L’antivirus répond\u00a0: les pièces jointes sont analysées à leur arrivée."


ROUTES = [get_accueil]
