"""Nothing is there for nobody: what only tests call, and dependencies that nothing imports (house.md §4)."""

import ast
import re
import tomllib
from collections.abc import Iterator

from tests.house.sources import ROOT, files, imported, short, texts, tree

WORD = re.compile(r"\w+")
# Names that a library calls: commands of click, the engine and the settings of Piccolo and the migrations it runs, the
# visitors of Jinja’s compiler, and uvicorn the servers it was given.
CALLED_BY_LIBRARIES = re.compile(
    r"main|.*_command|handle_\w+|on_headers_complete|send_400_response|check_version|run_querystring|run_ddl"
    r"|APP_CONFIG|APP_REGISTRY|DB|run_sql|visit_Call|visit_Include|wait_closed"
)
# Distributions whose module has another name.
MODULES = {"odfpy": "odf", "pillow": "PIL", "python-stdnum": "stdnum"}
# Distributions that a program needs without importing them.
NOT_IMPORTED = {
    "httptools": "uvicorn reads requests with it",
    "psycopg": "saq speaks to PostgreSQL through it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "flask": "the server of moto runs on it",
    "flask-cors": "the server of moto asks for it",
    "import-linter": "bin/test runs lint-imports",
    "mypy": "bin/test runs it",
    "pytest-xdist": "bin/test runs the tests on two workers with it",
    "pytest-timeout": "pyproject.toml bounds each test with it",
    "ruff": "bin/test runs it",
}


def definitions(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions, classes and constants of a module that others may call, and the methods of its classes."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        if isinstance(node, ast.ClassDef):
            yield from (
                (inner.lineno, inner.name)
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            )
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.lineno, node.targets[0].id


def unused(sources: dict[str, str], found: Iterator[tuple[str, int, str]]) -> Iterator[str]:
    """The definitions whose name is written once only in these sources: where they are defined."""
    counts: dict[str, int] = {}
    for text in sources.values():
        for word in WORD.findall(text):
            counts[word] = counts.get(word, 0) + 1
    for path, line, name in found:
        if counts.get(name, 0) < 2 and not name.startswith("__") and not CALLED_BY_LIBRARIES.fullmatch(name):
            yield f"{path}:{line} {name} is called by nobody but perhaps a test: take it away, with its test."


def test_nothing_is_called_by_tests_alone() -> None:
    sources = {
        short(path): path.read_text(encoding="utf-8")
        for path in texts()
        if not short(path).startswith("tests")
    }
    # Tables are the schema: SQL reads them by another name.
    found = (
        (short(path), line, name)
        for path in files("app")
        if not short(path).startswith("app/tables/")
        for line, name in definitions(tree(path))
    )
    faults = list(unused(sources, found))
    assert not faults, "\n" + "\n".join(faults)


def test_every_dependency_is_used() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = settings["project"]["dependencies"] + settings["dependency-groups"]["dev"]
    names = [re.split(r"[<>=\[]", dependency)[0] for dependency in asked]
    ours = {name.split(".")[0] for path in files("app", "tests", "bench") for _, name in imported(tree(path))}
    used = {name for name in names if MODULES.get(name, name.replace("-", "_")) in ours}
    faults = [f"{name}: nothing imports it" for name in names if name not in used | set(NOT_IMPORTED)]
    assert not faults, "\n" + "\n".join(faults)
    assert set(NOT_IMPORTED) <= set(names), "an exception is no dependency any more"


def test_the_rules_see_what_nobody_calls() -> None:
    module = ast.parse("def a(): pass\nclass B:\n    def c(self): pass\nD = 1\n")
    assert [name for _, name in definitions(module)] == ["a", "B", "c", "D"]
    sources = {"x.py": "def a(): pass\ndef b(): a()"}
    assert list(unused(sources, iter([("x.py", 1, "a"), ("x.py", 2, "b")]))) == [
        "x.py:2 b is called by nobody but perhaps a test: take it away, with its test."
    ]
