"""Tell programs what the journal says happened."""

from typing import Any

from app import horloge
from app.domain.faits.envois import mark_sent
from app.domain.figures.rappels import RAPPELS, EnvoiRappel, claim_rappels, forget_rappels, write_rappels
from app.rappel_transport import deliver
from app.tasks.envois import send_all


async def send_rappels(_: dict[str, Any]) -> bool:
    """Write what is to be told, then send what is due; whether more may be due now."""
    while await write_rappels(horloge.now()):
        pass
    tournee = await send_all(RAPPELS, claim_rappels, _deliver)
    await forget_rappels(horloge.now())
    return tournee.is_cut


async def _deliver(envoi: EnvoiRappel) -> None:
    await deliver(envoi, horloge.now())
    await mark_sent(RAPPELS, envoi, horloge.now())
