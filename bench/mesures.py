"""Measure the pages, side by side in one run. Ratios travel; milliseconds do not.

    python -m bench.mesures 10000 200000

For each size: a base of its own, the site as a production runs it with two workers, the pages read by eight clients. Beside
them, a bare handler that makes as many round trips and returns as many bytes. Page and bare handler are read in pairs of
short turns: what else the machine does weighs on both. Prints the table; what is kept of it goes to `bench/RESULTS.md`.
"""

import asyncio
import os
import platform
import re
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from app import cookies, database, visite
from app.database import spy_queries
from app.domain.acces.sessions import open_session
from app.settings import ROOT
from bench.site import Site, find_port, make_environment, running_server, wait_for_port

CLIENTS = 8
ROUNDS = 12
SECONDS = 0.5
LOURDES = 2000
FORMULAIRE = "00000000-0000-4000-8000-000000000001"
INES = "select id as agent from agents where email = 'ines@exemple.fr'"
AIDA = "select id as agent from agents where email = 'aida@exemple.fr'"
#: Each family of pages: who reads it, and where.
PAGES = {
    "liste": (INES, "/demandes/recues"),
    "demande": (INES, "/demandes/{numero}"),
    "recherche": (INES, "/demandes/recherche?q=logement"),
    "profil": (INES, "/profil"),
    "nouvelle demande": (AIDA, f"/demandes/nouvelle?formulaire={FORMULAIRE}"),
    f"reçues, {LOURDES} ouvertes": ("select agent from lourd_instructeur", "/demandes/recues"),
    f"envoyées, {LOURDES} ouvertes": ("select agent from lourd_aidant", "/demandes"),
}


@dataclass
class Mesure:
    """What one page gave: the times (s) of its reads, and pages/s of each pair of turns, the page first."""

    queries: int
    size: int = 0
    times: list[float] = field(default_factory=list)
    turns: list[tuple[float, float]] = field(default_factory=list)

    @property
    def share(self) -> list[float]:
        """Its quartiles, page against bare handler."""
        return quartiles([page / bare for page, bare in self.turns])


def quartiles(values: list[float]) -> list[float]:
    """First quartile, median, third."""
    return statistics.quantiles(values, n=4)


def say_machine() -> str:
    """The machine and how the interpreter was built, which moves every figure."""
    asked = sysconfig.get_config_var("CONFIG_ARGS") or ""
    made = [
        said
        for flag, said in (("--enable-optimizations", "profile"), ("--with-lto", "link-time"))
        if flag in asked
    ]
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[1]:.1f}; "
        f"Python {platform.python_version()}, {platform.python_compiler()}, "
        f"optimised by {' and '.join(made) or 'neither profile nor link-time'}."
    )


async def fetch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, cookie: str) -> bytes:
    """One GET on an open connection; returns the body as it travelled."""
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head[:200]
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        return await reader.readexactly(int(length[1]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def load_page(port: int, path: str, cookie: str) -> tuple[list[float], int]:
    """The times (s) of a page read by eight clients for one turn, and its bytes."""
    times: list[float] = []
    sizes: list[int] = []
    stop_at = time.monotonic() + SECONDS

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.monotonic()) < stop_at:
            sizes.append(len(await fetch(reader, writer, path, cookie)))
            times.append(time.monotonic() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return times, sizes[-1]


async def wait_for(port: int) -> None:
    """Until something listens."""
    await asyncio.to_thread(wait_for_port, port)


async def ask(path: str, cookie: str) -> int:
    """Ask a page of the application, inside this process and in memory; its status."""
    from tests.browser import APP  # noqa: PLC0415 - the same application, in process, once its settings are there

    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    target, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": target, "raw_path": target.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    await APP(scope, receive, send)
    return statuses[0]


async def count_queries(path: str, cookie: str) -> int:
    """The round trips of a page."""
    with spy_queries() as queries:
        await ask(path, cookie)
    return len(queries)


async def sign_in(who: str) -> tuple[int, str]:
    """Somebody and the cookie of a session of theirs."""
    [row] = await database.fetch(who)
    agent = row["agent"]
    jeton = await open_session(agent, is_durable=True, navigateur="bench", now=visite.clock())
    mac = cookies._session_mac(str(agent), jeton).decode()
    return agent, f"{cookies.cookie_name('session')}={agent}.{jeton}.{mac}"


@contextmanager
def serving(*words: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    """Two workers that answer on this port."""
    command = [sys.executable, "-m", *words, "--workers", "2"]
    with answering(command, port, environment | {"PORT": str(port)}, ROOT):
        yield


@contextmanager
def answering(command: Sequence[str], port: int, environment: dict[str, str], folder: Path) -> Iterator[None]:
    """A command run in this folder, from when it answers on this port; ended at the end."""
    process = subprocess.Popen(command, env=environment, cwd=folder)
    try:
        wait_for_port(port)
        yield
    finally:
        process.terminate()
        process.wait()


async def measure_page(who: str, pattern: str, port: int, environment: dict[str, str]) -> Mesure:
    """One page and its bare twin, in pairs of turns; the first pair warms."""
    agent, cookie = await sign_in(who)
    [row] = await database.fetch(
        "select max(s.demande) as numero from sollicitations s join adhesions a on a.groupe = s.groupe "
        "where a.agent = :agent and s.closed_at is null",
        agent=agent,
    )
    path = pattern.format(numero=row["numero"])
    mesure = Mesure(await count_queries(path, cookie))
    _, mesure.size = await load_page(port, path, cookie)
    bare_port = find_port()
    bare = environment | {"BENCH_QUERIES": str(mesure.queries), "BENCH_BYTES": str(mesure.size)}
    words = ("uvicorn", "bench.nu:create_app", "--factory", "--log-level", "error", "--port", str(bare_port))
    with serving(*words, port=bare_port, environment=bare):
        for rank in range(ROUNDS + 1):
            times, _ = await load_page(port, path, cookie)
            bare_times, _ = await load_page(bare_port, "/", cookie)
            if rank:
                mesure.times += times
                mesure.turns.append((len(times) / SECONDS, len(bare_times) / SECONDS))
    return mesure


async def measure(size: int) -> dict[str, Mesure]:
    """Every page at this size."""
    with running_server() as (folder, server):
        environment = make_environment(folder, server.url)
        demo = environment | {"APLUS_ENV": "demo", "SMTP_URL": "", "BASE_URL": "http://127.0.0.1"}
        words = [sys.executable, "-m", "bench.charge", str(size), str(LOURDES)]
        await asyncio.to_thread(partial(subprocess.run, words, env=demo, cwd=ROOT, check=True))
        Site(folder, environment).join()
        await database.open_pool(server.url, 4, is_for_pages=True)
        port = find_port()
        try:
            with serving("app", "web", port=port, environment=environment):
                return {
                    name: await measure_page(who, pattern, port, environment)
                    for name, (who, pattern) in PAGES.items()
                }
        finally:
            await database.close_pool()


def report(measured: dict[int, dict[str, Mesure]]) -> str:
    """The table: quartiles of what is counted in each pair of turns."""
    smallest = min(measured)
    lines = [
        f"{say_machine()} PostgreSQL on the same cores, two web workers as a production runs them, {CLIENTS} clients; "
        f"{ROUNDS} pairs of turns of {SECONDS} s. Three figures are a median between its quartiles.",
        "",
        f"| demandes | page | median ms | pages/s | page / bare handler | × cost at {smallest} (goal ≤ 1.3) | queries | bytes sent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size, pages in measured.items():
        for name, mesure in pages.items():
            rates = ", ".join(f"{rate:.0f}" for rate in quartiles([page for page, _ in mesure.turns]))
            shares = ", ".join(f"{share:.2f}" for share in mesure.share)
            growth = measured[smallest][name].share[1] / mesure.share[1]
            lines.append(
                f"| {size} | {name} | {statistics.median(mesure.times) * 1000:.1f} | {rates} | {shares} | {growth:.2f} | "
                f"{mesure.queries} | {mesure.size} |"
            )
    return "\n".join(lines) + "\n"


async def main() -> None:
    """Print the table of these sizes."""
    print(report({size: await measure(size) for size in map(int, sys.argv[1:])}))


if __name__ == "__main__":
    asyncio.run(main())
