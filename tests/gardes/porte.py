"""The door of the site seen from the wire: any bytes may be sent, every answer is checked for what quality S5 asks.

Lower than `tests/browser.py`: httpx refuses to send what a hostile client sends.
"""

import asyncio
import contextlib
import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode

from app import cookies, csrf, visite
from app.domain.acces.sessions import open_session
from app.headers import with_headers
from app.main import create_litestar
from tests.factories import confirm_session

HOTE = "127.0.0.1:8000"
FORMULAIRE = "application/x-www-form-urlencoded"
SEL = "00"

# Written again here on purpose: what `app/headers.py` says must not be what judges it (quality S5).
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ENTETES = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PORTE = with_headers(create_litestar(is_tested=True))  # type: ignore[arg-type]

Entetes = Sequence[tuple[bytes, bytes]]
Champs = dict[str, Any]


@dataclass(frozen=True)
class Reponse:
    """What came back: status, headers (lower case, repeated ones kept), body as it was sent."""

    status: int
    entetes: tuple[tuple[str, str], ...]
    corps: bytes

    def entete(self, nom: str) -> str:
        """The value of a header, or nothing."""
        return next((valeur for cle, valeur in self.entetes if cle == nom), "")

    @property
    def texte(self) -> str:
        """The body as text; what a spreadsheet holds, unpacked."""
        if self.corps.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(self.corps)) as archive:
                return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        corps = gzip.decompress(self.corps) if self.entete("content-encoding") == "gzip" else self.corps
        return corps.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """A page, or a region of one."""
        return self.entete("content-type").startswith("text/html")

    @property
    def fautes(self) -> list[str]:
        """What quality S5 asks of every response and this one lacks."""
        fautes = [nom for nom, valeur in ENTETES.items() if self.entete(nom) != valeur]
        noms = [nom for nom, _ in self.entetes]
        fautes += [f"{nom} twice" for nom in ENTETES if noms.count(nom) > 1]
        if not self.entete("permissions-policy"):
            fautes.append("permissions-policy")
        for nom, valeur in self.entetes:
            if nom == "set-cookie":
                low = valeur.lower()
                fautes += [f"cookie {a}" for a in ("httponly", "samesite=lax", "path=/") if a not in low]
                if "domain=" in low:
                    fautes.append("cookie with a domain")
        return fautes


@dataclass
class Visiteur:
    """Someone at the door: their cookies, kept as a browser keeps them. `agent` is None when signed out."""

    agent: int | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def csrf(self) -> str:
        """The token a page of ours would carry for this visitor."""
        anchor = self.cookies.get(cookies.cookie_name("session")) or self.cookies.get(
            cookies.cookie_name("navigateur"), ""
        )
        return csrf.sign_page(anchor, self.agent or csrf.PERSONNE, SEL)

    async def get(self, adresse: str, *, entetes: Entetes = (), htmx: bool = False) -> Reponse:
        """Open a page, or the region htmx would ask."""
        extra = [(b"hx-request", b"true")] if htmx else []
        return await self.send("GET", adresse, entetes=[*entetes, *extra])

    async def post(self, adresse: str, champs: Champs | None = None, *, htmx: bool = False) -> Reponse:
        """Post a form of ours."""
        extra = [(b"hx-request", b"true")] if htmx else []
        return await self.send("POST", adresse, corps=self.write(champs or {}), entetes=[*FORME, *extra])

    def write(self, champs: Champs) -> bytes:
        """The body of a form of ours, csrf included."""
        return urlencode([("csrf", self.csrf()), *pairs_of(champs)]).encode()

    async def send(
        self,
        methode: str,
        adresse: str | bytes,
        *,
        corps: bytes | Iterable[bytes] = b"",
        entetes: Entetes = (),
        keeps: bool = False,
    ) -> Reponse:
        """One request as it stands on the wire; with `keeps`, the cookies it sets are kept."""
        brute = adresse.encode() if isinstance(adresse, str) else adresse
        chemin, _, query = brute.partition(b"?")
        headers = [(b"host", HOTE.encode()), *entetes]
        if self.cookies and not any(nom == b"cookie" for nom, _ in entetes):
            headers.append((b"cookie", "; ".join(f"{n}={v}" for n, v in self.cookies.items()).encode()))
        if corps and not any(nom == b"content-length" for nom, _ in entetes) and isinstance(corps, bytes):
            headers.append((b"content-length", str(len(corps)).encode()))
        reponse = await _ask(
            {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.3"},
                "http_version": "1.1",
                "method": methode,
                "scheme": "http",
                # As uvicorn reads it.
                "path": unquote(chemin.decode("latin-1")),
                "raw_path": chemin,
                "query_string": query,
                "root_path": "",
                "headers": headers,
                "client": ("127.0.0.1", 50000),
                "server": ("127.0.0.1", 8000),
            },
            [corps] if isinstance(corps, bytes) else list(corps),
        )
        if keeps:
            self._keep(reponse)
        return reponse

    def _keep(self, reponse: Reponse) -> None:
        for nom, valeur in reponse.entetes:
            if nom != "set-cookie":
                continue
            for cle, biscuit in SimpleCookie(valeur).items():
                self.cookies.pop(cle, None)
                if biscuit["max-age"] != "0":
                    self.cookies[cle] = biscuit.value


FORME: Entetes = [(b"content-type", FORMULAIRE.encode())]


def pairs_of(champs: Champs) -> list[tuple[str, str]]:
    """Names and values; a list is a repeated field."""
    return [(n, str(un)) for n, v in champs.items() for un in (v if isinstance(v, list | tuple) else [v])]


async def enter(agent: int | None) -> Visiteur:
    """Someone signed in, or the stranger of the street with the name of their browser."""
    if agent is None:
        return Visiteur(None, {cookies.cookie_name("navigateur"): "essai"})
    jeton = await open_session(agent, is_durable=False, navigateur="essai", now=visite.clock())
    mac = cookies._session_mac(str(agent), await confirm_session(jeton)).decode()
    return Visiteur(agent, {cookies.cookie_name("session"): f"{agent}.{jeton}.{mac}"})


#: A handler that reads on after the end of the form is told that its visitor left.
PATIENCE = 2.0


async def _ask(scope: dict[str, Any], morceaux: list[bytes]) -> Reponse:
    left = list(reversed(morceaux))
    start: dict[str, Any] = {}
    corps: list[bytes] = []
    whole = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not left:
            # As a server does: the visitor stays until the answer is whole, or a streamed one would be cut.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(whole.wait(), PATIENCE)
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            corps.append(message.get("body", b""))
            if not message.get("more_body"):
                whole.set()

    await PORTE(scope, receive, send)
    entetes = tuple((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in start["headers"])
    return Reponse(start["status"], entetes, b"".join(corps))


def write_multipart(
    visiteur: Visiteur,
    champs: Champs,
    fichier: bytes,
    nom: str = "attestation.txt",
    *,
    champ: str = "fichiers",
) -> tuple[bytes, tuple[bytes, bytes]]:
    """A form of ours with one file in `champ`, and its content-type."""
    parts = [
        f'--limite\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{valeur}\r\n'.encode()
        for name, valeur in [("csrf", visiteur.csrf()), *pairs_of(champs)]
    ]
    head = f'--limite\r\nContent-Disposition: form-data; name="{champ}"; filename="{nom}"\r\n\r\n'
    return (
        b"".join([*parts, head.encode(), fichier, b"\r\n--limite--\r\n"]),
        (b"content-type", b"multipart/form-data; boundary=limite"),
    )
