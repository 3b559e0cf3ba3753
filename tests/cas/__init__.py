"""Inputs people really brought, with the right answer; each is read by the test of the room it goes to."""

import json
from pathlib import Path
from typing import Any

CAS = Path(__file__).parent


def read_cas(nom: str) -> list[dict[str, Any]]:
    """The cases of a file, each with what was typed and the right answer."""
    cas: list[dict[str, Any]] = json.loads((CAS / f"{nom}.json").read_text(encoding="utf-8"))["cas"]
    return cas
