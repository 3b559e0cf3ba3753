"""How the server reads requests: what it would forgive, or refuse by itself, is refused as the site refuses it, and who
sends half a request, or reads half an answer, is not waited for, proxy or not.
"""

import asyncio
from enum import Enum

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.headers import UNREADABLE, dress

# A head is some hundred bytes. A body may be a hundred megabytes over a slow line: something of it must come, and its
# end.
HEAD_SECONDS = 10.0
PIECE_SECONDS = 15.0
BODY_SECONDS = 900.0
# Whoever has stopped reading would keep an export, and its connection to the base, for as long as they like. The system
# and a proxy keep up to some megabytes on the way: a slow line that is still reading may be silent here for a minute.
STALLED_SECONDS = 120.0
# Longer than proxies keep a connection that is of no use for now (60 s): one that the server closes just as a form is
# sent over it loses that form.
KEPT_SECONDS = 75


class Attendu(Enum):
    """What a connection has still to send."""

    RIEN = 0
    TETE = 1
    CORPS = 2


def unframed(cycle: RequestResponseCycle, app: ASGI3Application) -> ASGI3Application:
    """This site for who speaks HTTP/1.0, w3m among them: an answer of unknown length ends with the connection. The
    server would send it in the pieces of HTTP/1.1, whose marks then stand in the file that is kept.
    """

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        is_measured = True

        async def say(event: ASGISendEvent) -> None:
            nonlocal is_measured
            if event["type"] == "http.response.start":
                is_measured = any(name.lower() == b"content-length" for name, _ in event.get("headers", []))
                if not is_measured:
                    cycle.chunked_encoding = False
            elif event["type"] == "http.response.body" and not is_measured:
                # The server counts what it was told would come.
                cycle.expected_content_length = len(event.get("body", b""))
            await send(event)

        await app(scope, receive, say)

    return answer


class Protocole(HttpToolsProtocol):
    """The one of uvicorn, but for five things that only it sees."""

    _attendu = Attendu.TETE
    _ends_at = 0.0
    _late: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Who comes says something, and soon."""
        super().connection_made(transport)
        self.timeout_keep_alive = KEPT_SECONDS
        self._expect(Attendu.TETE, HEAD_SECONDS)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._attendu = Attendu.RIEN
        self._watch()
        self._let_go()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was sent is not read yet: it is now, or nobody waits any more. The rest could not even be said."""
        super().pause_writing()
        self._let_go()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It was read."""
        self._let_go()
        super().resume_writing()

    def _let_go(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def data_received(self, data: bytes) -> None:
        """What came is read; whether more must come is known then."""
        super().data_received(data)
        self._watch()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if self._attendu is not Attendu.TETE:
            self._expect(Attendu.TETE, HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """The server would keep the path of `GET http://elsewhere/path` and forget that it named a host of its own."""
        self._expect(Attendu.CORPS, BODY_SECONDS)
        if not self.url.startswith(b"/"):
            # No path of ours (`headers.is_our_way`).
            self.url = b"*"
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        super()._start_asgi_task(cycle, unframed(cycle, app) if cycle.scope["http_version"] == "1.0" else app)

    def on_message_complete(self) -> None:
        """The request is whole, and takes the time it takes."""
        self._attendu = Attendu.RIEN
        super().on_message_complete()

    def _expect(self, attendu: Attendu, seconds: float) -> None:
        self._attendu, self._ends_at = attendu, self.loop.time() + seconds

    def _watch(self) -> None:
        """Set the time of this connection, or none."""
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._attendu is not Attendu.RIEN and not self.transport.is_closing():
            left = self._ends_at - self.loop.time()
            if self._attendu is Attendu.CORPS:
                left = min(left, PIECE_SECONDS)
            self._late = self.loop.call_later(max(0.0, left), self._give_up)

    def _give_up(self) -> None:
        """Half a head is refused; what waits for the rest of a body learns that nobody is there any more.

        A browser that opened a connection beforehand and asked nothing yet would take a refusal for the answer to what
        it asks next: it is told nothing.
        """
        if self.flow.read_paused and self.loop.time() < self._ends_at:
            # The site itself has not read yet what came.
            self._watch()
        elif self._attendu is Attendu.TETE and self.scope is not None:
            self._refuse(408, b"Request Timeout")
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed is refused; the reason is for the log, already told."""
        self._refuse(400, b"Bad Request")

    def _refuse(self, status: int, words: bytes) -> None:
        """A page with the headers of any other, said by the server."""
        headers = dress(
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-length", str(len(UNREADABLE)).encode()),
                (b"connection", b"close"),
            ],
            status,
            is_static=False,
        )
        lines = [b"HTTP/1.1 %d %b" % (status, words), *(name + b": " + value for name, value in headers)]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + UNREADABLE)
        self.transport.close()
