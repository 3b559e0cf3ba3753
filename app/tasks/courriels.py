"""Send what the outbox holds.

When the worker is killed between the server's yes and the mark, a mail leaves twice under one Message-ID.
"""

from functools import partial
from typing import Any

from app import horloge
from app.domain.acces.liens import is_alive
from app.domain.faits.courriels import COURRIELS, ORDINAIRES, URGENTS, EnvoiCourriel, claim_courriels
from app.domain.faits.envois import EnvoiRefuse, Queue, mark_sent
from app.domain.notifications.depart import release_courriels
from app.poste import Transport, open_transport, write_courriel
from app.settings import get_settings
from app.tasks.envois import send_all


async def send_urgents(_: dict[str, Any]) -> bool:
    """Send the sign-in mails and the other urgent ones that are due; whether more may be due now."""
    return await _send(URGENTS)


async def send_courriels(_: dict[str, Any]) -> bool:
    """Let what waited for this hour join the queue, then send what is due; whether more may be due now."""
    await release_courriels(horloge.now())
    return await _send(ORDINAIRES)


async def _send(lane: Queue) -> bool:
    transport = open_transport(get_settings())
    try:
        tournee = await send_all(lane, partial(claim_courriels, lane=lane), partial(_deliver, transport))
    finally:
        await transport.close()
    return tournee.is_cut


async def _deliver(transport: Transport, envoi: EnvoiCourriel) -> None:
    if "jeton" in envoi.contexte and not await is_alive(envoi.contexte["jeton"], horloge.now()):
        # The mail would only make its reader ask for another one.
        raise EnvoiRefuse("lien éteint", is_permanent=True)
    try:
        courriel = write_courriel(envoi, get_settings())
    except Exception as error:
        # The template or the address is wrong: trying again would not help, and it must never hold back the others.
        raise EnvoiRefuse(type(error).__name__, is_permanent=True, is_ours=True) from error
    try:
        await transport.deliver(courriel)
    except ValueError as error:
        raise EnvoiRefuse(type(error).__name__, is_permanent=True, is_ours=True) from error
    await mark_sent(COURRIELS, envoi, horloge.now())
