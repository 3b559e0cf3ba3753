"""Files leave when their time has come. The sweep may be killed at any step, and run twice."""

from datetime import UTC, datetime
from typing import Any

import structlog

from app.coffre import CoffreIndisponible
from app.domain.pieces_jointes import effacement

log = structlog.get_logger()


async def erase_pieces(_: dict[str, Any]) -> None:
    """Files past their fifteen days, forms never sent, contents no row knows."""
    now = datetime.now(UTC)
    try:
        await effacement.erase_expired(now)
        await effacement.forget_abandoned(now)
        await effacement.erase_orphans(now)
    except CoffreIndisponible as error:
        # The next hour tries again: a file is marked erased only once the store has erased it.
        log.warning("store unreachable", cause=str(error))
