"""How the processes of the site share those who come: each in its turn.

They all wait at one socket, and who is awake takes everybody: of eight connections that a proxy keeps open, one
process had seven or eight, and the other nothing to do.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvloop

# Who has just taken somebody leaves the next one to the others for that long: an idle one wakes in a tenth of it.
TURN_SECONDS = 0.002
# Without a file left to open, nobody can be taken: they wait in the system's queue.
FULL_SECONDS = 0.5

LOG = logging.getLogger(__name__)


class Guichet:
    """What takes connections from a socket that other processes listen to as well. Speaks like `asyncio.Server`."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, serve: Callable[[], asyncio.Protocol]
    ) -> None:
        self.sockets = (sock,)
        self._loop, self._serve = loop, serve
        self._coming: set[asyncio.Task[Any]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._open()

    def close(self) -> None:
        """Nobody more is taken; who was taken stays."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self.sockets[0])

    async def wait_closed(self) -> None:
        """Until those who were just taken are served by their protocol."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _open(self) -> None:
        self._pause = None
        self._loop.add_reader(self.sockets[0], self._take)

    def _rest(self, seconds: float) -> None:
        self._loop.remove_reader(self.sockets[0])
        self._pause = self._loop.call_later(seconds, self._open)

    def _take(self) -> None:
        try:
            connection, _ = self.sockets[0].accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process has taken them, or they are gone
        except OSError as error:
            LOG.warning("nobody can be taken for now: %s", error)
            self._rest(FULL_SECONDS)
            return
        connection.setblocking(False)
        coming = self._loop.create_task(self._loop.connect_accepted_socket(self._serve, connection))
        self._coming.add(coming)
        coming.add_done_callback(self._let_in)
        self._rest(TURN_SECONDS)

    def _let_in(self, coming: asyncio.Task[Any]) -> None:
        self._coming.discard(coming)
        if not coming.cancelled() and (error := coming.exception()):
            LOG.warning("somebody who came could not be served: %s", error)


class Boucle(uvloop.Loop):
    """The loop of a process of the site: it takes its turn at a socket that it was given."""

    async def create_server(self, protocol_factory: Any, *where: Any, sock: Any = None, **how: Any) -> Any:
        """A server of uvloop's own, unless the socket is shared."""
        if sock is None:
            return await super().create_server(protocol_factory, *where, **how)
        sock.setblocking(False)
        sock.listen(how["backlog"])
        return Guichet(self, sock, protocol_factory)
