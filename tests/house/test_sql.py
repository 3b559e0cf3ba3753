"""A named SQL text stands whole: values are bound by name, never set in by `.format` (house.md)."""

import re

from tests.house.sources import files, short, strings, tree

WRITES_SQL = re.compile(r"\b(select|update \w|delete from|insert into)\b")
BLANK = re.compile(r"\{\w+\}")


def blanks(text: str) -> list[str]:
    """What this text leaves to be set in, when it is SQL."""
    return BLANK.findall(text) if WRITES_SQL.search(text) else []


def test_no_sql_text_has_a_blank_to_set_in() -> None:
    faults = [
        f"{short(path)}:{node.lineno} leaves {blank} to be set in. Bind a parameter, or join whole texts."
        for path in files("app")
        for node in strings(tree(path))
        for blank in blanks(str(node.value))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_a_blank_is_seen() -> None:
    assert blanks("select nom from {table}") == ["{table}"]
    assert not blanks("insert into t (a) values (coalesce(:a, '{}'))")
    assert not blanks("Vous ne pouvez pas quitter {groupe}.")
