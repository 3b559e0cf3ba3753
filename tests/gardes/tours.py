"""Which odd values each route meets: each route and each value are met, and not each pair.

Headers, cookies, methods and odd bodies are judged by one code before any route is reached: they come by turns. A route
whose own module reads them meets them all, and so does one that reads the criteria of its address.
"""

import inspect
import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Literal, TypeVar

from tests.gardes.hostiles import COOKIES, ENTETES, METHODES, QUERIES, VALEURS, list_corps
from tests.gardes.plan import HANDLERS, OPTIONS, ROUTES, Route

T = TypeVar("T")
#: A route meets one value in four, and the next route the next ones.
TOURS = 4
#: The rank of each route among those of its method.
RANKS = {
    route: rank
    for methode in ("GET", "POST")
    for rank, route in enumerate(route for route in ROUTES if route.methode == methode)
}
#: How a module says that it reads them itself.
READS = {"headers": r"request\.headers|\bcookies\.", "files": r"\bpanier|fichiers"}

SUFFIXES = ("/", "//", "/..", "%00", "%2F", ";a=b", ".pdf", "/%ED%A0%80", "\\", "é")
#: A page reads these by the names of its own criteria.
CRITERES = ("twice", "raw", "plus", "words")
#: It draws the region of a route, where the others change nothing of what is drawn.
REGION = "hx forged"
BODIES = [name for name, _ in list_corps(b"csrf=")]
#: A form of ours with nothing in it, which the route reads.
VIDE = "multipart"
FICHIERS = list(
    product(
        ("a", "\x00.txt", "n" * 300 + ".pdf", "é\u202e.txt", "zorbe.exe", ".", ""),
        (b"", b"\x00" * 100, b"%PDF-1.7\nzorbe", b"PK\x03\x04zorbe", b"\xff\xd8\xff\xe0zorbe"),
    )
)


def in_turn(route: Route, values: Iterable[T], *, turns: int = TOURS) -> list[T]:
    """One value in `turns`, by the rank of the route."""
    return list(values)[RANKS[route] % turns :: turns]


def reads_itself(route: Route, what: Literal["headers", "files"]) -> bool:
    """Whether the module of this route reads them, and not only the code that stands before every route."""
    module = inspect.getmodule(HANDLERS[route].fn)
    assert module is not None
    return re.search(READS[what], inspect.getsource(module)) is not None


def reads_criteria(route: Route) -> bool:
    """Whether this route asks for what stands after the ? of its address."""
    return bool({"criteres", "destination"} & set(inspect.signature(HANDLERS[route].fn).parameters))


def criteria_of(route: Route) -> Sequence[str]:
    """The values given to every criterion at once: all of them to who reads one."""
    return list(VALEURS) if reads_criteria(route) else in_turn(route, VALEURS)


def suffixes_of(route: Route) -> Sequence[str]:
    """What may follow the address: all of it where it is a part of the last parameter."""
    return SUFFIXES if route.chemin.endswith("}") else in_turn(route, SUFFIXES)


def queries_of(route: Route) -> Sequence[str]:
    """Odd queries."""
    own = CRITERES if reads_criteria(route) else ()
    return [*own, *in_turn(route, (name for name in QUERIES if name not in own))]


def headers_of(route: Route) -> Sequence[str]:
    """Odd headers: all of them for who reads them."""
    if reads_itself(route, "headers"):
        return list(ENTETES)
    return [REGION, *in_turn(route, (name for name in ENTETES if name != REGION))]


def cookies_of(route: Route) -> Sequence[str]:
    """Odd cookies: all of them for who reads them."""
    return list(COOKIES) if reads_itself(route, "headers") else in_turn(route, COOKIES)


def methods_of(route: Route) -> Sequence[str]:
    """Odd methods, which no route sees."""
    return in_turn(route, METHODES)


def bodies_of(route: Route) -> Sequence[str]:
    """Odd bodies: all of them where the code that reads every form does not."""
    if OPTIONS[route].get("sans_csrf"):
        return BODIES
    return [VIDE, *in_turn(route, (name for name in BODIES if name != VIDE))]


def files_of(route: Route) -> Sequence[tuple[str, bytes]]:
    """Odd files: all of them for who takes files."""
    # Six shares nothing with five contents nor seven names: each route meets nearly all of them.
    return FICHIERS if reads_itself(route, "files") else in_turn(route, FICHIERS, turns=6)
