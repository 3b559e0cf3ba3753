"""Two versions of the site, page by page in one run: what each page costs in processor time, before and now.

    python -m bench.paire 10000 8a48f00 HEAD

Both commits are checked out, each has a base of its own with the same volumes, and both sites are read in turn, half a
second each. Processor time is counted, that of the site and of its PostgreSQL: what else a busy machine
does weighs less on it than on the clock.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.embarque import start_embedded_server
from app.settings import ROOT, get_settings
from bench.mesures import fetch, wait_for

ROUNDS = 24
SECONDS = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
PAGES = {
    "liste": "/demandes/recues",
    "mes demandes": "/demandes/mes-demandes",
    "demande": "/demandes/{numero}",
    "recherche": "/demandes/recherche?q=logement",
    "nouvelle demande": "/demandes/nouvelle",
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
    port: int
    url: str = ""
    cookie: str = ""
    numero: str = ""
    processes: list[int] = field(default_factory=list)

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


@contextmanager
def serving(site: Site, size: int) -> Iterator[None]:
    """The site with its base, loaded the first time."""
    var = get_settings().var / f"paire-{site.nom}-{size}"
    site.url = start_embedded_server(var / "postgres")
    environment = {**os.environ, "DATABASE_URL": site.url, "PORT": str(site.port), "APLUS_VAR": str(var)}
    run = {"env": environment, "cwd": site.tree}
    if not (var / "loaded").exists():
        subprocess.run([sys.executable, "-m", "bench.charge", str(size)], **run, check=True)  # type: ignore[call-overload]
        (var / "loaded").touch()
    subprocess.run([sys.executable, "-m", "app", "migrate"], **run, check=True)  # type: ignore[call-overload]
    script = OPEN_SESSION.format(**(NOW if (site.tree / "app/cookies.py").exists() else BEFORE_ROOMS))
    said = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-c", script, site.url], **run, capture_output=True, text=True, check=True
    ).stdout
    site.numero, site.cookie = said.split(maxsplit=1)
    site.cookie = site.cookie.strip()
    server = subprocess.Popen([sys.executable, "-m", "app", "web"], **run)  # type: ignore[call-overload]
    postmaster = int((var / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    site.processes = [server.pid, postmaster]
    try:
        yield
    finally:
        server.terminate()
        server.wait()


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


def main(size: int, before: str, now: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sites = [Site("before", Path(folder) / "before", 8393), Site("now", Path(folder) / "now", 8394)]
        for site, commit in zip(sites, (before, now), strict=True):
            subprocess.run(
                ["git", "worktree", "add", "--quiet", "--detach", site.tree, commit], cwd=ROOT, check=True
            )
            stack.callback(_remove, site.tree)
            stack.enter_context(serving(site, size))
            asyncio.run(wait_for(site.port))
        lines = asyncio.run(compare(sites))
    print(f"| page | ms of processor at {before} | at {now} | ratio | bytes before | bytes now |")
    print("|---|---|---|---|---|---|", *lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
