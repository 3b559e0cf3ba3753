"""What leaves: every row that is due, a few at a time, until none is left."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from app.domain.faits.envois import EnvoiRefuse, Queue, Reclame, refuse

# Five sendings of 20 seconds at most end before the two minutes of the lease.
BATCH = 5
E = TypeVar("E", bound=Reclame)
log = structlog.get_logger()


async def send_all(
    queue: Queue,
    claim: Callable[[datetime, int], Awaitable[list[E]]],
    deliver: Callable[[E], Awaitable[None]],
) -> bool:
    """Claim, deliver, and refuse what `deliver` raises EnvoiRefuse for; whether something was set aside."""
    is_any_set_aside = False
    while claimed := await claim(datetime.now(UTC), BATCH):
        for envoi in claimed:
            try:
                await deliver(envoi)
            except EnvoiRefuse as refus:
                is_set_aside = await refuse(queue, envoi, refus, datetime.now(UTC))
                log.warning(
                    "refused", queue=queue.nom, id=str(envoi.id), code=refus.code, set_aside=is_set_aside
                )
                is_any_set_aside |= is_set_aside
    return is_any_set_aside
