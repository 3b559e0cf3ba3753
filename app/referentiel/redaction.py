"""What helps to write a demande, sujet by sujet, as the project ships it (product.md §5.4). Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "redaction.toml"
#: The guide of who has chosen no sujet; it says too what that of a sujet leaves empty.
AUTRE = "autre_situation"


@dataclass(frozen=True, slots=True)
class GuideRedaction:
    """What to say of one sujet. `depuis` and `attendu` finish the hint of a field; `essais` are codes of `essais()`."""

    depuis: str = ""
    essais: tuple[str, ...] = ()
    attendu: str = ""


@cache
def essais() -> Mapping[str, str]:
    """What is usually tried before a demande: its code, and its words in the demande."""
    labels: dict[str, str] = _read()["essais"]
    return labels


@cache
def guides() -> Mapping[str, GuideRedaction]:
    """Each guide by the code of its sujet."""
    return {
        row["sujet"]: GuideRedaction(row["depuis"], tuple(row["essais"]), row["attendu"])
        for row in _read()["guides"]
    }


@cache
def mots() -> Mapping[str, tuple[str, ...]]:
    """The words that, read in a text, tell a sujet, by its code."""
    return {row["sujet"]: tuple(row["mots"]) for row in _read()["guides"]}


def complete(guide: GuideRedaction | None) -> GuideRedaction:
    """This guide, where what it leaves empty is what is said of any situation."""
    every = guides()[AUTRE]
    if guide is None:
        return every
    return GuideRedaction(
        guide.depuis or every.depuis, guide.essais or every.essais, guide.attendu or every.attendu
    )


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
