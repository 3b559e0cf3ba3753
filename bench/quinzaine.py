"""Fortnights of mails with two workers that are processes, killed at random (`kill -9`): what was due is what left.

    APLUS_VAR=/tmp/var-quinzaine APLUS_ENV=test python -m bench.quinzaine [DEMANDES]   # 300 by default

Each fortnight (both changes of clocks, the bridge of 1 and 11 November; four départements of different calendars) is
played twice on a base of its own: with workers that live, then with workers that die. The ledger says for each person
which mails were due and when, counted apart; every mail that a worker gave away is written in a file before it is
marked, as a mail server would have taken it. Exit 1 when a mail misses, comes at another hour, or twice without a death.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from app import database, migrate
from app.domain.faits.courriels import COURRIELS, claim_courriels
from app.domain.faits.envois import mark_sent
from app.domain.notifications.depart import release_courriels
from app.embarque import start_embedded_server
from tests import cast
from tests.domain.notifications.quinzaine import QUINZAINES, live, read_left
from tests.domain.oubli.preuve import make_base

DEATHS = 0.04  # per tick
LONGEST_LIFE = 0.03  # seconds a worker that must die is given, from the start of its tick


class Travailleurs:
    """Two processes that work when they are told what time it is."""

    def __init__(self, url: str, given: Path, *, die: bool) -> None:
        self.command = [sys.executable, "-W", "ignore", "-m", "bench.quinzaine", "worker", url, str(given)]
        self.die = die
        self.processes = [self._start(), self._start()]

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def work(self, tick: datetime, hasard: random.Random) -> int:
        """Both at once; who dies is replaced, and the one in its place does the same tick. How many died."""
        for process in self.processes:
            self._tell(process, tick)
        morts = 0
        if self.die and hasard.random() < DEATHS:
            who = hasard.randrange(2)
            await asyncio.sleep(hasard.random() * LONGEST_LIFE)
            self.processes[who].kill()
            self.processes[who].wait()
            self.processes[who] = self._start()
            self._tell(self.processes[who], tick)
            morts = 1
        for process in self.processes:
            assert process.stdout is not None
            await asyncio.to_thread(process.stdout.readline)
        return morts

    def _tell(self, process: "subprocess.Popen[str]", tick: datetime) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{tick.isoformat()}\n")
        process.stdin.flush()

    def stop(self) -> None:
        """Both leave when nobody tells them the time any more."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


async def work(url: str, given: Path) -> None:
    """A worker: each line it reads is an instant; it answers once it has done what was due."""
    await database.open_pool(url, 2)
    with given.open("a", encoding="ascii") as file:
        while line := await asyncio.to_thread(sys.stdin.readline):
            tick = datetime.fromisoformat(line.strip())
            await release_courriels(tick)
            while claimed := await claim_courriels(tick, 5):
                for envoi in claimed:
                    file.write(f"{envoi.id}\n")
                    file.flush()
                    await mark_sent(COURRIELS, envoi, tick)
            print(tick.isoformat(), flush=True)
    await database.close_pool()


async def play(server: str, nom: str, start: datetime, folder: Path, *, demandes: int, die: bool) -> bool:
    """One fortnight; whether what was due is what left."""
    given = folder / f"{time.monotonic_ns()}.txt"
    given.touch()
    url = make_base(server, "quinzaine", like="modele")
    await database.open_pool(url, 3)
    travailleurs = Travailleurs(url, given, die=die)
    began = time.monotonic()
    try:
        quinzaine = await live(start, demandes=demandes, seed=start.toordinal(), work=travailleurs.work)
        left = await read_left()
    finally:
        travailleurs.stop()
        await database.close_pool()
    given_to = Counter(given.read_text(encoding="ascii").split())
    twice = sum(count - 1 for count in given_to.values())
    mails = sum(len(set(told)) > 0 for told in left.values())
    is_equal = dict(left) == dict(quinzaine.du) and mails == len(given_to) and twice <= quinzaine.morts
    print(
        f"{nom}: {len(quinzaine.du)} mails due, {len(given_to)} left, {quinzaine.morts} deaths, {twice} twice, "
        f"{time.monotonic() - began:.0f} s: {'equal' if is_equal else 'NOT EQUAL'}",
        flush=True,
    )
    return is_equal


async def main(demandes: int) -> int:
    """Every fortnight, twice."""
    folder = Path(tempfile.mkdtemp(prefix="aplus-quinzaine-"))
    server = start_embedded_server(folder / "postgres", is_throwaway=True)
    url = make_base(server, "modele")
    await database.open_pool(url, 5)
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        await database.run_script(f"alter system set {setting}")
    await migrate.migrate(url)
    await cast.play(next(iter(QUINZAINES.values())))
    await database.close_pool()
    found = [
        await play(
            server, f"{nom}{', workers die' if die else ''}", start, folder, demandes=demandes, die=die
        )
        for nom, start in QUINZAINES.items()
        for die in (False, True)
    ]
    return 0 if all(found) else 1


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["worker", url, given]:
            asyncio.run(work(url, Path(given)))
        case rest:
            sys.exit(asyncio.run(main(int(rest[0]) if rest else 300)))
