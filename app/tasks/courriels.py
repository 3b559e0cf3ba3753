"""Send what the outbox holds.

When the worker is killed between the server's yes and the mark, a mail leaves twice under one Message-ID.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from app.domain.faits.courriels import COURRIELS, EnvoiCourriel, claim_courriels
from app.domain.faits.envois import EnvoiRefuse, mark_sent
from app.domain.notifications.depart import release_courriels
from app.poste import Transport, open_transport, write_courriel
from app.settings import get_settings
from app.tasks.envois import send_all


async def send_courriels(_: dict[str, Any]) -> None:
    """Let what waited for this hour join the queue, then send every mail that is due, sign-in mails first."""
    await release_courriels(datetime.now(UTC))
    transport = open_transport(get_settings())
    try:
        await send_all(COURRIELS, claim_courriels, partial(_deliver, transport))
    finally:
        await transport.close()


async def _deliver(transport: Transport, envoi: EnvoiCourriel) -> None:
    try:
        courriel = write_courriel(envoi, get_settings())
    except Exception as error:
        # The template or the address is wrong: trying again would not help, and it must never hold back the others.
        raise EnvoiRefuse(type(error).__name__, is_permanent=True, is_ours=True) from error
    try:
        await transport.deliver(courriel)
    except ValueError as error:
        raise EnvoiRefuse(type(error).__name__, is_permanent=True, is_ours=True) from error
    await mark_sent(COURRIELS, envoi, datetime.now(UTC))
