"""ProConnect, or any other provider of OpenID Connect: who one is, said by the State’s own service of identity.

The flow of OpenID Connect Core 1.0 with a code, PKCE (RFC 7636), a state and a nonce; its addresses are discovered.
`authlib` and `joserfc` judge what is signed, `httpx` asks. All three are loaded late: only a site whose door is open
needs them.
"""

import asyncio
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.domain.mots.adresses import read_adresse
from app.settings import Settings

#: All that one visit asks of the provider, together: nobody waits longer for a page (quality R10).
SECONDS = 12.0
ANSWER_MAX = 256 * 1024
#: Visits that ask it at once, in this process; the next ones wait within their seconds. Any stranger may begin one.
PLACES = asyncio.Semaphore(20)
SCOPE = "openid email"
#: Where a provider ends its sessions; not all of them say it.
END = "end_session_endpoint"
#: Only these: a token signed by nobody, or by a secret that we share, proves nothing.
ALGORITHMES = ["RS256", "PS256", "ES256"]
#: How far the clock of the provider may stand from ours.
LEEWAY_SECONDS = 60
RETOUR = "/connexion/proconnect/retour"
FIN = "/connexion/proconnect/fin"
#: A longer ID token is not kept: it comes back in a cookie when one leaves, which holds 4 096 bytes.
JETON_MAX = 1_800


class ProConnectInjoignable(Exception):
    """The provider does not answer, or not as it must: nobody knows who this is."""


class ProConnectRefuse(Exception):
    """What came back does not prove who this is; the message is the code of the reason, for the log."""


@dataclass(frozen=True, repr=False)
class Aller:
    """What this browser alone knows of its visit to the provider, until it comes back."""

    etat: str
    nonce: str
    verifieur: str


@dataclass(frozen=True, repr=False)
class Identite:
    """Who this is: an address that the provider has verified. `jeton` is the ID token, with which its own session may
    be ended later; nothing where it does not know how to.
    """

    adresse: str
    jeton: str


@dataclass(frozen=True, repr=False)
class Fournisseur:
    """The provider, as the operator registered this site there."""

    issuer: str
    client: str
    secret: str
    retour: str
    fin: str

    async def begin(self) -> tuple[str, Aller]:
        """Where to send the browser, and what it must bring back. Raises ProConnectInjoignable."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - see above

        async with _in_time():
            adresses = await self._discover()
        aller = Aller(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.retour,
            "scope": SCOPE,
            "state": aller.etat,
            "nonce": aller.nonce,
            "code_challenge": create_s256_code_challenge(aller.verifieur),
            "code_challenge_method": "S256",
        }
        return f"{adresses['authorization_endpoint']}?{urlencode(asked)}", aller

    async def finish(self, code: str, aller: Aller, now: datetime) -> Identite:
        """Who this is, for the code it gave this browser. Raises ProConnectInjoignable, ProConnectRefuse."""
        async with _in_time():
            return await self._prove(code, aller, now)

    async def leave(self, jeton: str) -> tuple[str, str]:
        """Where to send the browser so that the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0),
        and the state it must bring back. Raises ProConnectInjoignable.
        """
        async with _in_time():
            adresses = await self._discover()
        if END not in adresses:
            raise ProConnectInjoignable("no end")
        etat = secrets.token_urlsafe(32)
        asked = {
            "id_token_hint": jeton,
            "client_id": self.client,
            "post_logout_redirect_uri": self.fin,
            "state": etat,
        }
        return f"{adresses[END]}?{urlencode(asked)}", etat

    async def _prove(self, code: str, aller: Aller, now: datetime) -> Identite:
        adresses = await self._discover()
        jetons = await self._ask(
            "POST",
            adresses["token_endpoint"],
            form={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.retour,
                "client_id": self.client,
                "client_secret": self.secret,
                "code_verifier": aller.verifieur,
            },
        )
        keys = await self._ask("GET", adresses["jwks_uri"])
        identite = self._judge(jetons, keys, aller, now)
        said = await self._ask(
            "GET", adresses["userinfo_endpoint"], bearer=str(jetons.get("access_token", "")), keys=keys
        )
        if said.get("sub") != identite["sub"]:
            raise ProConnectRefuse("sub")
        if said.get("email_verified") is not True:
            raise ProConnectRefuse("adresse non vérifiée")
        verified = str(said.get("email", ""))
        adresse = read_adresse(verified)
        # What people type is tidied; here, a sign more is another mailbox, perhaps of somebody else.
        if adresse is None or adresse != verified.lower():
            raise ProConnectRefuse("adresse")
        jeton = str(jetons["id_token"])
        return Identite(adresse, jeton if END in adresses and len(jeton) <= JETON_MAX else "")

    def _judge(
        self, jetons: Mapping[str, Any], keys: Mapping[str, Any], aller: Aller, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of the ID token: signed by the provider, for this site, for this visit, and alive."""
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - see above
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        must = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client},
            "nonce": {"essential": True, "value": aller.nonce},
        }
        params = {"nonce": aller.nonce, "client_id": self.client, "access_token": jetons.get("access_token")}
        try:
            jeton = _decode(str(jetons.get("id_token", "")), keys)
            CodeIDToken(jeton.claims, jeton.header, must, params).validate(
                now=int(now.timestamp()), leeway=LEEWAY_SECONDS
            )
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise ProConnectRefuse(type(error).__name__) from error
        claims: Mapping[str, Any] = jeton.claims
        return claims

    async def _discover(self) -> Mapping[str, str]:
        """The addresses of the provider, which says itself who it is. Raises ProConnectInjoignable."""
        found = await self._ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        names: tuple[str, ...] = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        scheme = urlsplit(self.issuer).scheme
        if found.get("issuer") != self.issuer or any(
            urlsplit(str(found.get(name))).scheme != scheme for name in names
        ):
            raise ProConnectInjoignable("discovery")
        if urlsplit(str(found.get(END))).scheme == scheme:
            names = (*names, END)
        return {name: str(found[name]) for name in names}

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        bearer: str = "",
        keys: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """One answer of the provider: JSON, or signed (`application/jwt`) and then judged by these keys.

        No redirection is followed. Raises ProConnectInjoignable, ProConnectRefuse.
        """
        import httpx  # noqa: PLC0415 - see above
        from joserfc.errors import JoseError  # noqa: PLC0415

        trusted = await asyncio.to_thread(_read_authorities)
        headers = {"accept": "application/json, application/jwt"}
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        try:
            async with (
                httpx.AsyncClient(timeout=SECONDS, trust_env=False, verify=trusted) as client,
                client.stream(method, url, data=form, headers=headers) as response,
            ):
                content = b""
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > ANSWER_MAX:
                        raise ProConnectInjoignable("too long")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProConnectInjoignable(type(error).__name__) from error
        if response.status_code in {400, 401, 403}:
            raise ProConnectRefuse(f"http {response.status_code}")
        if response.status_code != 200:
            raise ProConnectInjoignable(f"http {response.status_code}")
        try:
            if keys is not None and "jwt" in response.headers.get("content-type", ""):
                read = _decode(content.decode("ascii"), keys).claims
            else:
                read = json.loads(content)
        except (JoseError, ValueError) as error:
            raise ProConnectRefuse(type(error).__name__) from error
        if not isinstance(read, dict):
            raise ProConnectInjoignable("not an object")
        return read


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """What is done inside ends within SECONDS, the wait for a place included. Raises ProConnectInjoignable."""
    try:
        async with asyncio.timeout(SECONDS), PLACES:
            yield
    except TimeoutError as error:
        raise ProConnectInjoignable("too slow") from error


@cache
def _read_authorities() -> ssl.SSLContext:
    """Whom `httpx` trusts to sign certificates. To read them takes a tenth of a second: once, and in a thread, for any
    stranger may ask for it.
    """
    import httpx  # noqa: PLC0415 - see above

    return httpx.create_ssl_context(trust_env=False)


def find_fournisseur(settings: Settings) -> Fournisseur | None:
    """The provider the operator named, or None: the door is then not there."""
    if settings.proconnect_url is None:
        return None
    return Fournisseur(
        settings.proconnect_url.rstrip("/"),
        settings.proconnect_client,
        settings.proconnect_secret,
        settings.base_url + RETOUR,
        settings.base_url + FIN,
    )


def _decode(jeton: str, keys: Mapping[str, Any]) -> Any:
    """A signed token, once one of these keys has signed it. Raises JoseError, ValueError."""
    from joserfc import jwt  # noqa: PLC0415 - see above
    from joserfc.jwk import KeySet  # noqa: PLC0415

    return jwt.decode(jeton, KeySet.import_key_set(keys), algorithms=ALGORITHMES)
