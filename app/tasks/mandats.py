"""SMS leave, answers are not awaited for ever, mandats end. Killed between the provider's yes and the mark, an SMS
leaves twice: its text is the same and so is its answer.
"""

from datetime import UTC, datetime
from typing import Any

import structlog

from app.domain import mandats
from app.domain.faits import sms
from app.domain.nouvelles_demandes.depart import list_departs, send_depart
from app.formulaire import Formulaire
from app.settings import get_settings
from app.sms_transport import RefusDuFournisseur, TransportSms, open_transport

# Five at most 15 s each: done before the two minutes of the lease.
BATCH = 5
log = structlog.get_logger()


async def send_sms(_: dict[str, Any]) -> None:
    """Send every SMS that is due; none at night."""
    transport = open_transport(get_settings())
    while envois := await sms.claim_sms(datetime.now(UTC), BATCH):
        for envoi in envois:
            await _send(transport, envoi)


async def send_ready(_: dict[str, Any]) -> None:
    """Demandes that waited for an OUI leave; those that no longer can stay as drafts."""
    for depart in await list_departs():
        if not await send_depart(depart, Formulaire(depart.brouillon.champs), datetime.now(UTC)):
            log.warning("demande stays a draft", formulaire=str(depart.brouillon.cle))


async def end_mandats(_: dict[str, Any]) -> None:
    """Seven days without an answer, one year of mandat, forms never sent."""
    now = datetime.now(UTC)
    await mandats.expire_waiting(now)
    await mandats.end_old(now)
    await mandats.forget_orphans(now)


async def _send(transport: TransportSms, envoi: sms.Envoi) -> None:
    try:
        fournisseur_id = await transport.send(envoi.numero, envoi.texte)
    except RefusDuFournisseur as refus:
        now = datetime.now(UTC)
        again = None if refus.is_permanent else sms.next_try(envoi, now)
        log.warning("sms refused", sms=str(envoi.id), code=refus.code, permanent=again is None)
        if again is None:
            await mandats.fail_unsent(envoi, now)
        else:
            await sms.put_off(envoi, again)
    else:
        await sms.mark_sent(envoi, fournisseur_id, datetime.now(UTC))
