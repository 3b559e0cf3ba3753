"""A closed list of words has one row per word, and the base knows the same words (house.md §3)."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from typing import TypeGuard

import pytest

from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.places import Qualite
from app.domain.regles.urgences import MotifUrgence
from tests.house.sources import files, short, tree
from tests.steps import read_steps

CHECKS: dict[str, tuple[str, ...]] = {
    "demandes_urgence": tuple(MotifUrgence),
    # An author is one by the demande itself, never by an invitation.
    "invitations_qualite": tuple(qualite for qualite in Qualite if qualite is not Qualite.AUTEUR),
}
# check (urgence in ('coupure', 'expulsion'))
CHECK = re.compile(r"add constraint (\w+)\s+check \(\w+ in \(([^)]*)\)\)")


def checks_of_the_schema() -> dict[str, set[str]]:
    """The last words each constraint was given, migrations read in their order."""
    found: dict[str, set[str]] = {}
    for sql in read_steps().values():
        for name, words in CHECK.findall(sql):
            found[name] = set(re.findall(r"'([^']*)'", words))
    return found


def is_asked(node: ast.AST) -> TypeGuard[ast.Call]:
    """`TABLE.get(…)`, on a name in capitals."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"):
        return False
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return re.fullmatch(r"_?[A-Z][A-Z_0-9]*", name) is not None


def silent_fallbacks(module: ast.Module) -> Iterator[int]:
    """`TABLE.get(x, "")` and `TABLE.get(x) or …`: a word without its row would say nothing instead of failing."""
    for node in ast.walk(module):
        if is_asked(node) and len(node.args) > 1:
            yield node.lineno
        if isinstance(node, ast.BoolOp) and is_asked(node.values[0]):
            yield node.lineno


def test_no_table_of_words_answers_for_a_word_it_does_not_have() -> None:
    faults = [
        f"{short(path)}:{line} asks a table with .get(): a closed list is a MotFerme, whose every word has its row."
        for path in files("app")
        for line in silent_fallbacks(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_rule_sees_a_fallback() -> None:
    code = 'A.get(x, "")\nb._C.get(x) or y\nd.get(x, "")\nE.get(x)'
    assert sorted(silent_fallbacks(ast.parse(code))) == [1, 2]


def test_the_base_and_the_code_know_the_same_words() -> None:
    schema = checks_of_the_schema()
    assert set(schema) == set(CHECKS), "every check of words in the schema has its list here, and the reverse"
    for name, words in CHECKS.items():
        assert schema[name] == set(words), name


def test_a_word_without_its_row_stops_the_program_by_its_name() -> None:
    with pytest.raises((TypeError, RuntimeError)) as caught:

        class _Liste(MotFerme):
            SEUL = "seul"

    assert "seul" in f"{caught.value} {caught.value.__cause__}"
    assert issubclass(MotFerme, Enum)
