"""Who gets what at every address of the site: the table of quality S1 (`matrice.txt`), read against product §3.

Columns are `roles.ROLES`, in order. The line of a route is about one's own objects (`ici`); the line `ailleurs` under
it, about those of another département. Cells are statuses; `→` is the way to /connexion and back. What stands after
` · ` is a variant of the same address, said in `gestes.py`.

404: one may not know that it exists. 403: one knows, and may not. 409: not any more. 422: the form is not right here.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.gardes.roles import ROLES

SIGN_IN = "→"

TABLE = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")


def read_table() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(key, `ici` or `ailleurs`, role → cell) of every line. Raises ValueError for a line that is not well made."""
    roles, key = list(ROLES), ""
    for line in TABLE.strip().splitlines()[1:]:
        name, *cells = line.rsplit(maxsplit=len(roles))
        where = "ailleurs" if name.strip() == "ailleurs" else "ici"
        key = key if where == "ailleurs" else name.strip()
        if len(cells) != len(roles) or not all(cell == SIGN_IN or cell.isdecimal() for cell in cells):
            raise ValueError(f"not a line of the matrix: {line}")
        yield key, where, dict(zip(roles, cells, strict=True))


def write_line(key: str, where: str, cells: dict[str, str]) -> str:
    """A line of the table."""
    name = key if where == "ici" else "     ailleurs"
    return f"{name:<58} " + " ".join(f"{cell:^3}" for cell in cells.values())
