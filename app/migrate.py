"""Bring the schema up to date, ours and SAQ's, one process at a time; say when it is behind."""

import contextlib
import io
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from saq.queue.postgres import PostgresQueue

from app import database

LOCK = 4_812_022_126
MIGRATIONS = Path(__file__).parent / "migrations"
_ID = re.compile(r'^ID = "(.+)"$', re.M)


class SchemaBehind(Exception):
    """The code needs migrations the base has not had: run `migrate` first."""


async def migrate(database_url: str) -> None:
    """Run the missing migrations. Safe to run twice and from two processes.

    Raises RuntimeError when a migration fails; it is rolled back.
    """
    os.environ["PICCOLO_CONF"] = "app.piccolo_conf"
    async with database.ENGINE.connection() as lock:
        await lock.execute("select pg_advisory_lock($1)", LOCK)
        try:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                result = await run_forwards("aplus")
            if not result.success:
                raise RuntimeError(said.getvalue())
            await _make_queue_tables(database_url)
        finally:
            await lock.execute("select pg_advisory_unlock($1)", LOCK)


async def _make_queue_tables(database_url: str) -> None:
    """SAQ makes its tables when it connects; two doing so at once race, hence here."""
    queue = PostgresQueue.from_url(database_url)
    await queue.connect()
    await queue.disconnect()


def run_sql(module: str, identifiant: str, description: str) -> Callable[[], Awaitable[MigrationManager]]:
    """The `forwards` of a migration written in SQL: the text beside `module`, which says an `ID`.

    A migration works with the version still running: it adds, and only a later one takes away (quality R4).
    """

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=identifiant, app_name="aplus", description=description)

        async def run() -> None:
            await database.run_script(Path(module).with_suffix(".sql").read_text(encoding="utf-8"))

        manager.add_raw(run)
        return manager

    return forwards


def list_migrations() -> list[str]:
    """The ID of every migration of this code, oldest first."""
    texts = (path.read_text(encoding="utf-8") for path in MIGRATIONS.glob("*.py"))
    return sorted(found[1] for found in map(_ID.search, texts) if found)


async def check_schema() -> None:
    """Raises SchemaBehind unless every migration of this code has run (quality S10). A base that is ahead is fine."""
    rows = await database.fetch("select to_regclass('migration') is not null as has_migrations")
    if not rows[0]["has_migrations"]:
        raise SchemaBehind("the base is empty")
    done = {
        row["name"] for row in await database.fetch("select name from migration where app_name = 'aplus'")
    }
    missing = [name for name in list_migrations() if name not in done]
    if missing:
        raise SchemaBehind(f"migrations missing: {', '.join(missing)}")
