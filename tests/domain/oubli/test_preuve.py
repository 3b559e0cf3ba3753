"""After the limit nothing is left, anywhere, even when the sweep is killed, even in a base restored (quality R6, R7).

Long form, thirty kills at steps drawn by chance: `python -m tests.domain.oubli.preuve long`.
"""

from pathlib import Path

import pytest

from app.database import find_database_url
from app.settings import get_settings
from tests.domain.oubli.preuve import Essai, copy, fill, kill_at, restore

#: Always the same steps: a run never fails by luck. A whole sweep takes more.
KILLED_AT = (17, 43)


@pytest.fixture(scope="module")
def server() -> str:
    """The server of the run."""
    return find_database_url(get_settings())


@pytest.fixture(scope="module")
def pleine(server: str, tmp_path_factory: pytest.TempPathFactory) -> Essai:
    """A base full of canaries, all in closed demandes."""
    return fill(server, tmp_path_factory.mktemp("preuve") / "pleine")


def test_no_canary_is_left_in_a_dump_whatever_kills_the_sweep(
    pleine: Essai, server: str, tmp_path: Path
) -> None:
    sealed = pleine.read_sealed()
    # The proof is alive: everything can be found before.
    before = pleine.list_left(sealed)
    assert len([line for line in before if line.startswith("dump: something sealed")]) == len(sealed) > 10
    assert {"dump: titre_a", "dump: prive_a", "dump: fichier_nom_a", "dump: revocation_b"} <= set(before)
    assert len([line for line in before if line.startswith("store: ")]) > 6
    # Several deaths one after the other, each further in what the last one left.
    assert kill_at(pleine, server, tmp_path / "essai", KILLED_AT, sealed) == []


def test_a_base_restored_from_an_older_copy_is_swept_before_it_serves(
    pleine: Essai, server: str, tmp_path: Path
) -> None:
    saved = copy(pleine, server, tmp_path / "restauree")
    saved.sql("update demandes set closed_at = closed_at - interval '100 days'")
    restored = restore(saved, server)
    assert restored.sql("select count(*) > 0 from sessions") == [(True,)]

    for command in ("web", "worker"):
        assert restored.run(command, module="app") != 0
        assert "restored from a copy" in restored.said[-1]
    assert restored.run("forget", "--dry-run", module="app") == 0
    assert "5  Données personnelles de demandes clôturées" in restored.said[-1]
    assert restored.run("migrate", module="app") == 0, restored.said[-1]
    assert restored.run("check", module="app") == 0, restored.said[-1]

    assert restored.sql("select count(*) from demandes where erased_at is null") == [(0,)]
    assert restored.sql("select (select count(*) from sessions) + (select count(*) from liens)") == [(0,)]
    assert restored.sql("select count(*) from courriels where sent_at is null and failed_at is null") == [
        (0,)
    ]
    assert restored.sql("select count(*) from courriels where contexte_scelle is not null") == [(0,)]
