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
        self._is_cut = False
        self._inside: set[asyncio.Task[None]] = set()
        self._is_thawed = asyncio.Event()
        self._is_thawed.set()
        self.url = f"postgresql://postgres:@/aplus?host={folder}"

    async def mend(self) -> None:
        """People come through."""
        self._is_cut = False
        self._server = await asyncio.start_unix_server(self._pass, self._own)

    async def cut(self) -> None:
        """Nobody comes through, and whoever was inside is thrown out."""
        assert self._server is not None
        self._server.close()
        self._is_cut = True
        self._own.unlink(missing_ok=True)
        # Who was at the door meanwhile comes in once more, to be thrown out.
        await asyncio.sleep(0.01)
        inside = list(self._inside)
        for task in inside:
            task.cancel()
        await asyncio.gather(*inside, return_exceptions=True)

    def freeze(self) -> None:
        """People come through and nobody answers, as when the server is stopped in its tracks."""
        self._is_thawed.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = asyncio.current_task()
        assert inside is not None
        self._inside.add(inside)
        writers = [writer]
        try:
            if self._is_cut:
                return
            await self._is_thawed.wait()
            base_reader, base_writer = await asyncio.open_unix_connection(self._base)
            writers.append(base_writer)
            await asyncio.gather(self._pour(reader, base_writer), self._pour(base_reader, writer))
        finally:
            self._inside.discard(inside)
            for one in writers:
                one.transport.abort()

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while octets := await reader.read(65536):
                await self._is_thawed.wait()
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
