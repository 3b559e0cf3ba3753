"""A page that answers a list of requirements, row by row: its rows, and whether the tests it names exist."""

import re
from pathlib import Path

from app.settings import ROOT


def read_page(nom: str) -> str:
    """The text of a page of docs/."""
    return (ROOT / "docs" / nom).read_text(encoding="utf-8")


def read_rows(page: str) -> list[list[str]]:
    """The cells of every row that begins with a number, in order."""
    rows = re.findall(r"^\| (\d[^|]*\|.*) \|$", page, re.M)
    return [[cell.strip() for cell in f"{row} ".split(" | ")] for row in rows]


def read_tests(cell: str) -> list[str]:
    """The tests that a cell names."""
    return re.findall(r"`([^`]+)`", cell)


def is_a_test(nom: str) -> bool:
    """Whether `file::test` stands under tests/."""
    file, _, name = nom.partition("::")
    path: Path = ROOT / "tests" / file
    return path.is_file() and bool(
        re.search(rf"^(async )?def {name}\(", path.read_text(encoding="utf-8"), re.M)
    )
