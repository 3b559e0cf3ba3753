"""A form is ours or is refused: the origin the browser says, and a token bound to the session that was shown it."""

import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request

from app.cookies import former_agent, read_anchor
from app.domain.regles.errors import Conflit, Refus
from app.formulaire import Formulaire
from app.settings import get_settings, origin_of

PERIMEE = "Cette page n’est plus à jour. Revenez en arrière, rechargez-la et recommencez."

_Request = Request[Any, Any, Any]


def make_csrf(request: _Request) -> str:
    """A token for the forms of this page, bound to the session (or to the browser when signed out), and signed by
    the agent: a form left open while they signed in again is theirs still, and asks to be sent again.

    Salted each time, so that a compressed page never says it (BREACH).
    """
    salt = secrets.token_hex(8)
    return f"{salt}.{_csrf_mac(read_anchor(request), salt)}.{_owner_mac(request, salt)}"


def check_csrf(request: _Request, formulaire: Formulaire) -> None:
    """Raises Refus unless the form is ours: right origin, and a token of this session.

    Raises Conflit for a token of a former session of the same agent, from a browser that says where it posts from:
    nothing is done, the page of the error gives back what was typed.
    """
    check_origin(request)
    salt, _, rest = formulaire.texte("csrf").partition(".")
    mac, _, owner = rest.partition(".")
    if hmac.compare_digest(mac.encode(), _csrf_mac(read_anchor(request), salt).encode()):
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    is_said_ours = site == "same-origin" or origin not in {None, "null"}
    is_same_agent = hmac.compare_digest(owner.encode(), _owner_mac(request, salt).encode())
    if is_said_ours and is_same_agent and former_agent(request) is not None:
        raise Conflit(
            "Vous vous êtes reconnecté depuis que cette page est ouverte : rien n’est encore envoyé."
        )
    raise Refus(PERIMEE)


def check_origin(request: _Request) -> None:
    """Raises Refus when the browser says that another site posts."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "")
    if site not in {"", "same-origin", "none"}:
        raise Refus(PERIMEE)
    if origin in {None, "", "null"}:
        return
    if get_settings().is_production:
        is_ours = origin_of(origin) == origin_of(get_settings().base_url)
    else:
        # A demonstration answers to any name it is given.
        is_ours = origin_of(origin)[1] == request.headers.get("host")
    if not is_ours:
        raise Refus(PERIMEE)


def _csrf_mac(anchor: str, salt: str, kind: str = "csrf") -> str:
    key = get_settings().secret_key.encode()
    return hmac.new(key, f"{kind}:{salt}:{anchor}".encode(), hashlib.sha256).hexdigest()


def _owner_mac(request: _Request, salt: str) -> str:
    return _csrf_mac(str(former_agent(request)), salt, "csrf-agent")
