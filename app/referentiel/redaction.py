"""What helps to write a demande, sujet by sujet, as the project ships it (product.md §5.4). Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "redaction.toml"
#: The guide of who has chosen no sujet, and of a sujet that an administrateur has added.
AUTRE = "autre_situation"


@dataclass(frozen=True, slots=True)
class GuideRedaction:
    """What to say of one sujet. `depuis` and `attendu` finish the hint of a field; `essais` are codes of `essais()`."""

    sujet: str
    depuis: str
    essais: tuple[str, ...]
    attendu: str
    mots: tuple[str, ...]


@cache
def essais() -> Mapping[str, str]:
    """What is usually tried before a demande: its code, and its words in the demande."""
    labels: dict[str, str] = _read()["essais"]
    return labels


@cache
def guides() -> Mapping[str, GuideRedaction]:
    """Each guide by the code of its sujet."""
    rows = _read()["guides"]
    return {
        row["sujet"]: GuideRedaction(
            sujet=row["sujet"],
            depuis=row["depuis"],
            essais=tuple(row["essais"]),
            attendu=row["attendu"],
            mots=tuple(row["mots"]),
        )
        for row in rows
    }


def guide_of(sujet: str | None) -> GuideRedaction:
    """The guide of this sujet, or the one of any situation."""
    every = guides()
    return every.get(sujet or AUTRE, every[AUTRE])


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
