"""What leaves: every row that is due, a few at a time, until none is left or the round has lasted long enough."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from app import database, horloge
from app.domain.faits.envois import EnvoiRefuse, Queue, Reclame, refuse, release

# Four sendings of 25 seconds at most end before the two minutes of the lease.
BATCH = 4
# A worker that stops waits for the end of the round: it is shorter than the 30 seconds it is given.
ROUND_SECONDS = 15.0
E = TypeVar("E", bound=Reclame)
log = structlog.get_logger()


@dataclass
class Tournee:
    """What a round did. `is_cut`: its time was up, more may be due now."""

    is_any_set_aside: bool = False
    is_cut: bool = False


async def send_all(
    queue: Queue,
    claim: Callable[[datetime, int], Awaitable[list[E]]],
    deliver: Callable[[E], Awaitable[None]],
) -> Tournee:
    """Claim, deliver, and refuse what `deliver` raises EnvoiRefuse for.

    When nobody answers on the other side the round ends: the rows wait, none of them is to blame. Whatever ends it,
    what was claimed and not tried is free again at once.
    """
    tournee, ends_at = Tournee(), time.monotonic() + ROUND_SECONDS
    while claimed := await claim(horloge.now(), BATCH):
        waiting = list(claimed)
        try:
            while waiting:
                is_answered = await _try(queue, waiting[0], deliver, tournee)
                if not is_answered:
                    return tournee
                del waiting[0]
        finally:
            await _free(queue, waiting)
        if time.monotonic() > ends_at:
            tournee.is_cut = True
            break
    return tournee


async def _try(queue: Queue, envoi: E, deliver: Callable[[E], Awaitable[None]], tournee: Tournee) -> bool:
    """Whether the other side answered, were it to refuse."""
    try:
        await deliver(envoi)
    except EnvoiRefuse as refus:
        now = horloge.now()
        if refus.is_unreachable and not queue.is_given_up(envoi, now):
            log.warning("unreachable", queue=queue.nom, code=refus.code)
            return False
        is_set_aside = await refuse(queue, envoi, refus, now)
        log.warning("refused", queue=queue.nom, id=str(envoi.id), code=refus.code, set_aside=is_set_aside)
        tournee.is_any_set_aside |= is_set_aside
    return True


async def _free(queue: Queue, envois: Sequence[Reclame]) -> None:
    """Without a base the lease ends by itself; a sweep that is cancelled still frees what it held."""
    if envois:
        with contextlib.suppress(database.Indisponible):
            await asyncio.shield(release(queue, envois))
