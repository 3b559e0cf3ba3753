"""`/introuvable`: where the site reads an address that shows nothing, so that its page knows who is signed in."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import MethodNotAllowedException

from app.domain.regles.errors import Introuvable
from app.routes.params import Visit

URL = "/introuvable"


class SansPage(MethodNotAllowedException):
    """What was refused stays at the address of its form: it is opened again from there, or from a history."""

    phrase = (
        "Cette adresse reçoit un formulaire\u00a0: elle n’a rien à montrer. "
        "L’ouvrir n’a rien envoyé ni rien changé."
    )


@get(URL, opt={"public": True, "sans_cgu": True})
async def get_introuvable(request: Visit) -> Response[Any]:
    """Raises Introuvable, or SansPage where only forms are received: their page has the menu and the search of who is
    signed in, like any other (RGAA 12.2).
    """
    if request.state.get("recue"):
        raise SansPage
    raise Introuvable


ROUTES = [get_introuvable]
