"""Advisory locks: no two things share a number, so that nobody waits, or gives way, for what is not theirs."""

import re

from app.verrous import Verrou
from tests.house.sources import ROOT

TAKEN = re.compile(r"pg_(?:try_)?advisory_(?:xact_)?(?:un)?lock\(\s*([^)\s,]+)")
#: A named parameter, given a Verrou, or the hash of words.
GIVEN = re.compile(r"\$1|:\w+|hashtextextended\(.*")


def test_a_lock_has_its_number_from_the_one_list() -> None:
    """The grouping of mails gave way to the telling of facts, and the sealing of the journal waited for figures."""
    found, numbers = [], []
    for path in (ROOT / "app").rglob("*.py"):
        texte = path.read_text(encoding="utf-8")
        found += [(path.name, key) for key in TAKEN.findall(texte)]
        if path.name != "verrous.py":
            numbers += [(path.name, n) for n in re.findall(r"\b\d_\d{3}_\d{3}_\d{3}\b", texte)]
    assert len(found) > 10
    assert [one for one in found if not GIVEN.fullmatch(one[1])] == []
    assert numbers == [] and len(Verrou) == len({int(one) for one in Verrou})
