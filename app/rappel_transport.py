"""Webhooks on the wire: one signed POST, no redirection, in a thread."""

import asyncio
import http.client
from datetime import datetime
from urllib.parse import urlsplit

from app.domain.faits.envois import EnvoiRefuse
from app.domain.figures.rappels import EnvoiRappel, sign

SECONDS = 10.0
ANSWER_MAX = 1024


async def deliver(envoi: EnvoiRappel, now: datetime) -> None:
    """Raises EnvoiRefuse unless the program says 2xx. A program that is gone (410) or revoked is told no more."""
    if not envoi.url or not envoi.secret:
        raise EnvoiRefuse("révoqué", is_permanent=True, is_ours=True)
    try:
        status = await asyncio.to_thread(_post, envoi, sign(envoi.secret, envoi.corps, now))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise EnvoiRefuse(type(error).__name__, is_permanent=False) from error
    if not 200 <= status < 300:
        raise EnvoiRefuse(f"http {status}", is_permanent=status == 410)


def _post(envoi: EnvoiRappel, signature: str) -> int:
    parts = urlsplit(envoi.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-aplus-signature": signature,
            "x-aplus-id": envoi.id.hex,
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, envoi.corps, headers)
        response = connection.getresponse()
        response.read(ANSWER_MAX)
        return response.status
    finally:
        connection.close()
