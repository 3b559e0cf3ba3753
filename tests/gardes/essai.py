"""Trying something, then being as if nothing had happened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import database
from tests.base import RolledBack


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What is written inside is rolled back at the end."""
    try:
        async with database.transaction():
            yield
            raise RolledBack
    except RolledBack:
        pass
