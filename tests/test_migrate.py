"""The frozen schema says what tables.py says; migrating twice changes nothing; a table in use is not waited behind."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner
from piccolo.conf.apps import table_finder

from app import __main__ as commands
from app import database, migrate, piccolo_app
from app.settings import get_settings

COLUMNS = """
select table_name, column_name, udt_name, is_nullable, character_maximum_length
from information_schema.columns where table_schema = 'public'
"""
#: Those of the migrations themselves and of the queue are not ours.
TABLES = """
select table_name from information_schema.tables
where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'migration' and table_name not like 'saq%'
"""
KINDS = {
    "BIGINT": "int8",
    "BIGSERIAL": "int8",
    "INTEGER": "int4",
    "SERIAL": "int4",
    "SMALLINT": "int2",
    "BOOLEAN": "bool",
    "TIMESTAMPTZ": "timestamptz",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}


def kind_of(column_type: str) -> tuple[str, int | None]:
    """PostgreSQL's name of a Piccolo type, and its length."""
    base, _, rest = column_type.partition("(")
    length = int(rest.partition(")")[0]) if rest else None
    name = "varchar" if base == "VARCHAR" else KINDS.get(base, base.lower())
    if column_type.endswith("[]"):
        return "_" + {"integer[]": "int4", "bigint[]": "int8", "text[]": "text"}.get(name, name), None
    return name, length


async def test_the_migrations_make_the_schema_of_tables_py() -> None:
    said = {
        (table._meta.tablename, column._meta.db_column_name): (
            *kind_of(column.column_type),
            column._meta.null,
        )
        for table in table_finder(modules=["app.tables"])
        for column in table._meta.columns
    }
    tables_said = {name for name, _ in said}
    made = {
        (row["table_name"], row["column_name"]): (
            row["udt_name"],
            row["character_maximum_length"],
            row["is_nullable"] == "YES",
        )
        for row in await database.fetch(COLUMNS)
        if row["table_name"] in tables_said
    }
    assert made == said
    tables_made = {row["table_name"] for row in await database.fetch(TABLES)}
    assert tables_made <= tables_said, "a table that tables/__init__.py does not list"


@pytest.mark.committed
async def test_migrating_twice_changes_nothing() -> None:
    before = {tuple(row) for row in await database.fetch(COLUMNS)}
    await migrate.migrate(database.find_database_url(get_settings()))
    assert {tuple(row) for row in await database.fetch(COLUMNS)} == before
    await migrate.check_schema()


async def test_a_schema_behind_the_code_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan(tmp_path, monkeypatch, "")
    with pytest.raises(migrate.SchemaBehind, match="2099-01-01"):
        await migrate.check_schema()


async def test_a_base_ahead_of_the_code_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The version still running meets the schema of the next one (quality R4)."""
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path)
    await migrate.check_schema()


NEXT = "2099-01-01T00:00:00:000000"
# A name of its own for each test: Python keeps the modules it has imported.
MODULE = '''
from app.migrate import run_sql

ID = "{next}"
SQL = """{sql}"""
forwards = run_sql(__file__, ID, "essai", SQL)
'''


def plan(folder: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """The migrations of this code, and one more."""
    for path in migrate.MIGRATIONS.glob("*_20*.*"):
        (folder / path.name).write_text(path.read_text())
    (folder / f"{folder.name}_2099.py").write_text(MODULE.format(next=NEXT, sql=sql))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(piccolo_app.APP_CONFIG, "migrations_folder_path", str(folder))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(migrate, "LOCK_MILLISECONDS", 50)
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.05)


async def traces() -> list[str]:
    """What the migration of a test left: its column, its line."""
    rows = await database.fetch(
        "select column_name from information_schema.columns where table_name = 'battements'"
        " and column_name = 'essai' union select name from migration where name = :next",
        next=NEXT,
    )
    return sorted(row["column_name"] for row in rows)


@asynccontextmanager
async def battements_held() -> AsyncIterator[Any]:
    """Somebody reads the table, in a transaction that lasts."""
    connection = await asyncpg.connect(database.find_database_url(get_settings()))
    try:
        async with connection.transaction():
            await connection.execute("lock table battements in access share mode")
            yield connection
    finally:
        await connection.close()


@pytest.mark.committed
async def test_a_migration_waits_its_turn_then_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan(tmp_path, monkeypatch, "alter table battements add column essai text;")
    url = database.find_database_url(get_settings())
    try:
        async with battements_held():
            migrating = asyncio.create_task(migrate.migrate(url))
            await asyncio.sleep(0.12)
            assert not migrating.done() and await traces() == []
        await migrating
        assert await traces() == [NEXT, "essai"]
    finally:
        await database.run_script(
            f"alter table battements drop column if exists essai; delete from migration where name = '{NEXT}'"
        )


@pytest.mark.committed
async def test_a_table_that_stays_in_use_leaves_the_base_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan(tmp_path, monkeypatch, "alter table battements add column essai text;")
    async with battements_held():
        with pytest.raises(migrate.MigrationFailed, match=r"2099-01-01.* stays in use"):
            await migrate.migrate(database.find_database_url(get_settings()))
    assert await traces() == []


@pytest.mark.committed
async def test_a_migration_that_fails_half_way_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan(tmp_path, monkeypatch, "alter table battements add column essai text; select nothing_of_the_kind;")
    with pytest.raises(migrate.MigrationFailed, match=r"2099-01-01.*nothing_of_the_kind"):
        await migrate.migrate(database.find_database_url(get_settings()))
    assert await traces() == []
    with pytest.raises(migrate.SchemaBehind, match="python -m app migrate"):
        await migrate.check_schema()


# The demonstration starts a base of its own, and the tables of faits and settings ask nothing of it.
ASKING_THE_BASE = sorted(set(commands.main.commands) - {"demo", "faits", "reglages", "backup", "restore"})
ARGUMENTS = {
    "create-administrateur": ["ada@exemple.fr"],
    "end-second-factor": ["ada@exemple.fr"],
    "jeton": ["Essai"],
    "revoquer-jeton": ["1"],
}


@pytest.mark.parametrize("command", ASKING_THE_BASE)
def test_a_base_that_cannot_be_reached_is_said_kindly(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = dataclasses.replace(get_settings(), database_url="postgresql://127.0.0.1:1/aplus")
    for module in ("app.__main__", "app.tasks.ouvrier"):
        monkeypatch.setattr(f"{module}.get_settings", lambda: nowhere)
    result = CliRunner().invoke(commands.main, [command, *ARGUMENTS.get(command, [])])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: PostgreSQL cannot be reached: ")
    assert "DATABASE_URL" in result.output and "Traceback" not in result.output


def test_each_migration_has_a_name_of_its_own() -> None:
    """Two that bear one name make one: the other would never be run, and nothing would say so."""
    names = migrate.list_migrations()
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
