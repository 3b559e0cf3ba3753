"""The cookies of a visit: the only code that reads or writes one."""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie, MutableScopeHeaders

from app.affichage import Affichage
from app.chiffrement import Illisible
from app.domain.faits.scellement import trousseau
from app.settings import get_settings

DURABLE_SECONDS = 30 * 24 * 3600
# The cookie lives a day longer than the session: a form that meets its end is still known as its agent’s.
SESSION_COOKIE_SECONDS = DURABLE_SECONDS + 24 * 3600
CONNEXION_SECONDS = 24 * 3600
ANNONCE_SECONDS = 30
PROCONNECT_SECONDS = 600
FIN_PROCONNECT = "cookie:proconnect:fin"
AFFICHAGE_SECONDS = 365 * 24 * 3600
#: How many closed information bands and announcements a browser remembers.
BANDEAUX_MAX = 20
# As `Bandeau.nom` and `Maintenance.nom` write them.
_NOM_BANDEAU = re.compile(r"m?\d{1,10}-\d{1,10}", re.ASCII)

_Request = Request[Any, Any, Any]


def cookie_name(name: str) -> str:
    """`__Host-` over https: the browser itself then refuses a copy from elsewhere."""
    return f"__Host-{name}" if get_settings().is_https else name


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


def read_session_jeton(request: _Request) -> str | None:
    """The token of the session cookie `agent.token.mac` when we made it, even if the session has ended."""
    parts = request.cookies.get(cookie_name("session"), "").split(".")
    if len(parts) != 3 or not hmac.compare_digest(parts[2].encode(), _session_mac(parts[0], parts[1])):
        return None
    return parts[1]


def _session_mac(agent: str, jeton: str) -> bytes:
    key = get_settings().secret_key.encode()
    return hmac.new(key, f"session:{agent}:{jeton}".encode(), hashlib.sha256).hexdigest().encode()


def former_agent(request: _Request) -> int | None:
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


def read_anchor(request: _Request) -> str:
    """What a form of this visit is bound to: the session, or the browser when signed out."""
    return request.cookies.get(cookie_name("session")) or read_navigateur(request)


def read_navigateur(request: _Request) -> str:
    """The random name of this browser, made on the first signed-out visit: a link works alone only there."""
    name = request.cookies.get(cookie_name("navigateur"), "")
    if not name:
        name = request.state.get("navigateur") or secrets.token_urlsafe(24)
        request.state.navigateur = name
    return name


def keep_navigateur(request: _Request, response: Response[Any]) -> None:
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


def read_attente(request: _Request) -> Attente | None:
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


def set_proconnect(response: Response[Any], said: list[str]) -> None:
    """What this browser must bring back from the provider, and where it was going; sealed, for ten minutes."""
    sealed = trousseau().seal_text(json.dumps(said), "cookie:proconnect").hex()
    _set(response, "proconnect", sealed, PROCONNECT_SECONDS)


def read_proconnect(request: _Request) -> list[str] | None:
    """What `set_proconnect` kept; None when there is none or it is not ours."""
    return _read_proconnect(request, "cookie:proconnect")


def _read_proconnect(request: _Request, contexte: str) -> list[str] | None:
    try:
        sealed = bytes.fromhex(request.cookies.get(cookie_name("proconnect"), ""))
        said: list[str] = json.loads(trousseau().open_text(sealed, contexte))
    except (ValueError, Illisible):
        return None
    return said


def set_fin_proconnect(response: Response[Any], said: list[str]) -> None:
    """What ends the session of the provider, once ours has ended: its ID token, the state of the visit there, and where
    one goes afterwards. Under the same name, for one never leaves and comes in at once; sealed, for ten minutes.
    """
    _set(
        response,
        "proconnect",
        trousseau().seal_text(json.dumps(said), FIN_PROCONNECT).hex(),
        PROCONNECT_SECONDS,
    )


def read_fin_proconnect(request: _Request) -> list[str] | None:
    """What `set_fin_proconnect` kept; None when there is none or it is not ours."""
    return _read_proconnect(request, FIN_PROCONNECT)


def clear_proconnect(response: Response[Any]) -> None:
    """It came back, or it is too late."""
    _clear(response, "proconnect")


def set_affichage(response: Response[Any], affichage: Affichage) -> None:
    """Remember how pages are shown in this browser; it outlives sessions and says nothing of anybody."""
    _set(response, "affichage", affichage.as_cookie(), AFFICHAGE_SECONDS)


def read_affichage(request: _Request) -> Affichage:
    """What `set_affichage` kept, whatever the cookie holds."""
    return Affichage.of_cookie(request.cookies.get(cookie_name("affichage"), ""))


def set_annonce(response: Response[Any], code: str) -> None:
    """Announce something on the next page; `code` is a key of `pages.ANNONCES`, never a text."""
    _set(response, "annonce", code, ANNONCE_SECONDS)


def add_annonce(headers: MutableScopeHeaders, code: str) -> None:
    """The same, to an answer that is on its way."""
    response: Response[Any] = Response(content=b"")
    set_annonce(response, code)
    headers.add("set-cookie", response.cookies[0].to_header(header=""))


def read_annonce(request: _Request) -> str:
    """The code of the announcement waiting, or nothing."""
    return request.cookies.get(cookie_name("annonce"), "")


def clear_annonce(response: Response[Any]) -> None:
    """It was shown."""
    _clear(response, "annonce")


def is_nom_bandeau(nom: str) -> bool:
    """It has the shape of the name of a band or of an announcement."""
    return _NOM_BANDEAU.fullmatch(nom) is not None


def read_bandeaux_fermes(request: _Request) -> frozenset[str]:
    """The information bands that this browser has closed, by the name of each edition."""
    return frozenset(_list_bandeaux_fermes(request))


def close_bandeau(request: _Request, response: Response[Any], nom: str) -> None:
    """Remember one more, for thirty days; the last ones only."""
    kept = [other for other in _list_bandeaux_fermes(request) if other != nom]
    _set(response, "bandeaux", ".".join([*kept, nom][-BANDEAUX_MAX:]), DURABLE_SECONDS)


def _list_bandeaux_fermes(request: _Request) -> list[str]:
    # A cookie may hold anything: what is no name of a band is not sent back.
    kept = request.cookies.get(cookie_name("bandeaux"), "").split(".")
    return [nom for nom in kept if is_nom_bandeau(nom)]
