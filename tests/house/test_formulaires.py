"""What of a form may come twice is what is read as a list, and nothing else (quality S3)."""

import re

from app.formulaire import ECRITS, REPETES
from tests.house.sources import ROOT, files

AS_LIST = re.compile(r'\.(?:textes|identifiants)\(\s*"(\w+)"')
AS_ROWS = re.compile(r'champs\.get\(f"autre_\{part\}", \[\]\).*?for part in \(([^)]*)\)', re.DOTALL)
AS_ONE = re.compile(r'\.(?:texte|identifiant|cle|jour|is_checked)\(\s*"(\w+)"')


def read(pattern: re.Pattern[str]) -> set[str]:
    return {
        name
        for path in files("app")
        for found in pattern.findall(path.read_text(encoding="utf-8"))
        for name in (
            [found] if pattern is not AS_ROWS else [f"autre_{part}" for part in re.findall(r"\w+", found)]
        )
    }


def test_what_may_come_twice_is_what_is_read_as_a_list() -> None:
    assert read(AS_LIST) | read(AS_ROWS) == REPETES


def test_nothing_that_may_come_twice_is_read_as_one() -> None:
    assert not read(AS_ONE) & REPETES


def read_pages(pattern: str) -> set[str]:
    return {
        name
        for path in (ROOT / "app/partials").rglob("*.html")
        for name in re.findall(pattern, path.read_text(encoding="utf-8"))
    }


def test_each_box_of_a_list_may_come_with_the_others() -> None:
    """`cases` writes boxes of one name: a name that may not come twice would refuse the second box ticked."""
    named = read_pages(r'\bcases\("(\w+)"')
    assert named
    assert named <= REPETES


def test_what_is_written_at_length_is_given_back_by_any_refusal() -> None:
    """A note that came second was lost: the page that refused it did not know its field."""
    named = read_pages(r'\b(?:zone|zone_texte|texte_libre)\("(\w+)"')
    assert len(named) > 8
    assert named <= set(ECRITS)
