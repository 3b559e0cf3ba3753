"""The frozen schema says what tables.py says, and migrating twice changes nothing."""

from pathlib import Path

import pytest
from piccolo.conf.apps import table_finder

from app import database, migrate
from app.settings import get_settings

COLUMNS = """
select table_name, column_name, udt_name, is_nullable, character_maximum_length
from information_schema.columns where table_schema = 'public'
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
        return "_" + {"integer[]": "int4", "text[]": "text"}.get(name, name), None
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


@pytest.mark.committed
async def test_migrating_twice_changes_nothing() -> None:
    before = {tuple(row) for row in await database.fetch(COLUMNS)}
    await migrate.migrate(database.find_database_url(get_settings()))
    assert {tuple(row) for row in await database.fetch(COLUMNS)} == before
    await migrate.check_schema()


async def test_a_schema_behind_the_code_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in migrate.MIGRATIONS.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "next.py").write_text('ID = "2099-01-01T00:00:00:000000"\n')
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path)
    with pytest.raises(migrate.SchemaBehind, match="2099-01-01"):
        await migrate.check_schema()


async def test_a_base_ahead_of_the_code_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The version still running meets the schema of the next one (quality R4)."""
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path)
    await migrate.check_schema()
