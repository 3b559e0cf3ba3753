"""Two webs behind nginx restarted one after the other, with a migration, at 50 requests a second (quality R4).

    RATE=50 python -m bench.relais [seconds] [--brusque]

nginx runs `deploy/nginx.conf` itself, but for TLS, the names and its limits per visitor: the load comes from one address.
Each web is taken out of the proxy first (`down`, then a reload), as docs/exploitation.md says; with `--brusque` it is not.
Every fifth request is a message, looked for in the base at the end: 0 failed, 0 lost and 0 doubled is the goal.
"""

import asyncio
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from app import database
from app.settings import ROOT
from bench.site import Site, Visiteur, find_port, print_row, running_site, signed_in, wait_for_port

PER_SECOND = float(os.environ.get("RATE", "50"))
SECONDS = 60.0
# 409: another message came meanwhile, and the text is given back, as it should be.
FINE = {"200", "303", "409"}
# One migration is undone before, so that there is one to run.
UNDO = """
drop index pieces_jointes_en_attente;
delete from migration where name = '2026-11-27T23:54:00:000000';
"""


@dataclass
class Proxy:
    """nginx on a port of ours, and the webs it knows, as host:port; `before` is what starts it, as `ip netns exec`."""

    folder: Path
    port: int
    webs: list[str]
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    def write(self, down: str | None = None) -> None:
        """The configuration that is shipped; one of the webs may be out."""
        servers = "\n".join(
            f"    server {web} max_fails=1 fail_timeout=5s{' down' * (web == down)};" for web in self.webs
        )
        conf = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        conf = re.sub(r"    server 127\.0\.0\.1:8000 .*;", servers, conf)
        conf = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", conf, flags=re.DOTALL)
        conf = re.sub(r"    listen \[::\]:443.*\n|    ssl_.*\n|    limit_(?:req|conn) .*\n", "", conf)
        conf = conf.replace("listen 443 ssl http2;", f"listen {self.host}:{self.port};")
        conf = conf.replace("/var/log/nginx/aplus-error.log crit", f"{self.folder}/error.log")
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if self.folder.owner() == "root" else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}daemon off;\nworker_processes 1;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log;\n"
            f"events {{ worker_connections 4096; }}\nhttp {{\n{temporary}{conf}}}\n"
        )

    def start(self) -> None:
        """It listens."""
        self.write()
        conf = str(self.folder / "nginx.conf")
        self.process = subprocess.Popen([*self.before, "nginx", "-e", f"{self.folder}/error.log", "-c", conf])
        wait_for_port(self.port, host=self.host)

    def reload(self, down: str | None = None) -> None:
        """Take this web out, or put every one in; requests under way end where they are."""
        assert self.process is not None
        self.write(down)
        self.process.send_signal(signal.SIGHUP)
        time.sleep(1)


@contextmanager
def proxy_in(
    folder: Path, webs: list[str], host: str = "127.0.0.1", before: tuple[str, ...] = ()
) -> Iterator[Proxy]:
    """A proxy of its own, ended at the end."""
    folder.mkdir()
    proxy = Proxy(folder, find_port(), webs, host, before)
    try:
        proxy.start()
        yield proxy
    finally:
        if proxy.process is not None:
            proxy.process.terminate()
            proxy.process.wait(20)


@dataclass(frozen=True)
class Reponse:
    """What was answered to one request: when it was asked, how long that took, the status and who said it."""

    asked_at: float
    seconds: float
    said: str

    @property
    def is_fine(self) -> bool:
        """It was answered as it should."""
        return self.said in FINE


@dataclass
class Bilan:
    """What was asked and answered; `kept` holds the texts of the messages that were said to be kept."""

    reponses: list[Reponse] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)

    @property
    def failed(self) -> int:
        """How many were not answered as they should."""
        return sum(not reponse.is_fine for reponse in self.reponses)

    @property
    def seconds(self) -> list[float]:
        """How long each took, from the shortest to the longest."""
        return sorted(reponse.seconds for reponse in self.reponses)

    @property
    def told(self) -> str:
        """Each answer and how often it came."""
        return tell(self.reponses)

    def recovered(self, since: float) -> float:
        """From this instant to the last request that was asked then and failed, in seconds; 0 when none did."""
        failed = [reponse.asked_at for reponse in self.reponses if not reponse.is_fine]
        return max([0.0, *(asked_at - since for asked_at in failed)])

    def print_steps(self, since: float) -> None:
        """What became of the requests of each second from this instant on, and how long the slowest took."""
        steps: dict[int, list[Reponse]] = {}
        for reponse in sorted(self.reponses, key=lambda reponse: reponse.asked_at):
            steps.setdefault(math.floor(reponse.asked_at - since), []).append(reponse)
        print("| asked s after | slowest s | answers |\n|---|---|---|")
        for step, reponses in steps.items():
            if step >= -2:
                print(f"| {step} | {max(reponse.seconds for reponse in reponses):.1f} | {tell(reponses)} |")


def tell(reponses: Iterable[Reponse]) -> str:
    """Each answer and how often it came."""
    answers = Counter(reponse.said for reponse in reponses)
    return ", ".join(f"{answer}: {count}" for answer, count in sorted(answers.items()))


async def ask(who: Visiteur, numero: int, rank: int, bilan: Bilan) -> None:
    """A page, or every fifth time a message, written on the page as it is then."""
    started, texte = time.monotonic(), f"Message de l’exercice {rank}"
    try:
        if rank % 5:
            response = await who.client.get(f"/demandes/{numero}" if rank % 2 else "/demandes")
        else:
            page = await who.client.get(f"/demandes/{numero}")
            vu = "".join(re.findall(r'name="vu" value="([^"]*)"', page.text)[:1])
            form = {
                "acte": "message",
                "cle": str(uuid4()),
                "vu": vu,
                "texte": texte,
                "csrf": who.token(),
            }
            response = await who.client.post(f"/demandes/{numero}/messages", data=form)
            if response.status_code == 303:
                bilan.kept.add(texte)
        # Each answer of the site bears this header: what is without was said by the proxy, in its place.
        by = "" if "permissions-policy" in response.headers else " of the proxy"
        said = f"{response.status_code}{by}"
    except httpx.HTTPError as error:
        said = type(error).__name__
    bilan.reponses.append(Reponse(started, time.monotonic() - started, said))


async def find_demande(who: Visiteur) -> int:
    """An open demande of this agent."""
    [row] = await database.fetch(
        "select min(numero) as numero from demandes where auteur = :agent and closed_at is null",
        agent=who.agent,
    )
    return int(row["numero"])


async def compare(bilan: Bilan) -> tuple[int, int]:
    """How many messages that were said to be kept are not in the base, and how many are there twice."""
    rows = await database.fetch("select texte from messages where texte like 'Message de l’exercice %'")
    found = Counter(row["texte"] for row in rows)
    return len(bilan.kept - found.keys()), sum(count > 1 for count in found.values())


async def load(who: Visiteur, numero: int, bilan: Bilan, stop: asyncio.Event, most: float) -> None:
    """So many requests a second whatever the answers, until told to stop or for that long."""
    started, rank, asked = time.monotonic(), 0, set()
    while not stop.is_set() and time.monotonic() - started < most:
        rank += 1
        asked.add(asyncio.create_task(ask(who, numero, rank, bilan)))
        await asyncio.sleep(max(0.0, started + rank / PER_SECOND - time.monotonic()))
    await asyncio.gather(*asked)


def restart(site: Site, proxy: Proxy, rank: int, web: "subprocess.Popen[bytes]", *, is_drained: bool) -> None:
    """One web of the site, replaced by another on the same port."""
    if is_drained:
        proxy.reload(down=proxy.webs[rank])
    web.terminate()
    web.wait(40)
    site.start_web(int(proxy.webs[rank].rpartition(":")[2]))
    if is_drained:
        proxy.reload()


async def play(site: Site, seconds: float, *, is_drained: bool) -> bool:
    """The whole drill; whether every goal is kept."""
    ports, bilan, stop = [find_port(), find_port()], Bilan(), asyncio.Event()
    site.join()
    webs = [await asyncio.to_thread(site.start_web, port) for port in ports]
    await database.open_pool(site.environment["DATABASE_URL"], 2)
    await database.run_script(UNDO)
    try:
        with proxy_in(site.folder / "nginx", [f"127.0.0.1:{port}" for port in ports]) as proxy:
            async with signed_in(f"http://127.0.0.1:{proxy.port}", "aida@exemple.fr") as aida:
                loading = asyncio.create_task(load(aida, await find_demande(aida), bilan, stop, most=360))
                await asyncio.sleep(seconds / 4)
                await asyncio.to_thread(site.run, "migrate")
                for rank, web in enumerate(webs):
                    await asyncio.to_thread(restart, site, proxy, rank, web, is_drained=is_drained)
                    await asyncio.sleep(seconds / 4)
                stop.set()
                await loading
        lost, doubled = await compare(bilan)
    finally:
        await database.close_pool()
    failed = bilan.failed
    times = bilan.seconds
    print_row(
        way="drained" if is_drained else "brusque",
        acts=len(times),
        messages=len(bilan.kept),
        restarts=2,
        failed=failed,
        lost=lost,
        doubled=doubled,
        median_s=f"{times[len(times) // 2]:.2f}",
        slowest_s=f"{times[-1]:.1f}",
        answers=bilan.told,
    )
    return lost == doubled == 0 and (failed == 0 or not is_drained)


def main() -> None:
    """Exit 1 when a request failed although the web was taken out first, or an act was lost or doubled."""
    if shutil.which("nginx") is None:
        sys.exit("nginx is not there: apt-get install nginx")
    words = [word for word in sys.argv[1:] if word != "--brusque"]
    seconds = float(words[0]) if words else SECONDS
    with running_site() as site:
        sys.exit(int(not asyncio.run(play(site, seconds, is_drained="--brusque" not in sys.argv))))


if __name__ == "__main__":
    main()
