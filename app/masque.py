"""Reading the base without its content: what « Voir comme » shows of the pages of somebody else (product §3).

PostgreSQL itself masks: the views of the schema `masque` bear the names of the tables they stand for, so that every
text of ours reads them in place of the tables, and nothing can be written. No page has to remember it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

MASK = "set local search_path = masque, public; set local transaction_read_only = on"


@dataclass
class _Regard:
    """How this request looks at the base."""

    is_masked: bool = False


_regard: ContextVar[_Regard | None] = ContextVar("regard", default=None)


@contextmanager
def looking() -> Iterator[None]:
    """Around a request: what `mask` says inside ends with it."""
    token = _regard.set(_Regard())
    try:
        yield
    finally:
        _regard.reset(token)


def mask() -> None:
    """From here to the end of this request, the base shows no content and takes no write."""
    regard = _regard.get()
    if regard is None:
        raise RuntimeError("there is no request to mask")
    regard.is_masked = True


def is_masked() -> bool:
    """Whether this request sees no content."""
    regard = _regard.get()
    return regard is not None and regard.is_masked


@asynccontextmanager
async def opened(connection: Any, reading: Any) -> AsyncIterator[None]:
    """`reading`, a transaction of this connection or a savepoint, entered; masked, it is undone at its end, and the
    settings with it.
    """
    if not is_masked():
        async with reading:
            yield
        return
    await reading.start()
    try:
        await connection.execute(MASK)
        yield
    finally:
        await reading.rollback()
