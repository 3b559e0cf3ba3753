"""SMS leave, the demandes that waited for an OUI leave, and mandats end.

When the worker is killed between the provider's yes and the mark, an SMS leaves twice: its text is the same, and so is
what an answer to it means.
"""

from functools import partial
from typing import Any

import structlog

from app import horloge
from app.database import Indisponible
from app.domain import mandats
from app.domain.faits import sms
from app.domain.nouvelles_demandes.depart import list_departs, send_depart
from app.formulaire import Formulaire
from app.settings import get_settings
from app.sms_transport import TransportSms, open_transport
from app.tasks.envois import send_all

log = structlog.get_logger()


async def send_sms(_: dict[str, Any]) -> bool:
    """Send every SMS that is due, none at night; whether more may be due now."""
    transport = open_transport(get_settings())
    tournee = await send_all(sms.SMS, sms.claim_sms, partial(_deliver, transport))
    if tournee.is_any_set_aside:
        await mandats.fail_unsent(horloge.now())
    return tournee.is_cut


async def send_ready(_: dict[str, Any]) -> None:
    """Demandes that waited for an OUI leave; those that no longer can stay as drafts. None delays another."""
    for depart in await list_departs():
        try:
            is_sent = await send_depart(depart, Formulaire(depart.brouillon.champs), horloge.now())
        except Indisponible:
            raise
        except Exception as error:
            log.error(
                "demande could not leave", formulaire=str(depart.brouillon.cle), error=type(error).__name__
            )
            continue
        if not is_sent:
            log.warning("demande stays a draft", formulaire=str(depart.brouillon.cle))


async def end_mandats(_: dict[str, Any]) -> None:
    """SMS that never left, seven days without an answer, one year of mandat, forms never sent."""
    now = horloge.now()
    await mandats.fail_unsent(now)
    await mandats.expire_waiting(now)
    await mandats.end_old(now)
    await mandats.forget_orphans(now)


async def _deliver(transport: TransportSms, envoi: sms.EnvoiSms) -> None:
    fournisseur_id = await transport.send(envoi.numero, envoi.texte)
    await sms.mark_sent(envoi, fournisseur_id, horloge.now())
