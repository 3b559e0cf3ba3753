"""A provider of OpenID Connect of our own, on a real port: discovery, codes, PKCE, signed tokens; and its faults.

People meet it too: a page where they sign in or give up, a session that it keeps, and an end to it.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "aplus", "un-secret-d-essai"
JSON, JWT, HTML = "application/json", "application/jwt", "text/html; charset=utf-8"
FIN = "/connexion/proconnect/fin"
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>ProConnect d’essai</title>
<link rel="icon" href="data:,"></head><body><main><h1>ProConnect d’essai</h1><form action="/identification">{champs}
<label>Adresse <input name="email"></label> <button name="acte" value="oui">Continuer</button>
<button name="acte" value="non">Annuler</button></form></main></body></html>"""


def _same(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@cache
def _make_key(_nom: str) -> RSAKey:
    """A key takes a tenth of a second to make: the same ones serve every test."""
    return RSAKey.generate_key(2048, parameters={"kid": "k1"})


@dataclass
class FauxProConnect:
    """`tamper` changes the ID token before it is signed; `info` is what is said of who signs in, a token too when
    `is_signed`; `status` is the answer of the token endpoint, `slow` the seconds it takes. `session` is who a browser
    has signed in, `fins` what ended it; `is_away`: nothing is answered; `has_end`: it says how to end a session.
    """

    issuer: str
    now: int
    key: RSAKey = field(default_factory=lambda: _make_key("sienne"))
    other: RSAKey = field(default_factory=lambda: _make_key("autre"))
    tamper: Callable[[dict[str, Any]], dict[str, Any]] = _same
    info: dict[str, Any] = field(default_factory=dict)
    is_signed: bool = True
    is_forged: bool = False
    status: int = 200
    slow: float = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    session: str = ""
    fins: list[dict[str, str]] = field(default_factory=list)
    is_away: bool = False
    has_end: bool = True

    def accept(self, url: str, email: str, **info: Any) -> dict[str, str]:
        """Somebody signs in there: what the browser brings back from this address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/autorisation?") and asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        self.info = {"sub": "agent-1", "email": email, "email_verified": True, **info}
        return {"code": code, "state": asked["state"]}

    def answer(self, chemin: str, form: dict[str, str], bearer: str) -> tuple[int, str, Any]:
        """Status, type and content; for a redirection, where to."""
        if chemin in {"/autorisation", "/identification", "/fin"}:
            return self._meet(chemin, form)
        if chemin == "/.well-known/openid-configuration":
            return 200, JSON, self._addresses()
        if chemin == "/cles":
            return 200, JSON, {"keys": [self.key.as_dict(private=False)]}
        if chemin == "/jeton":
            return self._give(form)
        if chemin == "/identite" and bearer == "acces-agent-1":
            return (
                200,
                JWT if self.is_signed else JSON,
                self._sign(self.info) if self.is_signed else self.info,
            )
        return 401, JSON, {"error": "invalid_token"}

    def _addresses(self) -> dict[str, str]:
        places = {"authorization": "autorisation", "token": "jeton", "userinfo": "identite"}
        if self.has_end:
            places["end_session"] = "fin"
        found = {f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in places.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/cles", **found}

    def _meet(self, chemin: str, form: dict[str, str]) -> tuple[int, str, Any]:
        """Somebody at a browser: who has a session here goes back at once."""
        if chemin == "/fin":
            hint = jwt.decode(form["id_token_hint"], self.key, algorithms=["RS256"]).claims
            assert hint["aud"] == CLIENT and urlsplit(form["post_logout_redirect_uri"]).path == FIN
            self.fins.append(form)
            self.session = ""
            return 303, HTML, f"{form['post_logout_redirect_uri']}?{urlencode({'state': form['state']})}"
        if form.get("acte") == "non":
            brought = {"error": "access_denied", "state": form["state"]}
            return 303, HTML, f"{form['redirect_uri']}?{urlencode(brought)}"
        self.session = form.get("email") or self.session
        if not self.session:
            champs = (
                f'<input type="hidden" name="{name}" value="{escape(said)}">' for name, said in form.items()
            )
            return 200, HTML, PAGE.format(champs="".join(champs))
        brought = self.accept(f"{self.issuer}/autorisation?{urlencode(form)}", self.session)
        return 303, HTML, f"{form['redirect_uri']}?{urlencode(brought)}"

    def _give(self, form: dict[str, str]) -> tuple[int, str, Any]:
        time.sleep(self.slow)
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return 400, JSON, {"error": "invalid_grant"}
        now = self.now or int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "sub": "agent-1", "nonce": asked["nonce"]},
            **{"iat": now, "exp": now + 60},
        }
        jeton = self._sign(self.tamper(claims))
        return self.status, JSON, {"access_token": "acces-agent-1", "token_type": "Bearer", "id_token": jeton}

    def _sign(self, claims: dict[str, Any]) -> str:
        signed: str = jwt.encode(
            {"alg": "RS256", "kid": "k1"}, claims, self.other if self.is_forged else self.key
        )
        return signed


@contextmanager
def serve(now: int) -> Iterator[FauxProConnect]:
    """The provider, listening until the end; at 0 it has the hour of the machine."""

    class Guichet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say({name: values[0] for name, values in parse_qs(body).items()})

        def _say(self, form: dict[str, str]) -> None:
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            chemin = urlsplit(self.path).path
            status, kind, content = (
                (500, JSON, {}) if provider.is_away else provider.answer(chemin, form, bearer)
            )
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            if status == 303:
                self.send_header("location", str(content))
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """It says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Guichet)
    provider = FauxProConnect(f"http://127.0.0.1:{server.server_port}", now)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
