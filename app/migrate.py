"""Bring the schema up to date, ours and SAQ's, one process at a time; say when it is behind."""

import contextlib
import io
import os
from pathlib import Path

from piccolo.apps.migrations.commands.forwards import run_forwards
from saq.queue.postgres import PostgresQueue

from app import database

LOCK = 4_812_022_126
MIGRATIONS = Path(__file__).parent / "migrations"


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


async def check_schema() -> None:
    """Raises SchemaBehind unless every migration of this code has run (quality S10)."""
    wanted = {path.stem for path in MIGRATIONS.glob("*.sql")}
    rows = await database.fetch("select to_regclass('migration') is not null as has_migrations")
    if not rows[0]["has_migrations"]:
        raise SchemaBehind("the base is empty")
    done = await database.fetch("select count(*) as n from migration where app_name = 'aplus'")
    if done[0]["n"] < len(wanted):
        raise SchemaBehind(f"{len(wanted) - done[0]['n']} migration(s) missing")
