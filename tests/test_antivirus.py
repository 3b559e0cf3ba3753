"""clamd is played by a small server that speaks its protocol; the real one is asked too where it is installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from app.antivirus import Verdict, is_reachable, scan
from tests.fichiers_hostiles import EICAR

Answer = Callable[[bytes], bytes]


class FakeClamd:
    """Reads commands as clamd does (`z` prefix, NUL, sized chunks) and remembers what it was given."""

    def __init__(self, answer: Answer, limit: int = 25 << 20) -> None:
        self.answer = answer
        self.limit = limit
        self.received: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            writer.write(await self._read_stream(reader))
        else:
            writer.write(b"UNKNOWN COMMAND\0")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _read_stream(self, reader: asyncio.StreamReader) -> bytes:
        contenu = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            contenu += await reader.readexactly(size)
            if len(contenu) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.received.append(contenu)
        return self.answer(contenu)


@asynccontextmanager
async def listening(clamd: FakeClamd) -> AsyncIterator[str]:
    async with await asyncio.start_server(clamd, "127.0.0.1", 0) as server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def knows_eicar(contenu: bytes) -> bytes:
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in contenu else b"stream: OK\0"


async def verdict_of(clamd: FakeClamd, contenu: bytes) -> Verdict:
    async with listening(clamd) as url:
        return await scan(url, contenu)


@pytest.mark.parametrize("taille", [0, 1, 65536, 65537, 300_000])
def test_a_clean_file_is_sent_whole_and_said_sain(taille: int) -> None:
    clamd = FakeClamd(knows_eicar)
    assert asyncio.run(verdict_of(clamd, b"a" * taille)) is Verdict.SAIN
    assert clamd.received == [b"a" * taille]


def test_a_virus_is_infecte() -> None:
    contenu = b"a" * 65530 + EICAR
    assert asyncio.run(verdict_of(FakeClamd(knows_eicar), contenu)) is Verdict.INFECTE


def test_a_unix_socket_is_an_address_too(tmp_path: Path) -> None:
    async def ask() -> Verdict:
        path = tmp_path / "clamd socket"
        async with await asyncio.start_unix_server(FakeClamd(knows_eicar), path):
            return await scan(f"unix://{tmp_path}/clamd%20socket", EICAR)

    assert asyncio.run(ask()) is Verdict.INFECTE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OK FOUND OK\0",
        b"OK\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"x" * 200_000 + b"\0",
    ],
)
def test_any_unclear_answer_is_not_sain(answer: bytes) -> None:
    assert asyncio.run(verdict_of(FakeClamd(lambda _: answer), b"texte")) is Verdict.NON_ANALYSE


def test_a_file_over_its_limit_is_not_sain() -> None:
    clamd = FakeClamd(knows_eicar, limit=1 << 16)
    assert asyncio.run(verdict_of(clamd, bytes(8 << 20))) is Verdict.NON_ANALYSE


def test_a_silent_clamd_is_not_waited_for() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    async def ask() -> tuple[Verdict, bool]:
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            return await scan(url, b"texte", seconds=0.05), await is_reachable(url, seconds=0.05)

    assert asyncio.run(ask()) == (Verdict.NON_ANALYSE, False)


def test_no_clamd_is_never_sain(tmp_path: Path) -> None:
    for url in (None, "tcp://127.0.0.1:1", f"unix://{tmp_path}/absent"):
        assert asyncio.run(scan(url, b"texte")) is Verdict.NON_ANALYSE
        assert asyncio.run(is_reachable(url)) is False


def test_another_kind_of_address_is_an_error_of_the_operator() -> None:
    for url in ("http://clamd", "tcp://", "clamd:3310", ""):
        with pytest.raises(ValueError):
            asyncio.run(scan(url, b"texte"))


def test_a_clamd_that_answers_is_reachable() -> None:
    async def ask() -> bool:
        async with listening(FakeClamd(knows_eicar)) as url:
            return await is_reachable(url)

    assert asyncio.run(ask())


CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


@asynccontextmanager
async def real_clamd(folder: Path) -> AsyncIterator[str]:
    """The true daemon, knowing one signature."""
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "local.ndb").write_text(f"Aplus.Eicar:0:*:{EICAR.hex()}\n")
    conf = folder / "clamd.conf"
    socket = folder / "clamd"
    conf.write_text(
        f"DatabaseDirectory {signatures}\nLocalSocket {socket}\nTemporaryDirectory {folder}\nForeground yes\n"
        "StreamMaxLength 1M\n"
    )
    daemon = await asyncio.create_subprocess_exec(
        str(CLAMD), "-c", conf, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        url = f"unix://{socket}"
        for _ in range(400):
            if await is_reachable(url):
                break
            await asyncio.sleep(0.05)
        yield url
    finally:
        daemon.kill()
        await daemon.wait()


@pytest.mark.parametrize("server", ["played", *(["true"] if CLAMD else [])])
def test_eicar_from_one_end_to_the_other(tmp_path: Path, server: str) -> None:
    """The played server always; the true one as well on a machine that has it."""

    async def ask() -> tuple[Verdict, ...]:
        played = listening(FakeClamd(knows_eicar, limit=1 << 20))
        async with played if server == "played" else real_clamd(tmp_path) as url:
            contents = (b"bonjour", EICAR, b"bonjour " + EICAR, bytes(4 << 20))
            return tuple([await scan(url, contenu) for contenu in contents])

    verdicts = asyncio.run(ask())
    assert verdicts == (Verdict.SAIN, Verdict.INFECTE, Verdict.INFECTE, Verdict.NON_ANALYSE)
