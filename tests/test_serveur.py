"""Requests as they come by the wire, read by the server that production runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from app import serveur
from app.headers import ALWAYS, Asgi, Receive, Scope, Send, with_headers

HOST = b"Host: aplus.exemple.fr\r\n"


async def say_the_path(scope: Scope, _receive: Receive, send: Send) -> None:
    """A site of one page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def say_the_length(scope: Scope, receive: Receive, send: Send) -> None:
    """A site that reads what is sent; of « /lent », only once that has come."""
    length, is_more = 0, True
    if scope["path"] == "/lent":
        await asyncio.sleep(1.0)
    while is_more:
        message = await receive()
        length += len(message.get("body", b""))
        is_more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{length} octets".encode()})


@asynccontextmanager
async def served(site: Asgi = say_the_path) -> AsyncIterator[int]:
    """Where this site answers, by the protocol of `python -m app web`."""
    config = uvicorn.Config(
        with_headers(site),
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


async def test_who_speaks_http_1_0_keeps_a_file_without_the_marks_of_its_pieces() -> None:
    head, _, body = (await ask(b"GET /demandes/3 HTTP/1.0\r\n" + HOST)).partition(b"\r\n\r\n")
    assert body == b"/demandes/3"
    assert b"chunked" not in head and b"connection: close" in head


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


def hurry(monkeypatch: pytest.MonkeyPatch, *, body: float = 60.0) -> None:
    """The times of the server, made short."""
    monkeypatch.setattr(serveur, "HEAD_SECONDS", 0.6)
    monkeypatch.setattr(serveur, "PIECE_SECONDS", 0.6)
    monkeypatch.setattr(serveur, "BODY_SECONDS", body)


async def read_to_the_end(port: int, *pieces: bytes, every: float = 0.0) -> bytes:
    """What is answered, until the server closes, to a request that comes in pieces and is never whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            if reader.at_eof():
                break
            writer.write(piece)
            await asyncio.sleep(every)
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


POST = b"POST /envoi HTTP/1.1\r\nContent-Length: 20\r\nConnection: close\r\n" + HOST + b"\r\n"


async def test_who_says_nothing_is_let_go_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)
    async with served() as port:
        assert await read_to_the_end(port) == b""


@pytest.mark.parametrize("said", [b"GET /", b"GET / HTTP/1.1\r\n" + HOST, POST[:-2]])
async def test_who_does_not_say_a_whole_head_is_let_go(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)
    async with served() as port:
        answer = await read_to_the_end(port, said)
    assert answer.startswith(b"HTTP/1.1 408")
    for name, value in ALWAYS.items():
        assert name + b": " + value in answer


async def test_a_hundred_half_forms_are_let_go_and_others_served_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurry(monkeypatch)
    async with served(say_the_length) as port:
        halves = [asyncio.create_task(read_to_the_end(port, POST, b"moi")) for _ in range(100)]
        whole = await read_to_the_end(port, POST, b"vingt octets tout ju")
        assert b"20 octets" in whole
        async with asyncio.timeout(5):
            # What is left to write is said to nobody.
            assert set(await asyncio.gather(*halves)) == {b""}


async def test_a_form_over_a_slow_line_is_read_to_its_end_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurry(monkeypatch)
    drips = [b"%d" % (rank % 10) for rank in range(20)]
    async with served(say_the_length) as port:
        assert b"20 octets" in await read_to_the_end(port, POST, *drips, every=0.05)
        hurry(monkeypatch, body=0.5)
        assert b"octets" not in await read_to_the_end(port, POST, *drips, every=0.05)


async def test_a_site_that_takes_its_time_is_not_taken_for_a_slow_visitor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurry(monkeypatch)
    head = b"POST /lent HTTP/1.1\r\nContent-Length: 300000\r\nConnection: close\r\n" + HOST + b"\r\n"
    async with served(say_the_length) as port:
        assert b"300000 octets" in await read_to_the_end(port, head, b"x" * 300_000)


async def test_who_stops_reading_an_answer_holds_it_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serveur, "STALLED_SECONDS", 0.6)
    is_over = asyncio.Event()

    async def export(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(300):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        is_over.set()

    async with served(export) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
        writer.write(b"GET /statistiques.csv HTTP/1.1\r\n" + HOST + b"\r\n")
        try:
            await asyncio.wait_for(is_over.wait(), 10)
        finally:
            writer.transport.abort()


async def test_who_reads_slowly_is_answered_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serveur, "STALLED_SECONDS", 0.6)

    async def export(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with served(export) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
        writer.write(b"GET / HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        read = 0
        while piece := await asyncio.wait_for(reader.read(1_000_000), 5):
            read += piece.count(b"x")
            await asyncio.sleep(0.01)
        writer.close()
    assert read >= 10_000_000  # the head holds some more
