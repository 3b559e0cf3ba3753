"""What lint-imports cannot say alone: pure modules stay pure by what they import (house.md §3)."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, files, imported, short, tree

PURE = {
    "calendrier",
    "dates",
    "delais",
    "donnees_personnelles",
    "errors",
    "fichiers",
    "folding",
    "identifiants",
    "permissions",
    "reponses_sms",
    "statuts",
}
OUTSIDERS = {"litestar", "saq", "jinja2", "weasyprint"}
# Facts and arithmetic from outside: they read no row, no clock, no request.
PURE_LIBRARIES = {"holidays", "stdnum", "phonenumbers", "email_validator", "puremagic", "PIL", "pillow_heif"}


def impure_imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Everything but the standard library, a pure library or a module of the domain, judged in its turn."""
    for line, name in imported(module):
        first = name.split(".")[0]
        is_library = first in sys.stdlib_module_names - {"os", "time"} or first in PURE_LIBRARIES
        if not is_library and not name.startswith("app.domain."):
            yield line, name


def pure_files() -> list[Path]:
    """The pure modules and, step by step, every module of the domain they lean on."""
    waiting, found = sorted(PURE), dict[str, list[Path]]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = [p for p in files("app/domain") if name in (p.stem, p.parent.name)]
            inside = (
                n for path in found[name] for _, n in imported(tree(path)) if n.startswith("app.domain.")
            )
            waiting += [n.split(".")[2] for n in inside]
    return [path for paths in found.values() for path in paths]


def outsiders(module: ast.Module) -> Iterator[tuple[int, str]]:
    yield from ((line, name) for line, name in imported(module) if name.split(".")[0] in OUTSIDERS)


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
        for path in [*files("app/domain"), ROOT / "app/tables.py"]
        for line, name in outsiders(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_lint_imports_knows_every_pure_module() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "pure"]
    existing = {
        f"app.domain.{name}"
        for name in PURE
        if (ROOT / f"app/domain/{name}.py").exists() or (ROOT / f"app/domain/{name}").is_dir()
    }
    assert set(contract["source_modules"]) == existing, (
        "pyproject.toml, contract « pure »: list every pure module"
    )


def test_the_rules_see_the_faults_and_only_them() -> None:
    for bad in (
        "import piccolo",
        "from app.tables import Demande",
        "import os",
        "from app.settings import x",
    ):
        assert list(impure_imports(ast.parse(bad))), bad
    good = "import re\nfrom datetime import date\nimport holidays\nfrom app.domain.errors import Refus"
    assert not list(impure_imports(ast.parse(good)))
    assert list(outsiders(ast.parse("def f():\n    from litestar.exceptions import HTTPException")))
    assert not list(outsiders(ast.parse("from app.tables import Demande")))
