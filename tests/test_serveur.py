"""Requests as they come by the wire, read by the server that production runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from app.headers import ALWAYS, Receive, Scope, Send, with_headers

HOST = b"Host: aplus.exemple.fr\r\n"


async def say_the_path(scope: Scope, _receive: Receive, send: Send) -> None:
    """A site of one page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Where this site answers, by the protocol of `python -m app web`."""
    config = uvicorn.Config(
        with_headers(say_the_path),
        port=0,
        http="app.serveur:Protocole",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def ask(lines: bytes) -> bytes:
    """The whole answer to one request."""
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(lines + b"\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    return answer


async def test_a_path_of_ours_is_answered() -> None:
    answer = await ask(b"GET /demandes/3 HTTP/1.1\r\nConnection: close\r\n" + HOST)
    assert answer.startswith(b"HTTP/1.1 200") and b"\r\n/demandes/3\r\n" in answer


@pytest.mark.parametrize(
    "lines",
    [
        b"GET http://ailleurs.example/demandes/3 HTTP/1.1\r\nConnection: close\r\n" + HOST,
        b"GET http://aplus.exemple.fr/demandes/3 HTTP/1.1\r\nConnection: close\r\n" + HOST,
        b"OPTIONS * HTTP/1.1\r\nConnection: close\r\n" + HOST,
        b"GET /demandes/3 HTTP/1.1\r\nConnection: close\r\n",
        b"GET /demandes/3 HTTP/1.1\r\nConnection: close\r\nHost: ailleurs.example\r\n" + HOST,
        b"CONNECT ailleurs.example:443 HTTP/1.1\r\nConnection: close\r\n" + HOST,
        b"POST /demandes/3 HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + HOST,
        b"POST /demandes/3 HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n" + HOST,
        b"N'importe quoi\r\n",
    ],
)
async def test_what_could_be_read_in_two_ways_or_in_none_is_refused_in_our_headers(lines: bytes) -> None:
    head, _, body = (await ask(lines)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    for name, value in ALWAYS.items():
        assert name + b": " + value in head
    assert "Requête illisible" in body.decode()
