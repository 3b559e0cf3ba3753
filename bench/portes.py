"""Half requests, slow lines and odd requests at each door: the bare server, nginx and Caddy, before the real site.

    python -m bench.portes [half forms]        with nginx and caddy

Each proxy runs what `deploy/` ships for it, but for TLS and the limits per visitor: the load comes from one address. At
each door at once, so many visitors send half a form, a fifth as many half a head, and one a whole form over a line so slow
that it takes over a minute; others ask for a page twice a second meanwhile. Halves are let go in the documented time, the
slow form is answered, and what is asked of another host, of two, or is too heavy never reaches a page.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.settings import ROOT
from bench.relais import proxy_in
from bench.site import find_port, print_row, running_site, wait_for_port

HALVES = 500
NAME = "aplus.exemple.fr"
# What docs/exploitation.md says, and what a busy machine adds.
HEAD_SECONDS, BODY_SECONDS, MARGIN_SECONDS = 10.0, 15.0, 5.0
# Caddy has one time for the whole of a form: five minutes, which this drill does not wait for.
CADDY_SECONDS = 80.0
SLOW_PIECES, SLOW_SECONDS = 35, 2.0
PAGE_SECONDS = 5.0
HEAD = f"POST /connexion HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
ODD = {
    "another host": "GET /connexion HTTP/1.1\r\nHost: ailleurs.example\r\nConnection: close\r\n\r\n",
    "absolute": f"GET http://ailleurs.example/connexion HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n",
    "two hosts": f"GET /connexion HTTP/1.1\r\nHost: {NAME}\r\nHost: ailleurs.example\r\nConnection: close\r\n\r\n",
    "no host": "GET /connexion HTTP/1.1\r\nConnection: close\r\n\r\n",
    "too heavy": HEAD + "Content-Length: 250000000\r\nConnection: close\r\n\r\n" + "x" * 1_200_000,
}
# The bare server knows no name of its own: it takes any, and the site builds nothing with it.
NOT_BARE = {"another host"}


@contextmanager
def caddy_in(folder: Path, web: str) -> Iterator[int]:
    """Caddy with the configuration that is shipped, on a port of ours, ended at the end."""
    folder.mkdir()
    port, conf = find_port(), (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    conf = conf.replace("{\n\tservers {", "{\n\tadmin off\n\tauto_https off\n\tservers {", 1)
    conf = conf.replace("read_body 5m", f"read_body {CADDY_SECONDS:.0f}s")
    conf = conf.replace("\n:443 {", f"\nhttp://:{port} {{\n\tbind 127.0.0.1")
    conf = conf.replace(f"\n{NAME} {{", f"\nhttp://{NAME}:{port} {{\n\tbind 127.0.0.1")
    conf = conf.replace("reverse_proxy 127.0.0.1:8000", f"reverse_proxy {web}")
    (folder / "Caddyfile").write_text(conf)
    own = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    with (folder / "journal").open("wb") as journal:
        process = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env={**os.environ, **own},
            stdout=journal,
            stderr=journal,
        )
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Porte:
    """One door, and what was seen there."""

    nom: str
    port: int
    body_seconds: float = BODY_SECONDS

    async def send(self, said: str, *pieces: str, every: float = 0.0) -> tuple[str, float]:
        """What is answered until the door closes, and how long it stayed open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        started, answer = time.monotonic(), b""
        with suppress(OSError):
            writer.write(said.encode())
            for piece in pieces:
                await asyncio.sleep(every)
                writer.write(piece.encode())
            async with asyncio.timeout(120):
                while read := await reader.read(65536):
                    answer += read
        writer.close()
        return answer.decode("utf-8", "replace"), time.monotonic() - started

    async def look(self, until: asyncio.Event) -> list[float]:
        """How long a page takes, twice a second; infinity when it is not given."""
        seconds = []
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=20) as client:
            while not until.is_set():
                started = time.monotonic()
                try:
                    answer = await client.get("/connexion", headers={"Host": NAME})
                    is_given = answer.status_code == 200
                except httpx.HTTPError:
                    is_given = False
                seconds.append(time.monotonic() - started if is_given else float("inf"))
                await asyncio.sleep(0.5)
        return seconds

    async def be_odd(self) -> dict[str, str]:
        """What is said to each odd request: the status, and whether our headers are there."""
        said = {}
        for nom, request in ODD.items():
            answer, _ = await self.send(request)
            status = re.match(r"HTTP/1.1 (\d+)", answer)
            is_dressed = "content-security-policy" in answer.lower()
            said[nom] = (status[1] if status else "closed") + " without our headers" * (not is_dressed)
        return said

    async def play(self, halves: int) -> bool:
        """The whole drill at this door; whether every goal is kept."""
        end = asyncio.Event()
        looking = asyncio.create_task(self.look(end))
        form = HEAD + "Content-Length: 70\r\nConnection: close\r\n\r\n"
        slow = asyncio.create_task(self.send(form, *["ab"] * SLOW_PIECES, every=SLOW_SECONDS))
        bodies = [asyncio.create_task(self.send(form, "email=")) for _ in range(halves)]
        heads = [asyncio.create_task(self.send(HEAD)) for _ in range(halves // 5)]
        closed = [sorted([seconds for _, seconds in await asyncio.gather(*some)]) for some in (bodies, heads)]
        answer, _ = await slow
        end.set()
        pages, odd = await looking, await self.be_odd()
        print_row(
            door=self.nom,
            half_forms=len(bodies),
            closed_s=f"{closed[0][0]:.1f} to {closed[0][-1]:.1f}",
            half_heads=len(heads),
            heads_closed_s=f"{closed[1][0]:.1f} to {closed[1][-1]:.1f}",
            pages_meanwhile=len(pages),
            slowest_s=f"{max(pages):.2f}",
            slow_form=answer[9:12] or "cut",
            **{nom.replace(" ", "_"): said for nom, said in odd.items()},
        )
        let_in = {nom for nom, said in odd.items() if said.startswith("200")}
        return (
            closed[0][-1] <= self.body_seconds + MARGIN_SECONDS
            and closed[1][-1] <= HEAD_SECONDS + MARGIN_SECONDS
            and max(pages) <= PAGE_SECONDS
            # No token comes with it: it was read whole, and refused as a form.
            and answer[9:12] in {"303", "403", "422"}
            and let_in <= (NOT_BARE if self.nom == "bare" else set())
        )


async def play(portes: list[Porte], halves: int) -> bool:
    """Every door at once."""
    return all(await asyncio.gather(*(porte.play(halves) for porte in portes)))


def main() -> None:
    """Exit 1 when half a request stays, somebody else waits for it, or an odd request is given a page."""
    if not shutil.which("nginx") or not shutil.which("caddy"):
        sys.exit("nginx or caddy is not there: apt-get install nginx caddy")
    halves = int(sys.argv[1]) if len(sys.argv) > 1 else HALVES
    with running_site() as site:
        port = find_port()
        site.start_web(port)
        web = f"127.0.0.1:{port}"
        with proxy_in(site.folder / "nginx", [web]) as nginx, caddy_in(site.folder / "caddy", web) as caddy:
            portes = [Porte("bare", port), Porte("nginx", nginx.port), Porte("Caddy", caddy, CADDY_SECONDS)]
            is_kept = asyncio.run(play(portes, halves))
        sys.exit(int(not is_kept or "Traceback" in site.said()))


if __name__ == "__main__":
    main()
