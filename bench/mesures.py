"""Measure the pages, side by side in one run, and write `bench/RESULTS.md`. Ratios travel; milliseconds do not.

    python -m bench.mesures 10000 200000

For each size: a base of its own under APLUS_VAR, the site with two workers, the pages read by eight clients. Beside
them, a bare handler that makes as many round trips and returns as many bytes. Page and bare handler are read in turn,
a second each: what else the machine does weighs on both.
"""

import asyncio
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from app import cookies, database, visite
from app.database import spy_queries
from app.domain.acces.sessions import open_session
from app.embarque import start_embedded_server
from app.settings import ROOT, get_settings

PORT = 8391
BARE_PORT = 8392
CLIENTS = 8
ROUNDS = 6
SECONDS = 1.0
PAGES = {
    "liste": "/demandes/recues",
    "demande": "/demandes/{numero}",
    "recherche": "/demandes/recherche?q=logement",
}


@dataclass
class Mesure:
    """What one page gave."""

    median_ms: float
    per_second: float
    size: int
    queries: int


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
    """The times (s) of a page read by eight clients for a second, and its bytes."""
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
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError(f"nothing listens on {port}")


async def count_queries(path: str, cookie: str) -> int:
    """The round trips of a page, counted inside this process."""
    from tests.browser import APP  # noqa: PLC0415 - the same application, in process

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: object) -> None:
        return None

    target, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": target, "raw_path": target.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT), "state": {},
    }  # fmt: skip
    with spy_queries() as queries:
        await APP(scope, receive, send)
    return len(queries)


async def measure(size: int) -> dict[str, tuple[Mesure, float]]:
    """Every page at this size, with the throughput of its bare twin."""
    var = get_settings().var / f"bench-{size}"
    url = start_embedded_server(var / "postgres")
    environment = {**os.environ, "DATABASE_URL": url, "PORT": str(PORT), "APLUS_VAR": str(var)}
    if not (var / "loaded").exists():
        subprocess.run(
            [sys.executable, "-m", "bench.charge", str(size)], env=environment, cwd=ROOT, check=True
        )
        (var / "loaded").touch()
    await database.open_pool(url, 4, is_for_pages=True)
    [ines] = await database.fetch("select id from agents where email = 'ines@exemple.fr'")
    [row] = await database.fetch(
        "select max(s.demande) as numero from sollicitations s join adhesions a on a.groupe = s.groupe "
        "where a.agent = :agent and s.closed_at is null",
        agent=ines["id"],
    )
    jeton = await open_session(ines["id"], is_durable=True, navigateur="bench", now=visite.clock())
    mac = cookies._session_mac(str(ines["id"]), jeton).decode()
    cookie = f"{cookies.cookie_name('session')}={ines['id']}.{jeton}.{mac}"
    results: dict[str, tuple[Mesure, float]] = {}
    site = subprocess.Popen([sys.executable, "-m", "app", "web", "--workers", "2"], env=environment, cwd=ROOT)
    try:
        await wait_for(PORT)
        for name, pattern in PAGES.items():
            path = pattern.format(numero=row["numero"])
            queries = await count_queries(path, cookie)
            _, length = await load_page(PORT, path, cookie)  # warm
            bare = {**environment, "BENCH_QUERIES": str(queries), "BENCH_BYTES": str(length)}
            twin = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "bench.nu:create_app", "--factory", "--workers", "2", "--port",
                 str(BARE_PORT), "--log-level", "error"],
                env=bare, cwd=ROOT,
            )  # fmt: skip
            try:
                await wait_for(BARE_PORT)
                await load_page(BARE_PORT, "/", cookie)
                times: list[float] = []
                bare_times: list[float] = []
                for _ in range(ROUNDS):
                    times += (await load_page(PORT, path, cookie))[0]
                    bare_times += (await load_page(BARE_PORT, "/", cookie))[0]
            finally:
                twin.terminate()
                twin.wait()
            mesure = Mesure(statistics.median(times) * 1000, len(times) / (ROUNDS * SECONDS), length, queries)
            results[name] = (mesure, len(bare_times) / (ROUNDS * SECONDS))
    finally:
        site.terminate()
        site.wait()
        await database.close_pool()
    return results


def report(measured: dict[int, dict[str, tuple[Mesure, float]]]) -> str:
    """The table, with ratios."""
    smallest = min(measured)
    lines = [
        "# Last measurements",
        "",
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"embedded PostgreSQL on the same cores, two web workers, {CLIENTS} clients; {ROUNDS} times {SECONDS:.0f} s each, page and bare handler in turn. "
        f"Processes waiting for the cores when it ended (load): {os.getloadavg()[1]:.1f}.",
        "",
        "| demandes | page | median ms | pages/s | bare handlers/s | page / bare (goal ≥ 0.33) | × cost in bare handlers at "
        f"{smallest} (goal ≤ 1.3) | queries | bytes sent |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for size, pages in measured.items():
        for name, (mesure, bare) in pages.items():
            share = mesure.per_second / bare
            reference, bare_reference = measured[smallest][name]
            growth = reference.per_second / bare_reference / share
            lines.append(
                f"| {size} | {name} | {mesure.median_ms:.1f} | {mesure.per_second:.0f} | {bare:.0f} | {share:.2f} | "
                f"{growth:.2f} | {mesure.queries} | {mesure.size} |"
            )
    return "\n".join(lines) + "\n"


async def main() -> None:
    measured = {size: await measure(size) for size in map(int, sys.argv[1:])}
    text = report(measured)
    await asyncio.to_thread((Path(__file__).parent / "RESULTS.md").write_text, text)
    print(text)


if __name__ == "__main__":
    asyncio.run(main())
