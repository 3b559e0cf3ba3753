"""The processes that wait at one socket: each takes its part of who comes, and nobody is lost."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from app import guichet
from app.settings import ROOT

PRENEUR = """
import asyncio, os, socket, sys
from app.guichet import Boucle

class Nomme(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"%6d" % os.getpid())

async def main():
    await asyncio.get_running_loop().create_server(Nomme, sock=socket.socket(fileno=int(sys.argv[1])), backlog=100)
    print("ici", flush=True)
    await asyncio.Event().wait()

with asyncio.Runner(loop_factory=Boucle) as runner:
    runner.run(main())
"""


class Nomme(asyncio.Protocol):
    """Says one word to who comes."""

    def connection_made(self, transport: Any) -> None:
        transport.write(b"ici")


@contextmanager
def two_processes() -> Iterator[tuple[str, int]]:
    """The address at which two processes wait."""
    with ExitStack() as stack:
        sock = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for _ in range(2):
            command = [sys.executable, "-c", PRENEUR, str(sock.fileno())]
            preneur = stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, pass_fds=[sock.fileno()])
            )
            stack.callback(preneur.kill)
            assert preneur.stdout and preneur.stdout.readline() == b"ici\n"
        yield sock.getsockname()


def test_connections_kept_open_are_shared_between_the_processes() -> None:
    lesser = 0
    with two_processes() as where:
        for _ in range(3):
            with ExitStack() as kept:
                eight = [kept.enter_context(socket.create_connection(where, timeout=20)) for _ in range(8)]
                taken = Counter(one.recv(6, socket.MSG_WAITALL) for one in eight)
                lesser += 8 - max(taken.values())
    assert lesser >= 6  # of 12; who is awake would take nearly all of each eight


class Plein(socket.socket):
    """A socket of a process that has no file left to open, twice."""

    refus = 2

    def accept(self) -> tuple[socket.socket, object]:
        if self.refus:
            self.refus -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


@pytest.mark.parametrize("kind", [socket.socket, Plein])
def test_who_comes_is_served_one_after_the_other_even_when_there_was_no_room(
    kind: type[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guichet, "FULL_SECONDS", 0.05)

    async def come() -> list[bytes]:
        with kind() as sock:
            sock.bind(("127.0.0.1", 0))
            server = await asyncio.get_running_loop().create_server(Nomme, sock=sock, backlog=50)
            streams = [await asyncio.open_connection(*sock.getsockname()) for _ in range(20)]
            said = [await reader.readexactly(3) for reader, _ in streams]
            for _, writer in streams:
                writer.close()
            server.close()
            await server.wait_closed()
            with pytest.raises(TimeoutError):
                reader, _ = await asyncio.open_connection(*sock.getsockname())
                await asyncio.wait_for(reader.readexactly(3), 0.1)
            return said

    with asyncio.Runner(loop_factory=guichet.Boucle) as runner:
        assert runner.run(asyncio.wait_for(come(), 20)) == [b"ici"] * 20
