"""The outermost ring: whatever breaks inside, an answer with the whole header set and a log that quotes nothing."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from app import database
from app.headers import ALWAYS, Message, Receive, Scope, Send, with_headers
from tests.browser import Browser, signed_in
from tests.cast import CAST

HOST = [(b"host", b"127.0.0.1")]


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application whose page of errors breaks."""
    raise ValueError("Martine Dupont, 1 68 03 22 113 045 22")


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as lines:
        yield lines


async def test_a_broken_page_of_errors_still_answers(logged: list[Any]) -> None:
    app: Any = with_headers(broken)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1"
    ) as client:
        response = await client.get("/demandes/3")
    assert response.status_code == 500
    assert "erreur" in response.text
    for name, value in ALWAYS.items():
        assert response.headers[name.decode()] == value.decode()
    assert [line["event"] for line in logged] == ["broken"]
    assert "Dupont" not in str(logged)


async def test_an_answer_cut_in_the_middle_is_not_started_again(logged: list[Any]) -> None:
    async def cut(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("Dupont")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await with_headers(cut)({"type": "http", "method": "GET", "path": "/", "headers": HOST}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "Dupont" not in str(logged)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", []),
        ("/", [*HOST, (b"Host", b"ailleurs.example")]),
        ("http://ailleurs.example/", HOST),
        ("*", HOST),
        ("", HOST),
    ],
)
async def test_a_request_that_could_be_read_in_two_ways_is_refused(
    path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    await with_headers(broken)(scope, receive, send)
    assert sent[0]["status"] == 400
    assert dict(sent[0]["headers"])[b"content-security-policy"] == ALWAYS[b"content-security-policy"]


@pytest.mark.parametrize("end", ["%00", "%0A", "%1F", "%7F", "%ED%A0%80", "%EF%BF%BF"])
async def test_a_path_is_cleaned_before_anybody_reads_it_even_when_the_session_has_ended(end: str) -> None:
    for path in (f"/demandes/3{end}", f"/demandes/{end}3", f"/nulle{end}part"):
        await Browser().client.get(path)
        aida = await signed_in(CAST.aida)
        await database.fetch("delete from sessions")
        for asked in (
            await aida.client.get(path),
            await aida.client.post(f"{path}/messages", data={"csrf": aida.csrf(), "texte": "Bonjour"}),
        ):
            assert asked.status_code < 500, path
