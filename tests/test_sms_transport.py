"""Brevo as its public documentation describes it, played by a local server; its webhook, true and forged."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.domain.faits.envois import EnvoiRefuse
from app.settings import get_settings
from app.sms_transport import (
    Brevo,
    TelephoneSimule,
    is_authentic,
    open_transport,
    read_entrant,
)

REPLIED = {
    "id": 26570,
    "to": "33612345678",
    "msg_status": "replied",
    "reply": "Oui",
    "messageId": 1511882900176220,
    "date": "2026-11-24 10:05:00",
    "ts_event": 1795510800,
}


@dataclass
class Fournisseur:
    """A provider on this machine: what it was asked, what it answers."""

    url: str = ""
    status: int = 201
    body: bytes = b'{"reference": "ab1cde2fgh3i4jklmno", "messageId": 1511882900176220, "smsCount": 3}'
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def fournisseur() -> Iterator[Fournisseur]:
    played = Fournisseur()

    class Guichet(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            played.asked.append((self.path, dict(self.headers.items()), json.loads(body)))
            self.send_response(played.status)
            self.send_header("location", "http://127.0.0.1:9/ailleurs")
            self.end_headers()
            self.wfile.write(played.body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Guichet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_port}/v3/transactionalSMS/send"
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


async def test_an_sms_leaves_as_brevo_wants_it(fournisseur: Fournisseur) -> None:
    name = await Brevo(fournisseur.url, "cle", "33600000000").send("+33612345678", "Répondez OUI ou NON.")
    assert name == "1511882900176220"
    ((path, headers, body),) = fournisseur.asked
    assert path == "/v3/transactionalSMS/send"
    assert headers["api-key"] == "cle" and headers["content-type"] == "application/json"
    assert body == {
        "sender": "33600000000",
        "recipient": "33612345678",
        "content": "Répondez OUI ou NON.",
        "type": "transactional",
        "tag": "mandat",
    }


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, False), (402, False), (429, False), (500, False), (302, False)],
)
async def test_a_refusal_says_whether_to_try_again(
    status: int, permanent: bool, fournisseur: Fournisseur
) -> None:
    fournisseur.status, fournisseur.body = status, b'{"code": "invalid_parameter", "message": "33612345678"}'
    with pytest.raises(EnvoiRefuse) as refused:
        await Brevo(fournisseur.url, "cle", "AdminPlus").send("+33612345678", "…")
    assert (refused.value.code, refused.value.is_permanent) == (f"http {status}", permanent)
    assert len(fournisseur.asked) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"pas du json", b'{"x": ' * 9000])
async def test_what_was_taken_is_never_sent_again(body: bytes, fournisseur: Fournisseur) -> None:
    fournisseur.body = body
    assert await Brevo(fournisseur.url, "cle", "AdminPlus").send("+33612345678", "…")


async def test_nobody_there_is_no_loss() -> None:
    with pytest.raises(EnvoiRefuse) as refused:
        await Brevo("http://127.0.0.1:9/v3", "cle", "AdminPlus").send("+33612345678", "…")
    assert not refused.value.is_permanent


def test_the_operator_chooses_the_provider() -> None:
    settings = replace(get_settings(), sms_url="https://exemple.fr/v3", sms_token="cle")
    assert isinstance(open_transport(settings), Brevo)
    assert isinstance(open_transport(get_settings()), TelephoneSimule)


def test_a_reply_is_read_the_same_each_time_it_is_brought() -> None:
    entrant = read_entrant(json.dumps(REPLIED).encode())
    assert entrant is not None and (entrant.numero, entrant.texte) == ("+33612345678", "Oui")
    again = read_entrant(json.dumps(dict(reversed(REPLIED.items()))).encode())
    assert again is not None and again.cle == entrant.cle
    for change in ({"reply": "Non"}, {"ts_event": 1}, {"messageId": 2}):
        other = read_entrant(json.dumps({**REPLIED, **change}).encode())
        assert other is not None and other.cle != entrant.cle


@pytest.mark.parametrize(
    "corps",
    [
        b"",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({**REPLIED, "msg_status": "delivered"}).encode(),
        json.dumps({**REPLIED, "reply": None}).encode(),
        json.dumps({**REPLIED, "to": ["x"]}).encode(),
        json.dumps({k: v for k, v in REPLIED.items() if k != "messageId"}).encode(),
    ],
)
def test_the_rest_is_no_reply(corps: bytes) -> None:
    assert read_entrant(corps) is None


def test_only_our_secret_opens_the_webhook() -> None:
    settings = replace(get_settings(), sms_webhook_secret="un secret é")
    assert is_authentic("Bearer un secret é", settings)
    for forged in ("", "Bearer", "Bearer ", "un secret é", "Bearer un secret", "bearer un secret é"):
        assert not is_authentic(forged, settings)
    production = replace(settings, environment="production")
    assert not is_authentic("Bearer un secret é", production), "no provider, no call"
