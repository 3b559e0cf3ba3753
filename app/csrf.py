"""A form is ours or is refused: the origin the browser says, and a token bound to the session that was shown it."""

import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request

from app.cookies import read_anchor
from app.domain.regles.errors import Conflit, Refus
from app.formulaire import Formulaire, as_id
from app.settings import get_settings, origin_of

#: The agent of a page that was shown to somebody signed out.
PERSONNE = 0

# What a page that is older than the session is answered, in the same words wherever it posts.
PERIMEE = "Cette page n’est plus à jour. Revenez en arrière, rechargez-la et recommencez."
RECONNECTE = "Vous vous êtes reconnecté depuis que cette page est ouverte : rien n’est encore envoyé."
AUTRE_COMPTE = (
    "Cette page a été ouverte sous un autre compte que celui qui est connecté maintenant : rien n’est envoyé."
)
# The same while one types: the page stays, and says what will become of the text.
DECONNECTE_DISCRET = (
    "Vous n’êtes plus connecté : continuez, puis envoyez. Votre envoi sera gardé, le temps de vous "
    "reconnecter."
)
AUTRE_COMPTE_DISCRET = (
    "Un autre compte est maintenant connecté dans ce navigateur : rien n’est enregistré. Continuez, puis envoyez : "
    "votre envoi sera gardé pour votre compte, le temps de vous reconnecter."
)

_Request = Request[Any, Any, Any]


class Reconnecte(Conflit):
    """The page belongs to a former session of who is signed in: what it says may be sent again as it is."""

    def __init__(self) -> None:
        super().__init__(RECONNECTE)


class AutreCompte(Conflit):
    """The page belongs to another agent than who is signed in; `reprise` is where its text waits for them."""

    def __init__(self, reprise: str) -> None:
        super().__init__(AUTRE_COMPTE)
        self.reprise = reprise


def make_csrf(request: _Request) -> str:
    """A token for the forms of this page, bound to the session (or to the browser when signed out), and signed for
    its agent: a page left open while somebody signed in again, or out, is still known as theirs.

    Salted each time, so that a compressed page never says it (BREACH).
    """
    return sign_page(read_anchor(request), _agent_shown(request), secrets.token_hex(8))


def sign_page(anchor: str, agent: int, salt: str) -> str:
    """The token of a page bound to `anchor` and shown to `agent`."""
    return f"{salt}.{_csrf_mac(anchor, salt)}.{_owner_mac(agent, salt)}.{agent}"


def _agent_shown(request: _Request) -> int:
    """Who this page is shown to: who is signed in, or, when the base could not say, who had the page that posted.

    The cookie of a session that has ended is nobody’s: whoever holds a copy of it would get pages of its agent. Nor is
    a page of « Voir comme » that of the agent it shows: what it posts later would be kept as if they had typed it.
    """
    signed, formulaire = request.state.get("signed"), request.state.get("formulaire")
    if signed is not None:
        return PERSONNE if signed.vue else int(signed.droits.agent)
    return page_agent(formulaire) if formulaire is not None else PERSONNE


def page_agent(formulaire: Formulaire) -> int:
    """The agent who was signed in on the page that posts this form; PERSONNE when nobody was, or it is not ours."""
    salt, _, owner, agent = _parts_of(formulaire)
    whose = as_id(agent) or PERSONNE
    return whose if hmac.compare_digest(owner.encode(), _owner_mac(whose, salt).encode()) else PERSONNE


def check_csrf(request: _Request, formulaire: Formulaire) -> int | None:
    """Whose page posts, when it is not of this very session: an agent, or PERSONNE. None when it is.

    Raises Refus unless the form is ours: right origin, and a token of this session, or one of a former session from a
    browser that says where it posts from. The caller decides what a former session may still do.
    """
    check_origin(request)
    salt, mac, owner, agent = _parts_of(formulaire)
    if hmac.compare_digest(mac.encode(), _csrf_mac(read_anchor(request), salt).encode()):
        return None
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    is_said_ours = site == "same-origin" or origin not in {None, "null"}
    whose = PERSONNE if agent == str(PERSONNE) else as_id(agent)
    if (
        is_said_ours
        and whose is not None
        and hmac.compare_digest(owner.encode(), _owner_mac(whose, salt).encode())
    ):
        return whose
    raise Refus(PERIMEE)


def check_origin(request: _Request) -> None:
    """Raises Refus when the browser says that another site posts."""
    origin = request.headers.get("origin")
    if not is_asked_here(request):
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


def is_asked_here(request: _Request) -> bool:
    """From a page of ours or an address that was typed, unless the browser says otherwise; old ones say nothing."""
    return request.headers.get("sec-fetch-site", "") in {"", "same-origin", "none"}


def _parts_of(formulaire: Formulaire) -> tuple[str, str, str, str]:
    salt, mac, owner, agent = [*formulaire.texte("csrf").split("."), "", "", ""][:4]
    return salt, mac, owner, agent


def _csrf_mac(anchor: str, salt: str, kind: str = "csrf") -> str:
    key = get_settings().secret_key.encode()
    return hmac.new(key, f"{kind}:{salt}:{anchor}".encode(), hashlib.sha256).hexdigest()


def _owner_mac(agent: int, salt: str) -> str:
    return _csrf_mac(str(agent), salt, "csrf-agent")
