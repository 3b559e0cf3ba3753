"""How the server reads requests: what it would forgive, or refuse by itself, is refused as the site refuses it."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.headers import UNREADABLE, dress


class Protocole(HttpToolsProtocol):
    """The one of uvicorn, but for two things that only it sees."""

    def on_headers_complete(self) -> None:
        """The server would keep the path of `GET http://elsewhere/path` and forget that it named a host of its own."""
        if not self.url.startswith(b"/"):
            # No path of ours (`headers.is_our_way`).
            self.url = b"*"
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed gets a page with the headers of any other; the reason is for the log, already told."""
        headers = dress(
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-length", str(len(UNREADABLE)).encode()),
                (b"connection", b"close"),
            ],
            400,
            is_static=False,
        )
        lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers)]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + UNREADABLE)
        self.transport.close()
