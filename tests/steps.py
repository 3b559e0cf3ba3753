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


# The text of a step of a few lines stands in its module.
INSIDE = re.compile(r'^SQL = """(.*?)"""', re.S | re.M)


def read_steps() -> dict[str, str]:
    """The SQL of every migration by its ID, oldest first."""
    return {name: sql for name, _, sql in _steps()}


def _steps() -> list[tuple[str, str, str]]:
    """ID, file and SQL of each: a module and its text, or a module that holds a short one."""
    found = []
    for path in migrate.MIGRATIONS.glob("*.py"):
        module, beside = path.read_text(encoding="utf-8"), path.with_suffix(".sql")
        if path.name == "__init__.py":
            continue
        inside = INSIDE.search(module)
        name = module.split('ID = "')[1].split('"')[0]
        if inside:
            found.append((name, path.name, inside[1]))
        else:
            found.append((name, beside.name, beside.read_text(encoding="utf-8")))
    return sorted(found)


def last_definitions() -> list[Definition]:
    """What the base holds once every step is made."""
    found: dict[str, Definition] = {}
    for _, file, sql in _steps():
        for definition in definitions_of(file, sql):
            found[definition.name] = definition
    return list(found.values())


def definitions_of(file: str, sql: str) -> Iterator[Definition]:
    """Every view and function that this text creates, in its order."""
    for statement in DEFINITION.finditer(re.sub(r"--.*", "", sql)):
        kind = "view" if statement["view"] else "function"
        yield Definition(file, kind, statement[kind], statement[0])
