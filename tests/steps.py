"""The steps of the schema as they are written, and each view and function as the last of them leaves it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app import migrate

# The body of a function holds semicolons of its own: it ends with its `end` or its dollars, or with its only `return`.
FUNCTION = (
    r"function (?P<function>\w+)(?:(?!\ncreate ).)*?(?:\nend;|\$\$;?(?=\n|\s*\Z)(?<!as \$\$)|\nreturn [^;]+;)"
)
VIEW = r"view (?P<view>\w+)[^;]*;"
DEFINITION = re.compile(rf"^create (?:or replace )?(?:{FUNCTION}|{VIEW})", re.S | re.M)


@dataclass(frozen=True)
class Definition:
    """A view or a function as it is created by the last migration that says it, comments left out."""

    file: str
    kind: str
    name: str
    sql: str


def read_steps() -> dict[str, str]:
    """The SQL of every migration by its ID, oldest first; each is a pair of files."""
    pairs = {
        path.read_text(encoding="utf-8").split('ID = "')[1].split('"')[0]: path.with_suffix(".sql")
        for path in migrate.MIGRATIONS.glob("*.py")
        if path.name != "__init__.py"
    }
    return {name: pairs[name].read_text(encoding="utf-8") for name in migrate.list_migrations()}


def last_definitions() -> list[Definition]:
    """What the base holds once every step is made."""
    files = {path.read_text(encoding="utf-8"): path.name for path in migrate.MIGRATIONS.glob("*.sql")}
    found: dict[str, Definition] = {}
    for sql in read_steps().values():
        for definition in definitions_of(files[sql], sql):
            found[definition.name] = definition
    return list(found.values())


def definitions_of(file: str, sql: str) -> Iterator[Definition]:
    """Every view and function that this text creates, in its order."""
    for statement in DEFINITION.finditer(re.sub(r"--.*", "", sql)):
        kind = "view" if statement["view"] else "function"
        yield Definition(file, kind, statement[kind], statement[0])
