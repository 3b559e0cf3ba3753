"""Trying something, then being as if nothing had happened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import database


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What is written inside is rolled back at the end, or whenever `start_again` is called.

    The savepoint is released too: a nested transaction only goes back to its own, and a walk of ten thousand requests
    would hold a lock for each of them.
    """
    await database.fetch("savepoint essai")
    try:
        yield
    finally:
        await database.fetch("rollback to savepoint essai")
        await database.fetch("release savepoint essai")


async def start_again() -> None:
    """Inside `undone`: as if nothing had been asked yet. One trip to the base, where another `undone` takes three."""
    await database.fetch("rollback to savepoint essai")
