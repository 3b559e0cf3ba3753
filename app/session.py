"""Cookie → who is signed in; CSRF; `now`. The only code that reads or writes a cookie, and one of the clock's doors.

Who is not signed in goes to /connexion and comes back where they were going.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from app.chiffrement import Illisible
from app.domain.errors import Conflit, Refus
from app.domain.navigateurs import Navigateur, describe_navigateur
from app.domain.posts_scelles import seal_post
from app.domain.scellement import trousseau
from app.domain.sessions import Signed, find_signed
from app.formulaire import Formulaire
from app.settings import get_settings, origin_of
from app.televersement import read_pairs

DURABLE_SECONDS = 30 * 24 * 3600
# A day more than the session itself: a form that meets its end is still known as its agent's.
SESSION_COOKIE_SECONDS = DURABLE_SECONDS + 24 * 3600
CONNEXION_SECONDS = 24 * 3600
ANNONCE_SECONDS = 30
REPRISE = "/reprise/"
PERIMEE = "Cette page n’est plus à jour. Revenez en arrière, rechargez-la et recommencez."

clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - tests set it

type_of_request = Request[Any, Any, Any]


def cookie_name(name: str) -> str:
    """`__Host-` over https: the browser itself then refuses a copy from elsewhere."""
    return f"__Host-{name}" if get_settings().is_https else name


def read_now(request: type_of_request) -> datetime:
    """The instant of this visit: one for the whole request."""
    now: datetime = request.state.now
    return now


def read_chemin(request: type_of_request) -> str:
    """The path of this visit. Not `request.url`: it is made with the Host header, and breaks on a malformed one."""
    chemin: str = request.scope["path"]
    return chemin


def read_signed(request: type_of_request) -> Signed | None:
    """Who is signed in on this visit, or None."""
    signed: Signed | None = request.state.get("signed")
    return signed


async def open_visit(request: type_of_request) -> Response[Any] | None:
    """Before every handler: learn when and who; turn away who may not come in.

    Raises Refus for a POST that does not come from one of our own forms, Conflit when it comes from a form of this
    agent's former session.
    """
    request.state.now = clock()
    opt = request.route_handler.opt
    if opt.get("sans_session"):
        return None
    if request.method == "POST" and not opt.get("sans_csrf"):
        # Before the base is asked anything: when it is away, the error page gives back what was typed.
        request.state.formulaire = await read_formulaire(request)
        check_csrf(request, request.state.formulaire)
    jeton = read_session_jeton(request)
    request.state.signed = await find_signed(jeton, request.state.now) if jeton else None
    if request.state.signed is None:
        return None if opt.get("public") else await turn_away(request)
    if request.state.signed.cgu_version != get_settings().cgu_version and not opt.get("sans_cgu"):
        return _see_other(request, f"/cgu?destination={quote(await _way_back(request))}")
    return None


async def turn_away(request: type_of_request) -> Response[Any]:
    """To /connexion, and back; what was being sent is kept for the same agent (product §4)."""
    back = await _way_back(request)
    annonce = "envoi_garde" if back.startswith(REPRISE) else None
    return _see_other(request, f"/connexion?destination={quote(back, safe='')}", annonce)


async def _way_back(request: type_of_request) -> str:
    """The page this visit was going to; for a form, the page that will send it again."""
    query = request.scope["query_string"].decode("latin-1")
    here = read_chemin(request) + (f"?{query}" if query else "")
    if request.method == "GET":
        return here
    formulaire: Formulaire | None = request.state.get("formulaire")
    agent = former_agent(request)
    if formulaire is None or agent is None:
        return "/"
    kept = await seal_post(
        agent, here, formulaire.champs, has_files=formulaire.has_files(), now=read_now(request)
    )
    return f"{REPRISE}{kept}" if kept else "/"


def _see_other(request: type_of_request, url: str, annonce: str | None = None) -> Response[Any]:
    from app.pages import go  # noqa: PLC0415 - pages shows what session learned

    return go(request, url, annonce=annonce)


# --- Forms ------------------------------------------------------------------------------------------------------


async def read_formulaire(request: type_of_request) -> Formulaire:
    """The posted form. Raises a 400 or 413 HTTPException when it cannot be read as one.

    The files of a stranger are not even kept for the time of the request.
    """
    try:
        return Formulaire.of_pairs(await read_pairs(request, keeps_files=former_agent(request) is not None))
    except HTTPException as error:
        if error.status_code in {400, 413}:
            raise
        raise HTTPException(status_code=400) from error
    except (ValueError, LookupError, RecursionError, EOFError) as error:
        raise HTTPException(status_code=400) from error


def make_csrf(request: type_of_request) -> str:
    """A token for the forms of this page, bound to the session (or to the browser when signed out), and signed by
    the agent: a form left open while they signed in again is theirs still, and asks to be sent again.

    Salted each time, so that a compressed page never says it (BREACH).
    """
    salt = secrets.token_hex(8)
    return f"{salt}.{_csrf_mac(_anchor(request), salt)}.{_owner_mac(request, salt)}"


def check_csrf(request: type_of_request, formulaire: Formulaire) -> None:
    """Raises Refus unless the form is ours: right origin, and a token of this session.

    Raises Conflit for a token of a former session of the same agent, from a browser that says where it posts from:
    nothing is done, the page of the error gives back what was typed.
    """
    check_origin(request)
    salt, _, rest = formulaire.texte("csrf").partition(".")
    mac, _, owner = rest.partition(".")
    if hmac.compare_digest(mac.encode(), _csrf_mac(_anchor(request), salt).encode()):
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    is_said_ours = site == "same-origin" or origin not in {None, "null"}
    is_same_agent = hmac.compare_digest(owner.encode(), _owner_mac(request, salt).encode())
    if is_said_ours and is_same_agent and former_agent(request) is not None:
        raise Conflit(
            "Vous vous êtes reconnecté depuis que cette page est ouverte : rien n’est encore envoyé."
        )
    raise Refus(PERIMEE)


def check_origin(request: type_of_request) -> None:
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


def _anchor(request: type_of_request) -> str:
    return request.cookies.get(cookie_name("session")) or read_navigateur(request)


def _csrf_mac(anchor: str, salt: str, kind: str = "csrf") -> str:
    key = get_settings().secret_key.encode()
    return hmac.new(key, f"{kind}:{salt}:{anchor}".encode(), hashlib.sha256).hexdigest()


def _owner_mac(request: type_of_request, salt: str) -> str:
    return _csrf_mac(str(former_agent(request)), salt, "csrf-agent")


# --- Cookies ----------------------------------------------------------------------------------------------------


def _set(response: Response[Any], name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        Cookie(
            key=cookie_name(name),
            value=value,
            max_age=max_age,
            path="/",
            httponly=True,
            secure=get_settings().is_https,
            samesite="lax",
        )
    )


def _clear(response: Response[Any], name: str) -> None:
    _set(response, name, "", 0)


def read_session_jeton(request: type_of_request) -> str | None:
    """The token of the session cookie `agent.token.mac` when we made it, even if the session has ended."""
    parts = request.cookies.get(cookie_name("session"), "").split(".")
    if len(parts) != 3 or not hmac.compare_digest(parts[2].encode(), _session_mac(parts[0], parts[1])):
        return None
    return parts[1]


def _session_mac(agent: str, jeton: str) -> bytes:
    key = get_settings().secret_key.encode()
    return hmac.new(key, f"session:{agent}:{jeton}".encode(), hashlib.sha256).hexdigest().encode()


def former_agent(request: type_of_request) -> int | None:
    """Whose session this browser last had, even ended: what they were posting may be kept for them alone."""
    if read_session_jeton(request) is None:
        return None
    return int(request.cookies[cookie_name("session")].split(".")[0])


def set_session(response: Response[Any], agent: int, jeton: str, *, is_durable: bool) -> None:
    """Give the browser its new session; without « rester connecté » it ends with the browser."""
    value = f"{agent}.{jeton}.{_session_mac(str(agent), jeton).decode()}"
    _set(response, "session", value, SESSION_COOKIE_SECONDS if is_durable else None)


def clear_session(response: Response[Any]) -> None:
    """Forget the session on this browser."""
    _clear(response, "session")


def read_navigateur(request: type_of_request) -> str:
    """The random name of this browser, made on the first signed-out visit: a link works alone only there."""
    name = request.cookies.get(cookie_name("navigateur"), "")
    if not name:
        name = request.state.get("navigateur") or secrets.token_urlsafe(24)
        request.state.navigateur = name
    return name


def read_visiteur(request: type_of_request) -> Navigateur:
    """The browser at the door, for the verbs of `domain/connexion.py`."""
    return Navigateur(
        nom=read_navigateur(request),
        ip=read_ip(request),
        mots=describe_navigateur(request.headers.get("user-agent", "")),
        former=read_session_jeton(request) or "",
    )


def keep_navigateur(request: type_of_request, response: Response[Any]) -> None:
    """Send the name just made, if any."""
    if made := request.state.get("navigateur"):
        _set(response, "navigateur", made, DURABLE_SECONDS)


@dataclass(frozen=True)
class Attente:
    """The sign-in mail this browser asked for. Kept in a sealed cookie, whether the address is known or not."""

    email: str
    destination: str
    is_durable: bool
    asked_at: datetime


def set_attente(response: Response[Any], attente: Attente) -> None:
    """Remember what sign-in mail was asked: the next page says it and may ask again."""
    said = {**asdict(attente), "asked_at": attente.asked_at.isoformat()}
    _set(
        response,
        "attente",
        trousseau().seal_text(json.dumps(said), "cookie:attente").hex(),
        CONNEXION_SECONDS,
    )


def read_attente(request: type_of_request) -> Attente | None:
    """What `set_attente` kept; None when there is none or it is not ours."""
    try:
        sealed = bytes.fromhex(request.cookies.get(cookie_name("attente"), ""))
        said = json.loads(trousseau().open_text(sealed, "cookie:attente"))
        return Attente(**{**said, "asked_at": datetime.fromisoformat(said["asked_at"])})
    except (ValueError, KeyError, TypeError, Illisible):
        return None


def clear_attente(response: Response[Any]) -> None:
    """It was answered, or the person leaves this browser."""
    _clear(response, "attente")


def set_annonce(response: Response[Any], code: str) -> None:
    """Announce something on the next page; `code` is a key of `pages.ANNONCES`, never a text."""
    _set(response, "annonce", code, ANNONCE_SECONDS)


def read_annonce(request: type_of_request) -> str:
    """The code of the announcement waiting, or nothing."""
    return request.cookies.get(cookie_name("annonce"), "")


def clear_annonce(response: Response[Any]) -> None:
    """It was shown."""
    _clear(response, "annonce")


def read_ip(request: type_of_request) -> str:
    """The visitor's address; X-Forwarded-For is believed from configured proxies only (quality S10)."""
    peer = request.client.host if request.client else ""
    if peer in get_settings().trusted_proxies:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        return forwarded[-1].strip() or peer
    return peer
