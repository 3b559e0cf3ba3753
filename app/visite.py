"""What a request has learned of itself: who, when, from which address and which browser. One of the clock’s doors."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from litestar import Request
from litestar.datastructures import State

from app import horloge
from app.cookies import read_navigateur, read_session_jeton
from app.domain.acces.navigateurs import Navigateur, describe_navigateur
from app.domain.acces.sessions import Signed
from app.domain.faits.provenance import come_from, cut_network
from app.settings import get_settings
from app.touches import Touches, read_modificateur

#: Tests set it.
clock: Callable[[], datetime] = horloge.now

_Request = Request[Any, Any, Any]


class VisitRequest(_Request):
    """A request that makes its state once. Litestar’s own makes it anew, in 5 µs, for each of a page’s 26 readings."""

    @cached_property
    def state(self) -> State:
        """What the steps of this visit tell one another."""
        made: State = super().state
        return made


def read_now(request: _Request) -> datetime:
    """The instant of this visit: one for the whole request."""
    now: datetime = request.state.now
    return now


def read_chemin(request: _Request) -> str:
    """The path of this visit. Not `request.url`: it is made with the Host header, and breaks on a malformed one."""
    chemin: str = request.scope["path"]
    return chemin


def read_ici(request: _Request) -> str:
    """The address of this visit: its path, and what it asks."""
    asked = request.scope["query_string"].decode("latin-1")
    return f"{read_chemin(request)}?{asked}" if asked else read_chemin(request)


def read_signed(request: _Request) -> Signed | None:
    """Who is signed in on this visit, or None."""
    signed: Signed | None = request.state.get("signed")
    return signed


def is_of_other_account(request: _Request) -> bool:
    """A quiet save from a page of another agent than who is signed in: nobody is, for it."""
    return bool(request.state.get("other"))


def read_touches(request: _Request, *, is_on: bool) -> Touches:
    """The keyboard shortcuts, with the keys that this browser wants held for them."""
    return Touches(is_on, read_modificateur(request.headers.get("user-agent", "")))


def read_visiteur(request: _Request) -> Navigateur:
    """The browser at the door, for the verbs of `domain/acces/`."""
    return Navigateur(
        nom=read_navigateur(request),
        ip=read_ip(request),
        mots=describe_navigateur(request.headers.get("user-agent", "")),
        former=read_session_jeton(request) or "",
    )


def say_provenance(request: _Request) -> None:
    """What the journal keeps of where this visit comes from: a network and the family of a browser."""
    come_from(
        lambda: (
            cut_network(read_ip(request)),
            describe_navigateur(request.headers.get("user-agent", "")),
        )
    )


def read_ip(request: _Request) -> str:
    """The visitor's address; X-Forwarded-For is believed from configured proxies only (quality S10)."""
    peer = request.client.host if request.client else ""
    if get_settings().is_proxy(peer):
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        return forwarded[-1].strip() or peer
    return peer
