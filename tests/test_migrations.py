"""The version still running works on the schema of the next one: a migration only adds (quality R4)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from app import database, migrate
from app.embarque import start_embedded_server
from app.settings import get_settings
from tests.cast import CAST
from tests.factories import erase_demandes, make_demande, make_invitation, make_message
from tests.schema import Schema, breakages, read_schema
from tests.steps import read_steps

FIRST = """
create table agents (id serial primary key, nom varchar(80) not null default '', email text);
create function double(n integer) returns integer language sql as 'select 2 * n';
create view presents as select id from agents;
"""


@asynccontextmanager
async def empty_base() -> AsyncIterator[Any]:
    """A connection to a base of its own, which goes afterwards."""
    await database.run_script("create database essai_migrations template template0")
    url = start_embedded_server(get_settings().var / "postgres", "essai_migrations")
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
        await database.run_script("drop database essai_migrations")


def test_each_step_has_a_moment_of_its_own() -> None:
    """Of two steps of one moment, the second would be taken for made."""
    modules = [path.read_text(encoding="utf-8") for path in migrate.MIGRATIONS.glob("*_20*.py")]
    ids = [line for module in modules for line in module.splitlines() if line.startswith("ID = ")]
    assert len(modules) == len(ids) == len(set(ids))


@pytest.mark.committed
async def test_each_migration_only_adds_and_the_code_of_the_first_schema_still_writes(now: Any) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_message(numero, CAST.ines, "Bonjour.", now, groupe=CAST.groupes.caf)
    try:
        async with empty_base() as connection:
            schemas: list[Schema] = []
            steps = read_steps()
            for sql in steps.values():
                await connection.execute(sql)
                schemas.append(await read_schema(connection))
            faults = [
                f"{name}: {fault}"
                for name, before, after in zip(list(steps)[1:], schemas, schemas[1:], strict=False)
                for fault in breakages(before, after)
            ]
            assert not faults, "\n".join(faults)
            assert await copy_rows(schemas[0], connection) > 200
    finally:
        await erase_demandes()


async def copy_rows(schema: Schema, connection: Any) -> int:
    """Write rows of the run's own base into this one, by statements that name the columns of `schema` only."""
    copied = 0
    # Rows come table by table, whatever they refer to; nulls, checks and unique indexes are held all the same.
    await connection.execute("set session_replication_role = replica")
    for table, columns in schema.tables.items():
        names = ", ".join(columns)
        rows = [tuple(row) for row in await database.fetch(f"select {names} from {table}")]
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await connection.executemany(f"insert into {table} ({names}) values ({marks})", rows)
        assert len(await connection.fetch(f"select {names} from {table}")) == len(rows), table
        copied += len(rows)
    return copied


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("alter table agents add column prenom text", ""),
        ("alter table agents add column rang integer not null default 0", ""),
        ("alter table agents alter column nom type text", ""),
        ("create table groupes (id serial, nom text unique not null)", ""),
        ("create index agents_nom on agents (nom)", ""),
        ("create or replace view presents as select id, nom from agents", ""),
        (
            "alter table agents add column prenom text not null",
            "agents.prenom is new and must be given a value",
        ),
        ("alter table agents drop column email", "agents.email is gone"),
        ("alter table agents rename column email to adresse", "agents.email is gone"),
        ("alter table agents alter column email set not null", "agents.email may no longer be null"),
        ("alter table agents alter column nom drop default", "agents.nom lost its default"),
        ("drop view presents", "presents is gone"),
        ("alter table agents alter column nom type varchar(40)", "agents.nom is shorter"),
        ("alter table agents alter column email type bytea using ''", "agents.email was text and is bytea"),
        ("create unique index agents_email on agents (email)", "agents refuses more rows than before"),
        ("alter table agents add check (nom <> '')", "agents refuses more rows than before"),
        ("alter table agents drop constraint agents_pkey", "agents lost USING btree (id)"),
        ("drop function double", "double(integer) integer is gone"),
    ],
)
async def test_what_would_break_the_version_before_is_seen(step: str, fault: str) -> None:
    connection = database.ENGINE.current_transaction.get().connection  # type: ignore[union-attr]
    await connection.execute("create schema essai; set local search_path to essai")
    await connection.execute(FIRST)
    before = await read_schema(connection)
    await connection.execute(step)
    faults = breakages(before, await read_schema(connection))
    assert any(found.startswith(fault) for found in faults) if fault else not faults, faults
