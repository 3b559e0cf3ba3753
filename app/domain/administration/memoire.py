"""What each process remembers for the pages of everybody, so that none asks the base for it: information bands and
maintenances, read again every few seconds and at once after an act of that process.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from app import database
from app.domain.administration.bandeaux import refresh_bandeaux
from app.domain.administration.maintenances import refresh_maintenances

#: How long an act may take to reach the pages of another process.
REFRESH_SECONDS = 5.0
log = structlog.get_logger()


async def refresh(now: datetime) -> None:
    """Read it all again. Raises Indisponible."""
    await refresh_bandeaux(now)
    await refresh_maintenances(now)


async def keep_fresh(clock: Callable[[], datetime]) -> None:
    """Read it every few seconds, as long as the process lives. Meanwhile pages show what was known."""
    while True:
        try:
            await refresh(clock())
        except database.Indisponible:
            pass  # Each visit says it already.
        except Exception as error:
            # Whatever it is, the next reading may succeed: a process that stopped reading would tell nobody.
            log.error("memory unread", error=type(error).__name__)
        await asyncio.sleep(REFRESH_SECONDS)
