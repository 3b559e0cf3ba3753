"""Ask clamd whether a file carries a known virus; when it cannot be asked, say so and never « sain »."""

import asyncio
from enum import StrEnum
from urllib.parse import unquote, urlsplit

CHUNK_BYTES = 64 * 1024
CONNECT_SECONDS = 3.0
SCAN_SECONDS = 60.0
DEFAULT_PORT = 3310


class Verdict(StrEnum):
    """What is known of a file. `non_analyse` covers no clamd, no answer, and any answer but a clear one.

    `en_attente`: there is a clamd, and it has not said yet; nobody is given such a file.
    """

    SAIN = "sain"
    INFECTE = "infecte"
    NON_ANALYSE = "non_analyse"
    EN_ATTENTE = "en_attente"


async def scan(url: str | None, contenu: bytes, seconds: float = SCAN_SECONDS) -> Verdict:
    """Have clamd read the content (INSTREAM). `url` is tcp://host:3310, unix:///path, or None without clamd.

    Never raises for a clamd that is away, slow, or refuses; raises ValueError for an address of another kind.
    """
    if url is None:
        return Verdict.NON_ANALYSE
    answer = await _ask(url, b"zINSTREAM\0", contenu, seconds)
    if answer == b"stream: OK":
        return Verdict.SAIN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict.INFECTE
    return Verdict.NON_ANALYSE


async def is_reachable(url: str | None, seconds: float = CONNECT_SECONDS) -> bool:
    """Does a clamd answer now? For what administrateurs are told; says nothing of any file."""
    return url is not None and await _ask(url, b"zPING\0", None, seconds) == b"PONG"


async def _ask(url: str, command: bytes, contenu: bytes | None, seconds: float) -> bytes:
    """The answer without its final NUL; empty when there was none in time or it was cut short."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await _connect(url)
            try:
                return await _exchange(reader, writer, command, contenu)
            finally:
                # close() is not called: it would wait for a stuck clamd to read what is left to send.
                writer.transport.abort()
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        # TimeoutError is an OSError.
        return b""


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(url)
    if address.scheme == "unix" and address.path:
        opening = asyncio.open_unix_connection(unquote(address.path))
        return await asyncio.wait_for(opening, CONNECT_SECONDS)
    if address.scheme == "tcp" and address.hostname:
        connecting = asyncio.open_connection(address.hostname, address.port or DEFAULT_PORT)
        return await asyncio.wait_for(connecting, CONNECT_SECONDS)
    raise ValueError("clamd is tcp://host:port or unix:///path")


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: bytes, contenu: bytes | None
) -> bytes:
    try:
        writer.write(command)
        if contenu is not None:
            for start in range(0, len(contenu), CHUNK_BYTES):
                chunk = contenu[start : start + CHUNK_BYTES]
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write(bytes(4))
        await writer.drain()
    except ConnectionError:
        # Over its size limit, clamd answers and hangs up before the end; its answer still has to be read.
        pass
    return (await reader.readuntil(b"\0")).removesuffix(b"\0")
