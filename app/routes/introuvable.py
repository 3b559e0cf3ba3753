"""`/introuvable`: where the site reads an address that leads nowhere, so that its page knows who is signed in."""

from typing import Any

from litestar import Response, get

from app.domain.regles.errors import Introuvable

URL = "/introuvable"


@get(URL, opt={"public": True, "sans_cgu": True})
async def get_introuvable() -> Response[Any]:
    """Raises Introuvable: its page has the menu and the search of who is signed in, like any other (RGAA 12.2)."""
    raise Introuvable


ROUTES = [get_introuvable]
