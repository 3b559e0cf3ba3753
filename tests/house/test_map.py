"""The map of README.md names every module and every room, so that “where is…?” has an answer (house.md §1)."""

import re

from tests.house.sources import ROOT


def named_in_the_map() -> set[str]:
    """Every name between backquotes in the first column of the two tables of « The map »."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.split("## The map")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("|")]
    names = (name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell))
    return {name.strip("/").removeprefix("app/") for name in names}


def test_every_module_stands_on_the_map() -> None:
    places = {
        path.name for path in (ROOT / "app").iterdir() if path.name not in {"__pycache__", "__init__.py"}
    }
    missing = sorted(places - named_in_the_map())
    assert not missing, f"README.md, « The map »: say what these hold: {missing}"


def test_every_room_stands_on_the_map_and_every_name_there_exists() -> None:
    rooms = {path.name for path in (ROOT / "app/domain").iterdir() if (path / "__init__.py").exists()}
    named = named_in_the_map()
    missing = sorted(rooms - named)
    assert not missing, f"README.md, « The map »: say what these rooms hold: {missing}"
    gone = sorted(
        name
        for name in named
        if not any((base / name).exists() for base in (ROOT, ROOT / "app", ROOT / "app/domain"))
    )
    assert not gone, f"README.md, « The map »: these are no more: {gone}"
