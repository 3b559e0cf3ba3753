"""`/demandes/recherche`: what stands in the header of every page leads here."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from app import pages
from app.domain.listes.criteres import LONGUEUR_RECHERCHE
from app.domain.listes.recherche import find_demandes
from app.routes.demandes.mots import ligne_of
from app.routes.params import Now, Query, Signed, Visit


@get("/demandes/recherche")
async def get_recherche(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """What was found, among what this agent may read."""
    q = criteres.texte("q")[:LONGUEUR_RECHERCHE]
    found = await find_demandes(signed.droits, q, criteres.page())

    def url_of_page(page: int) -> str:
        return f"/demandes/recherche?{urlencode({'q': q, 'page': page})}"

    return await pages.show(
        request,
        "demandes/recherche.html",
        recherche=q,
        found=found,
        resultats=[(ligne_of(t.rangee, now, signed.zone), t) for t in found.trouvailles],
        url_of_page=url_of_page,
    )


ROUTES = [get_recherche]
