"""The outermost ring: headers of quality S5 on every response, HEAD answered like GET, no error without a page."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from app.database import REQUEST_SECONDS, limited
from app.domain.faits.provenance import visiting
from app.formulaire import clean_line
from app.masque import looking
from app.mesures import REQUESTS
from app.settings import get_settings

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
log = structlog.get_logger()

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), interest-cohort=()",
    b"x-frame-options": b"DENY",
}
LAST_WORDS = "Une erreur est survenue : réessayez dans un instant.".encode()
# It stands here, whole: no page of ours can be asked for by a request that nobody can read.
UNREADABLE = (
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Requête illisible – Administration+</title>'
    "</head><body><main><h1>Requête illisible</h1><p>Revenez à la page d’accueil.</p></main></body></html>"
).encode()
HSTS = b"max-age=63072000; includeSubDomains"
IMMUTABLE = b"public, max-age=31536000, immutable"
# Lynx keeps what is not to be stored, and shows it again as it was, unless it is told to ask as well.
FRESH = b"no-store, no-cache"


def with_headers(app: Asgi) -> Asgi:
    """Wrap the application."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        if not is_our_way(scope):
            await _refuse(send)
            return
        # What is read of a path never holds what no path of ours is made of; forms, queries and cookies are cleaned
        # where they are read.
        scope = {**scope, "path": clean_line(scope["path"])}
        is_static = scope["path"].startswith("/static/")

        is_started, status, started_at = False, 500, time.monotonic()

        async def send_dressed(message: Message) -> None:
            nonlocal is_started, status
            if message["type"] == "http.response.start":
                is_started, status = True, message["status"]
                message["headers"] = dress(message["headers"], message["status"], is_static=is_static)
            elif message["type"] == "http.response.body" and is_head:
                message = {**message, "body": b""}
            await send(message)

        REQUESTS.under_way += 1
        try:
            with limited(REQUEST_SECONDS), looking(), visiting():
                await app(scope, receive, send_dressed)
        except Exception as error:
            # The page of errors broke too. The server’s own log would quote what was typed, its page has no header.
            log.error("broken", error=type(error).__name__)
            if not is_started:
                await _say_last_words(send_dressed)
        finally:
            REQUESTS.under_way -= 1
            REQUESTS.count(status, time.monotonic() - started_at)

    return wrapped


def is_our_way(scope: Scope) -> bool:
    """Whether a request says one host, and a path of it: what proxies and servers read in two ways hides attacks."""
    hosts = sum(name.lower() == b"host" for name, _ in scope["headers"])
    return hosts == 1 and str(scope["path"]).startswith("/")


async def _refuse(send: Send) -> None:
    async def send_dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = dress(message["headers"], message["status"], is_static=False)
        await send(message)

    content_type = [(b"content-type", b"text/html; charset=utf-8")]
    await send_dressed({"type": "http.response.start", "status": 400, "headers": content_type})
    await send_dressed({"type": "http.response.body", "body": UNREADABLE})


async def _say_last_words(send: Send) -> None:
    content_type = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 500, "headers": content_type})
    await send({"type": "http.response.body", "body": LAST_WORDS})


def dress(headers: list[tuple[bytes, bytes]], status: int, *, is_static: bool) -> list[tuple[bytes, bytes]]:
    dressed = {**ALWAYS}
    dressed[b"cache-control"] = IMMUTABLE if is_static and status in {200, 304} else FRESH
    if get_settings().is_https:
        dressed[b"strict-transport-security"] = HSTS
    kept = [(name, value) for name, value in headers if name.lower() not in dressed]
    return [*kept, *dressed.items()]
