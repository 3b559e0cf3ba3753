"""Send what the outbox holds. Killed between the server's yes and the mark, a mail leaves twice with one Message-ID."""

from datetime import UTC, datetime
from typing import Any

import structlog

from app.domain.faits.courriels import Envoi, claim_courriels, mark_refused, mark_sent
from app.poste import RefusDuServeur, Transport, open_transport, write_courriel
from app.settings import get_settings

# Five at most 20 s each: done before the two minutes of the lease.
BATCH = 5
log = structlog.get_logger()


async def send_courriels(_: dict[str, Any]) -> None:
    """Send every mail that is due, sign-in mails first."""
    transport = open_transport(get_settings())
    try:
        while envois := await claim_courriels(datetime.now(UTC), BATCH):
            for envoi in envois:
                await _send(transport, envoi)
    finally:
        await transport.close()


async def _send(transport: Transport, envoi: Envoi) -> None:
    try:
        courriel = write_courriel(envoi, get_settings())
    except Exception as error:
        # The template or the address is wrong: trying again would not help, and must never hold back the others.
        await _set_aside(envoi, type(error).__name__, is_permanent=True)
        return
    try:
        await transport.deliver(courriel)
    except RefusDuServeur as refus:
        await _set_aside(envoi, refus.code, is_permanent=refus.is_permanent)
    except ValueError as error:
        await _set_aside(envoi, type(error).__name__, is_permanent=True)
    else:
        await mark_sent(envoi, datetime.now(UTC))


async def _set_aside(envoi: Envoi, code: str, *, is_permanent: bool) -> None:
    log.warning(
        "courriel refused", courriel=str(envoi.id), fait=envoi.fait, code=code, permanent=is_permanent
    )
    await mark_refused(envoi, code, is_permanent=is_permanent, now=datetime.now(UTC))
