"""Seal the lines of the journal that are not yet; each night, read the whole chain again."""

from typing import Any

import structlog

from app.domain.faits.journal import check_journal, seal_lines

log = structlog.get_logger()


class JournalRompu(Exception):
    """A line of the journal was changed, or is missing: its class is all that is told."""


async def seal_journal(_: dict[str, Any]) -> None:
    """Every open line, in the order of its seal."""
    while await seal_lines() > 0:
        pass


async def verify_journal(_: dict[str, Any]) -> None:
    """Read the chain again and tell its head in the log, outside the base. Raises JournalRompu."""
    constat = await check_journal()
    if constat.rupture is not None:
        log.error("journal broken", line=constat.ligne, why=constat.rupture.value)
        raise JournalRompu(constat.rupture.value)
    log.warning("journal checked", lines=constat.lignes, rank=constat.dernier_rang, head=constat.tete)
