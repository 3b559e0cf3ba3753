"""A provider of OpenID Connect of our own, on a real port: discovery, codes, PKCE, signed tokens; and its faults."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "aplus", "un-secret-d-essai"
JSON, JWT = "application/json", "application/jwt"


def _same(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@dataclass
class FauxProConnect:
    """`tamper` changes the ID token before it is signed; `info` is what is said of who signs in, a token too when
    `is_signed`; `status` is the answer of the token endpoint, `slow` the seconds it takes.
    """

    issuer: str
    now: int
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "k1"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "k1"}))
    tamper: Callable[[dict[str, Any]], dict[str, Any]] = _same
    info: dict[str, Any] = field(default_factory=dict)
    is_signed: bool = True
    is_forged: bool = False
    status: int = 200
    slow: float = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

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
        """Status, type and content."""
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
        found = {f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in places.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/cles", **found}

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
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "sub": "agent-1", "nonce": asked["nonce"]},
            **{"iat": self.now, "exp": self.now + 60},
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
    """The provider, listening until the end."""

    class Guichet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say({name: values[0] for name, values in parse_qs(body).items()})

        def _say(self, form: dict[str, str]) -> None:
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            status, kind, content = provider.answer(urlsplit(self.path).path, form, bearer)
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
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
