"""Reading the base without writing to it, and without its content: how a request may look at it.

PostgreSQL itself refuses and masks, so that no page has to remember it. A maintenance holds every write back. « Voir
comme » shows the pages of somebody else (product §3): the views of the schema `masque` bear the names of the tables
they stand for, every text of ours reads them in place of the tables, and nothing can be written either.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

HOLD = "set local transaction_read_only = on"
MASK = f"set local search_path = masque, public; {HOLD}"


@dataclass
class _Regard:
    """How this request looks at the base: what each of its transactions opens with."""

    opening: str = ""


_regard: ContextVar[_Regard | None] = ContextVar("regard", default=None)


@contextmanager
def looking() -> Iterator[None]:
    """Around a request: what `mask` and `hold` say inside ends with it."""
    token = _regard.set(_Regard())
    try:
        yield
    finally:
        _regard.reset(token)


def mask() -> None:
    """From here to the end of this request, the base shows no content and takes no write."""
    _open_with(MASK)


def hold() -> None:
    """From here to the end of this request, the base takes no write; what was masked stays so."""
    if not is_masked():
        _open_with(HOLD)


def find_opening() -> str:
    """What each transaction of this request opens with; nothing for one that reads and writes."""
    regard = _regard.get()
    return regard.opening if regard else ""


def is_masked() -> bool:
    """Whether this request sees no content."""
    return find_opening() == MASK


def _open_with(opening: str) -> None:
    regard = _regard.get()
    if regard is None:
        raise RuntimeError("there is no request to hold back")
    regard.opening = opening


@asynccontextmanager
async def opened(connection: Any, reading: Any) -> AsyncIterator[None]:
    """`reading`, a transaction of this connection or a savepoint, entered; where nothing may be written, it is undone
    at its end, and the settings with it.
    """
    if not (opening := find_opening()):
        async with reading:
            yield
        return
    await reading.start()
    try:
        await connection.execute(opening)
        yield
    finally:
        await reading.rollback()
