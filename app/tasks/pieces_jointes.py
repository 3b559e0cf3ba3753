"""Files leave when their time has come, wait for the antivirus, and are drawn. A sweep may be killed, and run twice."""

from typing import Any

import structlog

from app import horloge
from app.coffre import CoffreIndisponible
from app.domain.oubli.menages import forget_pieces
from app.domain.pieces_jointes.analyse import scan_waiting
from app.domain.pieces_jointes.apercus import draw_waiting

log = structlog.get_logger()


async def erase_pieces(_: dict[str, Any]) -> None:
    """Files past their fifteen days, forms never sent, contents no row knows."""
    try:
        await forget_pieces(horloge.now())
    except CoffreIndisponible as error:
        # The next hour tries again: a file is marked erased only once the store has erased it.
        log.warning("store unreachable", cause=str(error))


async def scan_pieces(_: dict[str, Any]) -> None:
    """Files that came while the antivirus did not answer."""
    await scan_waiting(horloge.now())


async def draw_apercus(_: dict[str, Any]) -> bool:
    """What pictures and PDF files look like, once judged; whether more may be left."""
    return await draw_waiting(horloge.now())
