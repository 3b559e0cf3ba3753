"""Small wrong changes of the views and functions of the base: a condition, a branch, a word at a time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.steps import Definition

# What a hurried hand writes instead. Each match in a statement is one change.
CHANGES = (
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"),
    (r"(?<= )= (?!any)", "<> "),
    (r"(?<= )> ", ">= "),
    (r"(?<= )> ", "< "),
    (r"\band\b", "or"),
    (r"\bor\b", "and"),
    (r"\bbool_or\b", "bool_and"),
    (r"\bbool_and\b", "bool_or"),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bnot exists\b", "exists"),
    (r"(?<!not )\bexists\b", "not exists"),
    (r"\bnot (?=bool)", ""),
    (r"\bdistinct ", ""),
    (r", false\)", ", true)"),
    (r"1 year 1 day", "1 year"),
    # A condition that is not asked any more.
    (r"[\w.$]+ = any \([^)]*\)", "true"),
    (r"[\w.]+ = [\w.$']+", "true"),
    (r"(?<=and )[a-z]\.is_\w+", "true"),
    (r"[\w.]+ is (not )?null", "true"),
    (r"[\w.]+ is (not )?null", "false"),
    (r" filter \([^)]*\)", ""),
    # The first word of a closed list, put in place of another.
    (r"'(?!aidant)[a-z]+'", "'aidant'"),
    (r"'aidant'", "'instructeur'"),
)
BRANCH = re.compile(r"\nunion( all)?\n| union( all)?\n|\n +union\n")


@dataclass(frozen=True)
class Mutant:
    """One statement, changed once."""

    name: str
    change: str
    sql: str


def list_mutants(definitions: Iterable[Definition]) -> list[Mutant]:
    """Every change of each of these views and functions."""
    return [mutant for definition in definitions for mutant in _changed(definition)]


def _changed(definition: Definition) -> Iterator[Mutant]:
    name, sql = definition.name, re.sub("^create (or replace )?", "create or replace ", definition.sql)
    seen = {sql}
    start = sql.index("\nas" if "\nas" in sql else " as\n" if definition.kind == "view" else "\n")
    for pattern, instead in CHANGES:
        for found in re.compile(pattern).finditer(sql, start):
            changed = sql[: found.start()] + instead + sql[found.end() :]
            if changed not in seen:
                seen.add(changed)
                line = sql[: found.start()].count("\n") + 1
                yield Mutant(name, f"line {line}: « {found[0].strip()} » becomes « {instead} »", changed)
    yield from _without_a_branch(name, sql)


def _without_a_branch(name: str, sql: str) -> Iterator[Mutant]:
    """A union that forgets one of its branches: it is there and gives nothing."""
    joints = [0, *(found.start() for found in BRANCH.finditer(sql)), len(sql)]
    if len(joints) == 2:
        return
    for n, end in enumerate(joints[1:], 1):
        last = sql[:end].rstrip().removesuffix("end;").rstrip().removesuffix(";")
        has_where = re.search(r"\bwhere\b(?![^(]*\))", sql[joints[n - 1] : len(last)])
        changed = f"{last} {'and' if has_where else 'where'} false{sql[len(last) :]}"
        yield Mutant(name, f"branch {n} gives nothing", changed)
