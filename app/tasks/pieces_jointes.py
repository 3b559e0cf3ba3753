"""Files leave when their time has come. The sweep may be killed at any step, and run twice."""

from datetime import UTC, datetime
from typing import Any

import structlog

from app.coffre import CoffreIndisponible
from app.domain.oubli.menages import forget_pieces

log = structlog.get_logger()


async def erase_pieces(_: dict[str, Any]) -> None:
    """Files past their fifteen days, forms never sent, contents no row knows."""
    try:
        await forget_pieces(datetime.now(UTC))
    except CoffreIndisponible as error:
        # The next hour tries again: a file is marked erased only once the store has erased it.
        log.warning("store unreachable", cause=str(error))
