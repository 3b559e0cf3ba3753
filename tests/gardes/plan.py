"""The routes the application really has: what every guard starts from, so that a new page cannot be forgotten."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from litestar.routes import HTTPRoute

from app.main import create_litestar

#: htmx, scanners and browsers ask GET and POST; HEAD is GET for `headers.py`, OPTIONS answers by itself.
METHODES: tuple[Literal["GET", "POST"], ...] = ("GET", "POST")


@dataclass(frozen=True, order=True)
class Route:
    """A method and a path, parameters without their type: `GET /demandes/{numero}`."""

    chemin: str
    methode: str

    def __str__(self) -> str:
        return f"{self.methode} {self.chemin}"

    @property
    def parametres(self) -> tuple[str, ...]:
        """The names between braces."""
        return tuple(re.findall(r"{(\w+)}", self.chemin))


def read_routes() -> dict[Route, Any]:
    """Every registered route with its handler, static files excluded."""
    found = {
        Route(re.sub(r"{(\w+):\w+}", r"{\1}", route.path), methode): route.route_handler_map[methode][0]
        for route in create_litestar(is_tested=True).routes
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static/")
        for methode in METHODES
        if methode in route.methods
    }
    return dict(sorted(found.items()))


HANDLERS = read_routes()
OPTIONS: dict[Route, dict[str, Any]] = {route: handler.opt for route, handler in HANDLERS.items()}
ROUTES = list(OPTIONS)
