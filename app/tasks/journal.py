"""Seal the lines of the journal that are not yet."""

from typing import Any

from app.domain.faits.journal import seal_lines


async def seal_journal(_: dict[str, Any]) -> None:
    """Every open line, in order."""
    while await seal_lines() > 0:
        pass
