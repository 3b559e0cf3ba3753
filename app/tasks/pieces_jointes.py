"""Files leave when their time has come, and their author is told before. Safe to kill at any step, and to run twice."""

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
        # The next hour tries again; nothing is marked erased that is not.
        log.warning("store unreachable", cause=str(error))


async def warn_of_erasure(_: dict[str, Any]) -> None:
    """A mail to the authors whose files go in three days."""
    await effacement.warn_authors(datetime.now(UTC))
