"""The personal data of closed demandes leave. The sweep may be killed at any step, and run twice."""

from typing import Any

import structlog

from app import horloge
from app.coffre import CoffreIndisponible
from app.domain.oubli.menages import forget_demandes

log = structlog.get_logger()


async def erase_demandes(_: dict[str, Any]) -> None:
    """Demandes closed long enough, and erasures begun."""
    try:
        await forget_demandes(horloge.now())
    except CoffreIndisponible as error:
        # The next hour tries again: a demande is marked erased only once the store has erased its files.
        log.warning("store unreachable", cause=str(error))
