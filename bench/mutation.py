"""Small wrong changes, one at a time: how many do the tests see? `python -m bench.mutation regles | acces`.

`regles` gives the pure law to mutmut. `acces` changes the SQL of access (`bench/mutants_sql.py`) and runs the tests
that hold it. Both print each change that nobody saw; `docs/mutation.md` keeps the score.
"""

import importlib
import inspect
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from app import database
from app.settings import ROOT
from bench.mutants_sql import list_mutants
from tests.steps import Definition, last_definitions

MUTMUT = "mutmut==3.8.1"
SETTINGS = """

[tool.mutmut]
source_paths = ["app/domain/regles"]
pytest_add_cli_args_test_selection = ["tests/domain/regles"]
also_copy = ["app", "tests"]
"""
# The migrations that say who stands where. A later one redefines views of the first: the last definition is changed.
SAYS_ACCESS = ("acces_2026_11_27.sql", "groupes_2026_11_27.sql")
# Who holds access, the strictest first.
TESTS = (
    "tests.domain.demandes.test_parts_sql",
    "tests.domain.demandes.test_acces_sql",
    "tests.domain.demandes.test_destinataires",
    "tests.domain.listes.test_boites",
    "tests.domain.groupes.test_absences",
)
Test = Callable[..., Coroutine[Any, Any, None]]


def judge_regles() -> int:
    """Let mutmut change a copy of the law; returns how many changes nobody saw."""
    uv = shutil.which("uv") or str(ROOT / "var/uv/bin/uv")
    run = [uv, "run", "--quiet", "--frozen", "--no-sync", "--project", str(ROOT), "--with", MUTMUT, "mutmut"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("app", "tests"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        (Path(folder) / "pyproject.toml").write_text(text + SETTINGS, encoding="utf-8")
        subprocess.run([*run, "run"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        said = subprocess.run(
            [*run, "results", "--all", "true"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout
        verdicts = re.findall(r"^\s*(\S+): (.+)$", said, re.M)
        unseen = [name for name, verdict in verdicts if verdict not in {"killed", "timeout"}]
        for name in unseen:
            shown = subprocess.run(
                [*run, "show", name], check=False, cwd=folder, capture_output=True, text=True
            ).stdout
            print(name, *re.findall(r"^[-+] .*$", shown, re.M), sep="\n", end="\n\n")
    return say_score(len(verdicts), len(unseen))


def is_judged(definition: Definition, names: Sequence[str]) -> bool:
    """A view or a function of access; with `names`, one of these."""
    # A trigger only calls `groupe_d_invitation`, and its own text is no condition of access.
    is_trigger = "returns trigger" in definition.sql
    return definition.file in SAYS_ACCESS and not is_trigger and (not names or definition.name in names)


def judge_acces(names: Sequence[str] = ()) -> int:
    """Try each change of the SQL of access in a transaction that is undone; returns how many nobody saw.

    With `names`, only these views and functions are changed.
    """
    from tests.base import base  # noqa: PLC0415 - after conftest, which says that this is a test
    from tests.conftest import NOW  # noqa: PLC0415

    tests = [test for name in TESTS for test in _list_tests(name)]
    mutants = list_mutants(definition for definition in last_definitions() if is_judged(definition, names))
    with base(NOW) as runner:
        for test in tests:
            assert runner.run(_holds(test, NOW, "")), f"{test.__name__} fails before any change"
        refused, unseen = 0, 0
        for mutant in mutants:
            try:
                seer = next((test for test in tests if not runner.run(_holds(test, NOW, mutant.sql))), None)
            except Unwritten:
                refused += 1
                continue
            if seer:  # it will see the next change of the same view sooner than the others
                tests = [seer, *(test for test in tests if test is not seer)]
            else:
                unseen += 1
                print(f"{mutant.name}: {mutant.change}", flush=True)
    print(f"{refused} changes refused by PostgreSQL itself")
    return say_score(len(mutants) - refused, unseen)


class Unwritten(Exception):
    """PostgreSQL does not take the changed text."""


def _list_tests(module: str) -> list[Test]:
    """The tests of this module that need the base and an instant, and nothing of pytest."""
    functions = inspect.getmembers(importlib.import_module(module), inspect.iscoroutinefunction)
    return [
        test
        for name, test in sorted(functions, key=lambda pair: inspect.getsourcelines(pair[1])[1])
        if name.startswith("test_")
        and set(inspect.signature(test).parameters) == {"now"}
        and not getattr(test, "pytestmark", None)
    ]


async def _holds(test: Test, now: datetime, sql: str) -> bool:
    """The test passes with this change."""
    try:
        async with database.transaction():
            if sql:
                try:
                    await database.run_script(sql)
                except asyncpg.PostgresError as error:
                    raise Unwritten from error
            await test(now=now)
            raise _Passed
    except _Passed:
        return True
    except Unwritten:
        raise
    except Exception:
        return False


class _Passed(Exception):
    """Undoes the change."""


def say_score(changes: int, unseen: int) -> int:
    """Print the score; returns the number of changes nobody saw."""
    print(
        f"{changes} changes, {changes - unseen} seen by the tests: {100 * (changes - unseen) / changes:.1f} %"
    )
    return unseen


def main(arguments: Sequence[str]) -> None:
    """Judge the law or the SQL of access."""
    if arguments == ["regles"]:
        judge_regles()
    elif arguments[:1] == ["acces"]:
        judge_acces(arguments[1:])
    else:
        sys.exit("python -m bench.mutation regles | acces [view or function …]")


if __name__ == "__main__":
    main(sys.argv[1:])
