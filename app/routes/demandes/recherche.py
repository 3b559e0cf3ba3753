"""`/demandes/recherche`: what stands in the header of every page leads here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from app import pages
from app.domain.groupes.recherche import (
    AgentTrouve,
    GroupeTrouve,
    find_agents,
    find_groupes,
    reads_no_content,
)
from app.domain.listes.criteres import RECHERCHE_MAX, motifs_of
from app.domain.listes.recherche import (
    DemandeConnue,
    DemandeTrouvee,
    Recherche,
    find_connues,
    find_demandes,
    find_numero,
)
from app.pages import Contexte
from app.routes.demandes.mots import LigneEnMots, ligne_of
from app.routes.params import Now, Query, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class Resultats(Contexte):
    """One page of what was found, each with its row in words."""

    templates = ("demandes/recherche.html",)
    found: Recherche
    connues: list[DemandeConnue]
    groupes: list[GroupeTrouve]
    agents: list[AgentTrouve]
    is_sans_contenu: bool
    resultats: list[tuple[LigneEnMots, DemandeTrouvee]]
    url_of_page: Callable[[int], str]


@get("/demandes/recherche", opt=pages.AVEC_MENU)
async def get_recherche(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """What was found, among what this agent may read or know of; a number typed alone opens its demande."""
    q = criteres.texte("q")[:RECHERCHE_MAX]
    if numero := await find_numero(signed.droits, q):
        return pages.go(request, f"/demandes/{numero}")
    found = await find_demandes(signed.droits, q, criteres.page())

    def url_of_page(page: int) -> str:
        return f"/demandes/recherche?{urlencode({'q': q, 'page': page})}"

    motifs = motifs_of(q)
    context = Resultats(
        found=found,
        groupes=await find_groupes(signed.droits, motifs),
        agents=await find_agents(signed.droits, motifs),
        is_sans_contenu=reads_no_content(signed.droits),
        connues=await find_connues(signed.droits, q),
        resultats=[(ligne_of(t.rangee, now, signed.zone), t) for t in found.trouvailles],
        url_of_page=url_of_page,
    )
    return await pages.show(request, "demandes/recherche.html", context)


ROUTES = [get_recherche]
