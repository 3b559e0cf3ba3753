"""Bring the schema up to date, ours and SAQ's, one process at a time; say when it is behind.

A migration runs while the version before it still serves people: it only adds to the schema
(`tests/test_migrations.py` holds this), and it never makes people wait behind a table that is in use.
"""

import asyncio
import contextlib
import io
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from app import database
from app.verrous import Verrou

# What makes a migration brings a formatter of code, the queue another driver: every command asks whether the schema is
# behind, and hardly any has to change it.
if TYPE_CHECKING:
    from piccolo.apps.migrations.auto.migration_manager import MigrationManager

MIGRATIONS = Path(__file__).parent / "migrations"
ATTEMPTS = 5
LOCK_MILLISECONDS = 1000
PAUSE_SECONDS = 2.0
_ID = re.compile(r'^ID = "(.+)"$', re.M)


class SchemaBehind(Exception):
    """The code needs migrations the base has not had: run `migrate` first."""


class MigrationFailed(Exception):
    """A migration could not be made; the base is as it was before that one."""


async def migrate(database_url: str) -> None:
    """Run the missing migrations. Safe to run twice and from two processes: the second waits for the first.

    Raises MigrationFailed; the migrations made before the failing one are kept.
    """
    os.environ["PICCOLO_CONF"] = "app.piccolo_conf"
    async with database.ENGINE.connection() as lock:
        await lock.execute("select pg_advisory_lock($1)", Verrou.MIGRATIONS, timeout=database.SCRIPT_SECONDS)
        try:
            for name in await list_missing():
                await _make(name)
            # The views of « Voir comme » have the columns of their tables, whichever migration came last.
            await database.fetch("select refaire_masque()")
            await _make_queue_tables(database_url)
        finally:
            await lock.execute("select pg_advisory_unlock($1)", Verrou.MIGRATIONS)


async def _make(name: str) -> None:
    """Make one migration, once nobody holds the tables it changes.

    A statement that waits for a table makes everybody behind it wait too: it gives up after a second, and comes back.
    """
    from piccolo.apps.migrations.commands.forwards import run_forwards  # noqa: PLC0415 - see above

    for attempt in range(1, ATTEMPTS + 1):
        try:
            # Piccolo joins this transaction, so that the schema and the line that says it was made are kept together.
            async with database.transaction():
                await database.run_script(f"set local lock_timeout = '{LOCK_MILLISECONDS}ms'")
                with contextlib.redirect_stdout(io.StringIO()) as said:
                    result = await run_forwards("aplus", name)
                if not result.success:
                    raise MigrationFailed(f"{name}: {said.getvalue()}")
            return
        except asyncpg.LockNotAvailableError as error:
            if attempt == ATTEMPTS:
                raise MigrationFailed(
                    f"{name}: a table it changes stays in use. Nothing was changed; run it again later."
                ) from error
            await asyncio.sleep(PAUSE_SECONDS)
        except asyncpg.PostgresError as error:
            raise MigrationFailed(f"{name}: {error}") from error


async def _make_queue_tables(database_url: str) -> None:
    """SAQ makes its tables when it connects; two doing so at once race, hence here."""
    from saq.queue.postgres import PostgresQueue  # noqa: PLC0415 - see above

    queue = PostgresQueue.from_url(database_url)
    await queue.connect()
    await queue.disconnect()


def run_sql(
    module: str, identifiant: str, description: str, sql: str | None = None
) -> "Callable[[], Awaitable[MigrationManager]]":
    """The `forwards` of a migration written in SQL, which says an `ID`: `sql` for a few lines, else the text that
    stands beside `module`.

    It works with the version still running: it adds, and only a later version takes away (quality R4).
    """

    from piccolo.apps.migrations.auto.migration_manager import MigrationManager  # noqa: PLC0415 - see above

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=identifiant, app_name="aplus", description=description)

        async def run() -> None:
            await database.run_script(sql or Path(module).with_suffix(".sql").read_text(encoding="utf-8"))

        manager.add_raw(run)
        return manager

    return forwards


def list_migrations() -> list[str]:
    """The ID of every migration of this code, oldest first."""
    texts = (path.read_text(encoding="utf-8") for path in MIGRATIONS.glob("*.py"))
    return sorted(found[1] for found in map(_ID.search, texts) if found)


async def list_missing() -> list[str]:
    """The migrations of this code that this base has not had, oldest first."""
    [row] = await database.fetch("select to_regclass('migration') is not null as has_migrations")
    if not row["has_migrations"]:
        return list_migrations()
    rows = await database.fetch("select name from migration where app_name = 'aplus'")
    return [name for name in list_migrations() if name not in {row["name"] for row in rows}]


async def check_schema() -> None:
    """Raises SchemaBehind unless every migration of this code has run (quality S10). A base that is ahead is fine."""
    if missing := await list_missing():
        raise SchemaBehind(f"migrations missing: {', '.join(missing)}. Run: python -m app migrate")
