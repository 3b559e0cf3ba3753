"""One name in one place: classes, limits, and the libraries that only one module knows (house.md §4)."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, imported, short, tree

# Each is called by the one module that knows it: another would read numbers or addresses its own way.
KNOWN_BY = {
    "phonenumbers": "app/domain/mots/telephones.py",
    "email_validator": "app/domain/mots/adresses.py",
    "stdnum": "app/domain/mots/identifiants.py",
    "holidays": "app/domain/regles/calendrier.py",
}
# MAX_FICHIERS, FICHIERS_MAXIMUM: a limit ends in _MAX, so that its noun comes first.
OTHER_LIMIT = re.compile(r"_?MAX_\w+|_?\w+_(?:MAXIMUM|MAXI|LIMITE?)")
CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
LIMIT = re.compile(r"^(_?[A-Z][A-Z_0-9]*)(?:: [^=\n]+)? = ", re.MULTILINE)


def classes() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in files("app"):
        for name in CLASS.findall(path.read_text(encoding="utf-8")):
            found[name].append(path)
    return found


def test_a_class_has_a_name_of_its_own() -> None:
    faults = [
        f"{name} is in {', '.join(short(path) for path in paths)}: two things, two names."
        for name, paths in classes().items()
        if len(paths) > 1
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_limits_are_named_alike() -> None:
    faults = [
        f"{short(path)}: {name} is a limit: write its noun, then _MAX."
        for path in files("app")
        for name in LIMIT.findall(path.read_text(encoding="utf-8"))
        if OTHER_LIMIT.fullmatch(name)
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("library", KNOWN_BY)
def test_a_library_is_known_by_one_module(library: str) -> None:
    callers = {
        short(path)
        for path in files("app")
        for _, name in imported(tree(path))
        if name.split(".")[0] == library
    }
    assert callers == {KNOWN_BY[library]}


def test_the_rules_see_what_they_are_for() -> None:
    assert CLASS.findall("class A:\n    class B:\nclass C(A):\n") == ["A", "C"]
    assert LIMIT.findall("MAX_NOM = 1\nNOM_MAX: int = 2\nx = MAX\n") == ["MAX_NOM", "NOM_MAX"]
    assert OTHER_LIMIT.fullmatch("_MAX_NOM") and not OTHER_LIMIT.fullmatch("_NOM_MAX")
    assert all((ROOT / path).is_file() for path in KNOWN_BY.values())
