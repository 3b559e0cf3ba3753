"""`/`: sends everyone to the page where their day starts."""

from litestar import Response, get

from app import pages, session
from app.routes.params import Visit


@get("/", opt={"public": True})
async def get_accueil(request: Visit) -> Response[str]:
    """Demandes reçues for an instructeur, Mes demandes for an aidant, else a page that says what this account is."""
    signed = session.read_signed(request)
    if signed is None:
        return pages.go(request, "/connexion")
    if signed.droits.instructeur:
        return pages.go(request, "/demandes/recues")
    if signed.droits.aidant:
        return pages.go(request, "/demandes")
    if signed.droits.is_expert:
        return pages.go(request, "/demandes/suivies")
    return await pages.show(request, "accueil/page.html")


ROUTES = [get_accueil]
