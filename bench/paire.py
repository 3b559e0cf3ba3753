"""Two versions of the site, page by page in one run: what each page costs in processor time, before and now.

    python -m bench.paire 10000 8a48f00 HEAD

Both commits are checked out and run as a production does. The older one loads a base; the other has a copy of it,
migrated: the same rows are read. Both are read in turn, half a second each. Processor time is counted, that of the site and
of its PostgreSQL: what else a busy machine does weighs less on it than on the clock.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import ROOT
from bench.mesures import fetch, wait_for
from bench.site import Serveur, find_port, make_environment, running_server

ROUNDS = 24
SECONDS = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
PAGES = {
    "liste": "/demandes/recues",
    "mes demandes": "/demandes",
    "demande": "/demandes/{numero}",
    "recherche": "/demandes/recherche?q=logement",
    "nouvelle demande": "/demandes/nouvelle?formulaire=00000000-0000-4000-8000-000000000001",
    "profil": "/profil",
}
# Both versions open a session in the same way; the module that makes its cookie has changed its name.
OPEN_SESSION = """
import asyncio, sys
from app import database
from app.domain.{room}sessions import open_session
{imports}

async def main():
    await database.open_pool(sys.argv[1], 1)
    [ines] = await database.fetch("select id from agents where email = 'ines@exemple.fr'")
    [row] = await database.fetch(
        "select max(s.demande) as numero from sollicitations s join adhesions a on a.groupe = s.groupe "
        "where a.agent = $1 and s.closed_at is null", ines["id"])
    jeton = await open_session(ines["id"], is_durable=True, navigateur="bench", now={clock}())
    mac = {cookies}._session_mac(str(ines["id"]), jeton).decode()
    print(row["numero"], f"{{{cookies}.cookie_name('session')}}={{ines['id']}}.{{jeton}}.{{mac}}")
    await database.close_pool()

asyncio.run(main())
"""
BEFORE_ROOMS = {
    "room": "",
    "imports": "from app import session",
    "clock": "session.clock",
    "cookies": "session",
}
NOW = {
    "room": "acces.",
    "imports": "from app import cookies, visite",
    "clock": "visite.clock",
    "cookies": "cookies",
}


@dataclass
class Site:
    """One version: its tree, its base, and what its pages cost."""

    nom: str
    tree: Path
    server: Serveur
    environment: dict[str, str]
    port: int = field(default_factory=find_port)
    cookie: str = ""
    numero: str = ""
    processes: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its base."""
        return self.environment["DATABASE_URL"]

    def spent(self) -> float:
        """Seconds of processor used so far by the site and its PostgreSQL."""
        return sum(map(_seconds_of, self.processes))


def _seconds_of(root: int) -> float:
    """Of a process and of all it started; those that ended count with their parent."""
    ticks = 0
    for pid in [root, *_children_of(root)]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        ticks += sum(map(int, fields[11:15] if pid == root else fields[11:13]))
    return ticks / TICKS


def _children_of(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text(encoding="utf-8").split()):
            yield child
            yield from _children_of(child)


def _remove(tree: Path) -> None:
    subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def _run(site: Site, *words: str, **more: str) -> str:
    """One command of this version to its end; what it said."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=site.tree,
        env=site.environment | more,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def load(site: Site, size: int) -> None:
    """The volumes, by the code of this version."""
    _run(site, "-m", "bench.charge", str(size), APLUS_ENV="demo", SMTP_URL="", BASE_URL="http://127.0.0.1")


@contextmanager
def serving(site: Site) -> Iterator[None]:
    """The site on its base, with somebody signed in."""
    _run(site, "-m", "app", "migrate")
    site.server.run("psql", "-q", site.url, "-c", "vacuum analyze")
    script = OPEN_SESSION.format(**(NOW if (site.tree / "app/cookies.py").exists() else BEFORE_ROOMS))
    said = _run(site, "-c", script, site.url)
    site.numero, cookie = said.split(maxsplit=1)
    site.cookie = cookie.strip()
    web = subprocess.Popen(
        [sys.executable, "-m", "app", "web"], cwd=site.tree, env=site.environment | {"PORT": str(site.port)}
    )
    postmaster = int((site.server.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    site.processes = [web.pid, postmaster]
    try:
        yield
    finally:
        web.terminate()
        web.wait()


async def cost(site: Site, path: str) -> tuple[float, int]:
    """Milliseconds of processor per page, one client for half a second; and the bytes of the page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    before, read, size = site.spent(), 0, 0
    stop_at = time.monotonic() + SECONDS
    while time.monotonic() < stop_at:
        size = len(await fetch(reader, writer, path, site.cookie))
        read += 1
    writer.close()
    return (site.spent() - before) / read * 1000, size


async def compare(sites: list[Site]) -> list[str]:
    """One line per page that both versions have."""
    lines = []
    for nom, pattern in PAGES.items():
        costs: dict[str, list[float]] = {site.nom: [] for site in sites}
        sizes = {}
        try:
            for _ in range(ROUNDS + 1):
                for site in sites:
                    spent, sizes[site.nom] = await cost(site, pattern.format(numero=site.numero))
                    costs[site.nom].append(spent)
        except AssertionError:
            print(f"{nom}: not a page of both versions", file=sys.stderr)
            continue
        # The first turn warms; the mean of the others is what ticks of ten milliseconds can tell.
        before, now = (statistics.mean(costs[site.nom][1:]) for site in sites)
        first, second = (sizes[site.nom] for site in sites)
        lines.append(f"| {nom} | {before:.1f} | {now:.1f} | {now / before:.2f} | {first} | {second} |")
    return lines


def copy_server(server: Serveur) -> Serveur:
    """The same base beside it, on a port of its own; both run."""
    twin = Serveur(server.folder.with_name("copie"), find_port(), server.programs)
    server.control("stop")
    subprocess.run(["cp", "-a", server.folder, twin.folder], check=True)
    twin.configure(f"port = {twin.port}\n")
    for one in (server, twin):
        one.control("start")
    return twin


def main(size: int, before: str, now: str) -> None:
    """Print the table."""
    with running_server() as (folder, server), ExitStack() as stack:
        trees = [folder / "before", folder / "now"]
        for tree, commit in zip(trees, (before, now), strict=True):
            subprocess.run(
                ["git", "worktree", "add", "--quiet", "--detach", tree, commit], cwd=ROOT, check=True
            )
            stack.callback(_remove, tree)
        common = make_environment(folder, server.url)
        sites = [Site("before", trees[0], server, common)]
        load(sites[0], size)
        twin = copy_server(server)
        stack.callback(twin.control, "stop", "-m", "fast")
        sites.append(Site("now", trees[1], twin, common | {"DATABASE_URL": twin.url}))
        for site in sites:
            stack.enter_context(serving(site))
            asyncio.run(wait_for(site.port))
        lines = asyncio.run(compare(sites))
    print(f"| page | ms of processor at {before} | at {now} | ratio | bytes before | bytes now |")
    print("|---|---|---|---|---|---|", *lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
