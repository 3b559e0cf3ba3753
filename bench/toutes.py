"""Every page, in the size of the base: which of them grow, for six people of the invented territory.

    python -m bench.toutes 5000 100000

For each size: a base of its own, where the groupe of Inès has a past in the same proportion (as many erased demandes as a
fifth of the base holds). Each address that names nothing but its reader, their groupe or a demande of theirs is asked five
times in this process, answered in memory, figures summed; the quickest counts. Prints those that take over 1.3 times as long on the last base
as on the first, with the question to the base that took most. Ratios travel; milliseconds do not.
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from litestar.routes import HTTPRoute

from app import database
from app.domain.figures.sommes import sum_again
from app.settings import ROOT, get_settings
from bench.mesures import ask, say_machine, sign_in
from bench.site import running_server

PEOPLE = ("aida", "ines", "rose", "elie", "paul", "ada")
TIMES = 5
GROWS = 1.3
OWN = """
select (select coalesce(min(groupe), 0) from adhesions where agent = :agent) as groupe,
    (select coalesce(max(demande), 0) from positions where agent = :agent and closed_at is null) as numero
"""
#: A search is asked of its page; what leaves, or looks outside, is not.
SEARCHED = {"/demandes/recherche": "?q=caf"}
APART = re.compile(r"/static|/_|deconnexion|proconnect|\.(pdf|csv|ods|json|txt)$")


@dataclass
class Page:
    """What one address took: the quickest reading (ms), and the question that took most of it."""

    millisecondes: float = 0
    questions: list[tuple[float, str]] = field(default_factory=list)


@contextmanager
def listening(page: Page) -> Iterator[None]:
    """The questions to the base, with what each took."""
    ask = database.Engine._fetch

    async def timed(self: Any, connection: Any, sql: str, args: Any) -> list[Any]:
        started = time.perf_counter()
        rows = await ask(self, connection, sql, args)
        page.questions.append((1000 * (time.perf_counter() - started), " ".join(sql.split())))
        return rows

    with patch.object(database.Engine, "_fetch", timed):
        yield


def list_addresses() -> list[str]:
    """Every address that is read."""
    from app.main import create_litestar  # noqa: PLC0415 - once its settings are there

    routes = create_litestar(is_tested=True).routes
    read = {route.path_format for route in routes if isinstance(route, HTTPRoute) and "GET" in route.methods}
    return sorted(address for address in read if not APART.search(address))


async def read_all() -> dict[str, Page]:
    """Each page of each person, on the base of this process."""
    await database.open_pool(database.find_database_url(get_settings()), 4, is_for_pages=True)
    while await sum_again():  # as the sweep does
        pass
    await database.run_script("analyze")
    pages = {}
    for who in PEOPLE:
        agent, cookie = await sign_in(f"select id as agent from agents where email = '{who}@exemple.fr'")
        await database.fetch(
            "update sessions set second_facteur_at = created_at where agent = :agent", agent=agent
        )
        [own] = await database.fetch(OWN, agent=agent)
        for address in list_addresses():
            path = address.replace("{groupe}", str(own["groupe"])).replace("{numero}", str(own["numero"]))
            if "{" not in path and (page := await read(path + SEARCHED.get(address, ""), cookie)):
                pages[f"{who} {address}"] = page
    await database.close_pool()
    return pages


async def read(path: str, cookie: str) -> Page | None:
    """One page, five times; None when this person is shown nothing there."""
    page, taken = Page(), []
    for _ in range(TIMES):
        page.questions.clear()
        started = time.perf_counter()
        with listening(page):
            if await ask(path, cookie) != 200:
                return None
        taken.append(1000 * (time.perf_counter() - started))
    page.millisecondes = min(taken)
    return page


def measure(size: int) -> dict[str, Page]:
    """Every page on a base of this size."""
    with running_server() as (folder, server):
        own = {"APLUS_ENV": "demo", "APLUS_VAR": str(folder / "var"), "DATABASE_URL": server.url}
        os.environ.update(own, SMTP_URL="", BASE_URL="http://127.0.0.1")
        get_settings.cache_clear()
        words = [sys.executable, "-m", "bench.charge", str(size), "0", str(size // 5)]
        subprocess.run(words, cwd=ROOT, env=os.environ, check=True)
        return asyncio.run(read_all())


def main() -> None:
    """Print the pages that grow."""
    sizes = list(map(int, sys.argv[1:]))
    small, large = measure(sizes[0]), measure(sizes[-1])
    both = [name for name in small if name in large]
    grown = {name: large[name].millisecondes / small[name].millisecondes for name in both}
    growing = sorted((name for name in both if grown[name] > GROWS), key=lambda name: -grown[name])
    print(f"{say_machine()} {len(both)} pages, {len(growing)} of which grow over {GROWS}.\n")
    print(
        f"| page | ms at {sizes[0]} | ms at {sizes[-1]} | ratio | of which one question | it begins |\n|---|---|---|---|---|---|"
    )
    for name in growing:
        spent, sql = max(large[name].questions, default=(0.0, ""))
        print(
            f"| {name} | {small[name].millisecondes:.1f} | {large[name].millisecondes:.1f} | {grown[name]:.1f} | "
            f"{spent:.0f} | {sql[:60]} |"
        )


if __name__ == "__main__":
    main()
