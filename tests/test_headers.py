"""The outermost ring: whatever breaks inside, an answer with the whole header set and a log that quotes nothing."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from app.headers import ALWAYS, Message, Receive, Scope, Send, with_headers


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

    await with_headers(cut)({"type": "http", "method": "GET", "path": "/"}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "Dupont" not in str(logged)
