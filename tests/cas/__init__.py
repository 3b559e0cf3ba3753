"""Inputs people really brought, with the right answer; each is read by the test of the room it goes to."""

import json
from pathlib import Path
from typing import Any

CAS = Path(__file__).parent


def read_cas(nom: str, liste: str = "cas") -> list[Any]:
    """The cases of a file, each with what was typed and the right answer; or another list of the file."""
    cas: list[Any] = json.loads((CAS / f"{nom}.json").read_text(encoding="utf-8"))[liste]
    return cas
