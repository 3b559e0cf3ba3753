"""The SMS provider: Brevo when the operator gave a key, the demonstration's handset otherwise.

Written from Brevo's public documentation: « Send SMS message to a mobile number » (POST
`/v3/transactionalSMS/send`, header `api-key`), « Transactional webhooks » (event `replied`) and « Secure webhook
calls » (`Authorization: Bearer`). Another provider is another class with `send`, and another `read_entrant`.

Nobody can answer a sender made of letters: to receive OUI, `SMS_SENDER` must be a number rented from the provider.
"""

import asyncio
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from app.domain.faits.envois import EnvoiRefuse
from app.settings import Settings

SECONDS = 15.0
ANSWER_MAX = 64 * 1024
# These codes say that the number or the text is wrong: the same request would be refused again. The operator may
# mend what the others say (credits, key, rate).
PERMANENT = {400, 404, 405, 406, 422}


class TransportSms(Protocol):
    """Something that takes SMS."""

    async def send(self, numero: str, texte: str) -> str:
        """Send to an international number; gives the provider's name for it. Raises EnvoiRefuse."""


@dataclass(frozen=True, repr=False)
class SmsEntrant:
    """An SMS as the provider brings it; `cle` is the same each time it brings the same one."""

    cle: str
    numero: str
    texte: str


@dataclass(frozen=True, repr=False)
class Brevo:
    """The transactional SMS of Brevo. `url`: `https://api.brevo.com/v3/transactionalSMS/send`."""

    url: str
    key: str
    sender: str
    tag: str = "mandat"

    async def send(self, numero: str, texte: str) -> str:
        """One SMS, one request, in a thread: no redirection is followed, the answer is read up to 64 kB."""
        body = {
            "sender": self.sender,
            "recipient": numero.removeprefix("+"),
            "content": texte,
            "type": "transactional",
            "tag": self.tag,
        }
        try:
            status, answer = await asyncio.to_thread(self._post, json.dumps(body).encode())
        except (OSError, http.client.HTTPException) as error:
            raise EnvoiRefuse(type(error).__name__, is_permanent=False, is_unreachable=True) from error
        if status not in {200, 201, 202}:
            raise EnvoiRefuse(f"http {status}", is_permanent=status in PERMANENT)
        # The provider took the message: whatever its answer says, sending again would write twice to the usager.
        return str(answer.get("messageId") or answer.get("reference") or uuid4())

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            headers = {"api-key": self.key, "content-type": "application/json", "accept": "application/json"}
            connection.request("POST", parts.path or "/", body, headers)
            response = connection.getresponse()
            answer = _read_json(response.read(ANSWER_MAX))
            return response.status, answer if isinstance(answer, dict) else {}
        finally:
            connection.close()


class TelephoneSimule:
    """The demonstration: nothing leaves, `/_telephone` shows what would have."""

    async def send(self, numero: str, texte: str) -> str:
        """Always taken."""
        return f"demo-{uuid4()}"


def open_transport(settings: Settings) -> TransportSms:
    """Brevo when the operator gave an address, the simulated handset otherwise."""
    if settings.sms_url is None:
        return TelephoneSimule()
    return Brevo(settings.sms_url, settings.sms_token, settings.sms_sender)


def is_authentic(authorization: str, settings: Settings) -> bool:
    """Whether a call to the webhook carries our secret; compared in constant time. Never without a provider."""
    if settings.is_production and settings.sms_url is None:
        return False
    expected = f"Bearer {settings.sms_webhook_secret}"
    return hmac.compare_digest(authorization.encode(), expected.encode())


def read_entrant(corps: bytes) -> SmsEntrant | None:
    """The reply in a call of the webhook; None for what is not one (deliveries, bounces, nonsense)."""
    said = _read_json(corps)
    if not isinstance(said, dict) or said.get("msg_status") != "replied":
        return None
    texte, numero, message = said.get("reply"), said.get("to"), said.get("messageId")
    if not isinstance(texte, str) or not isinstance(numero, str | int) or not isinstance(message, str | int):
        return None
    # The event has no name of its own, so the message it answers, its instant and its words make one.
    parts = json.dumps([message, said.get("ts_event"), said.get("date"), texte])
    return SmsEntrant(
        cle=hashlib.sha256(parts.encode()).hexdigest(), numero=f"+{str(numero).lstrip('+')}", texte=texte
    )


def _read_json(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return None
