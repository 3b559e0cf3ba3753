"""A base that can be cut off: a socket of our own in front of the embedded server, which closes and opens again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"


class Coupure:
    """The passage to the base: `cut()` ends every connection and answers no more, `mend()` opens it again."""

    def __init__(self, folder: Path, url: str) -> None:
        self._own = folder / SOCKET
        self._base = Path(parse_qs(urlsplit(url).query)["host"][0]) / SOCKET
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = f"postgresql://postgres:@/aplus?host={folder}"

    async def mend(self) -> None:
        """People come through."""
        self._server = await asyncio.start_unix_server(self._pass, self._own)

    async def cut(self) -> None:
        """Nobody comes through, and whoever was inside is thrown out."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._own.unlink(missing_ok=True)
        await asyncio.sleep(0)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        base_reader, base_writer = await asyncio.open_unix_connection(self._base)
        pair = {writer, base_writer}
        self._writers |= pair
        try:
            await asyncio.gather(_pour(reader, base_writer), _pour(base_reader, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while octets := await reader.read(65536):
            writer.write(octets)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cut_base(folder: Path, url: str) -> AsyncIterator[Coupure]:
    """A passage, open, for the length of a test."""
    coupure = Coupure(folder, url)
    await coupure.mend()
    try:
        yield coupure
    finally:
        await coupure.cut()
