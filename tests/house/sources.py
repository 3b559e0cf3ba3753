"""The project's own files, as the house tests read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("app", "bench", "bin", ".ci", "mandate_templates", "static", "tests")
# Not ours to write: made by tools, or brought by people (`tests/cas`).
GENERATED = ("__pycache__", "migrations", "cas")
TEXTS = {".py", ".html", ".txt", ".md", ".toml", ".json", ".css", ".js", ".svg", ".sh", ".sql", ".csv", ""}


def files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> Iterator[Path]:
    """Every file of these folders with one of these suffixes, what is not ours to write excluded, in a stable order."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.is_file()
                and path.suffix in suffixes
                and not set(GENERATED) & set(path.relative_to(ROOT).parts)
            ):
                yield path


def texts() -> Iterator[Path]:
    """Every text file the project writes itself: not the lock file, not what is vendored."""
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and path.suffix in TEXTS and path.name not in {"uv.lock", ".git"}:
            yield path
    for path in files(*OURS, suffixes=tuple(TEXTS)):
        if ".min." not in path.name:
            yield path


def templates() -> Iterator[Path]:
    return files("app/partials", suffixes=(".html", ".txt"))


def short(path: Path) -> str:
    """The path as people say it: app/routes/demande.py."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def prose(module: ast.Module) -> set[ast.Constant]:
    """The docstrings: they may name what code may not do."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def strings(module: ast.Module) -> Iterator[ast.Constant]:
    """Every literal string of the code, docstrings excluded."""
    docstrings = prose(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node


def dotted(node: ast.AST) -> str:
    """`datetime.datetime.now` of a Name or Attribute chain; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imported(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything imported, at any depth; relative ones start with a dot."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}"
