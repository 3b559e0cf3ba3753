"""A schema as the code sees it, and what in the next one would break the version that still runs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COLUMNS = """
select table_name, column_name, udt_name, character_maximum_length, is_nullable = 'YES' as is_nullable,
    column_default is not null or is_identity = 'YES' or is_generated = 'ALWAYS' as has_default
from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position
"""
# `on conflict` needs its unique index; a new one, or a new check, refuses what the former version may still write.
RULES = """
select conrelid::regclass::text as table_name, pg_get_constraintdef(oid) as rule from pg_constraint
where connamespace = current_schema()::regnamespace and contype = 'c'
union
select tablename, substring(indexdef from 'USING .*') from pg_indexes
where schemaname = current_schema() and indexdef like 'CREATE UNIQUE%'
"""
FUNCTIONS = """
select p.oid::regprocedure::text || ' ' || pg_get_function_result(p.oid) as function from pg_proc p
where pronamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True)
class Column:
    """What a statement written for it relies on."""

    kind: str
    length: int | None
    is_nullable: bool
    has_default: bool


@dataclass(frozen=True)
class Schema:
    """Tables and views with their columns, the rules on their rows, the functions."""

    tables: Mapping[str, Mapping[str, Column]]
    rules: frozenset[tuple[str, str]] = frozenset()
    functions: frozenset[str] = frozenset()


async def read_schema(connection: Any) -> Schema:
    """The schema of this base, as of now."""
    tables: dict[str, dict[str, Column]] = {}
    for row in await connection.fetch(COLUMNS):
        tables.setdefault(row["table_name"], {})[row["column_name"]] = Column(
            kind=row["udt_name"],
            length=row["character_maximum_length"],
            is_nullable=row["is_nullable"],
            has_default=row["has_default"],
        )
    return Schema(
        tables,
        frozenset((row["table_name"], row["rule"]) for row in await connection.fetch(RULES)),
        frozenset(row["function"] for row in await connection.fetch(FUNCTIONS)),
    )


def breakages(before: Schema, after: Schema) -> list[str]:
    """Why the code written for `before` would fail on `after`; empty when the step only adds."""
    faults = []
    for table, columns in before.tables.items():
        now = after.tables.get(table)
        if now is None:
            faults.append(f"{table} is gone")
            continue
        faults += [
            f"{table}.{name} {fault}" for name in columns for fault in _broken(columns[name], now.get(name))
        ]
        faults += [
            f"{table}.{name} is new and must be given a value"
            for name, column in now.items()
            if name not in columns and not column.is_nullable and not column.has_default
        ]
    faults += [
        f"{table} refuses more rows than before: {rule}"
        for table, rule in sorted(after.rules - before.rules)
        if table in before.tables
    ]
    faults += [
        f"{table} lost {rule}" for table, rule in sorted(before.rules - after.rules) if "USING" in rule
    ]
    faults += [f"{function} is gone" for function in sorted(before.functions - after.functions)]
    return faults


def _broken(was: Column, now: Column | None) -> list[str]:
    if now is None:
        return ["is gone"]
    faults = []
    if now.kind != was.kind and {was.kind, now.kind} != {"varchar", "text"}:
        faults.append(f"was {was.kind} and is {now.kind}")
    if now.length is not None and (was.length is None or now.length < was.length):
        faults.append("is shorter")
    if was.is_nullable and not now.is_nullable:
        faults.append("may no longer be null")
    if was.has_default and not now.has_default:
        faults.append("lost its default")
    return faults
