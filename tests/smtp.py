"""A mail server for tests, speaking the real protocol on a loopback port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class SmtpServer:
    """Keeps what it takes; `refuse` answers a line of its own to RCPT, `on_message` runs before the yes to DATA.

    Silent, it accepts whoever comes and says nothing.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.on_message: Callable[[EmailMessage], None] = lambda _: None
        self.port = 0
        self.is_silent = False
        self.calls = 0

    async def was_called(self) -> bool:
        """Somebody came."""
        return self.calls > 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation; whoever is killed in the middle of it says no goodbye."""
        with contextlib.suppress(ConnectionError):
            await self._talk(reader, writer)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        self.calls += 1
        if self.is_silent:
            await reader.read()
            writer.close()
            return
        await say("220 essai")
        while line := await reader.readline():
            word = line.decode().strip()
            if word.upper() == "DATA":
                await say("354 go")
                body = b""
                while (part := await reader.readline()) not in {b".\r\n", b""}:
                    body += part[1:] if part.startswith(b"..") else part
                courriel = message_from_bytes(body, _class=EmailMessage, policy=policy.default)
                self.taken.append(courriel)
                self.on_message(courriel)
                await say("250 taken")
            elif word.upper().startswith("RCPT"):
                refused = [reply for address, reply in self.refuse.items() if address in word]
                await say(refused[0] if refused else "250 ok")
            elif word.upper() == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


@asynccontextmanager
async def smtp_server() -> AsyncIterator[SmtpServer]:
    """A server for the length of a test."""
    smtp = SmtpServer()
    server = await asyncio.start_server(smtp.talk, "127.0.0.1", 0)
    smtp.port = server.sockets[0].getsockname()[1]
    try:
        yield smtp
    finally:
        server.close()
