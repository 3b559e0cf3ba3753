"""What pages cost while something large is done besides: erasures, mails, an import; and what a web holds after 20 000 pages.

    python -m bench.pendant [demandes] [memoire effacement courriels import]

A site as a production runs it: two webs, one worker, a base of 20 000 demandes. Four clients read lists, demandes and
searches; once without a pause, which fills the cores by itself, and once as people do, with a pause after each page. The
same is read at rest and while each work lasts, so that ratios are those of one run. Goal: no page twice as slow (« Speed »,
part « Also at scale »). What serves mails and what erases are processes of their own, since they would otherwise hold up
the clients that measure. Run it far from the 52nd minute of an hour, when the worker erases too.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from app import database
from app.settings import ROOT, get_settings
from app.tasks.oubli import erase_demandes
from bench.arrieres import post
from bench.mesures import AIDA, FORMULAIRE, INES, fetch, say_machine, sign_in
from bench.paire import _seconds_of
from bench.site import Site, find_port, kill, make_environment, running_server, signed_in
from tests.smtp import smtp_server

DEMANDES, CLIENTS, MAILS, LIGNES = 20_000, 4, 10_000, 10_000
#: How long each way of reading lasts, how long a client of the second way waits, and the most that a work is watched.
TURN_SECONDS, PAUSE_SECONDS = 15.0, 0.25
MOST_SECONDS = float(os.environ.get("MOST", "120"))
WAYS = {"pressed": 0.0, "paced": PAUSE_SECONDS}
STEPS = (500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000)
READ = {
    "list": "/demandes/recues",
    "demande": "/demandes/{numero}",
    "search": "/demandes/recherche?q=logement",
}
#: Every kind of page that an agent reads.
KINDS = READ | {"profile": "/profil", "figures": "/statistiques", "groupe": "/groupes/{groupe}"}
NEW = f"/demandes/nouvelle?formulaire={FORMULAIRE}"
WHERE = """
select max(s.demande) as numero, max(a.groupe) as groupe from sollicitations s join adhesions a on a.groupe = s.groupe
where a.agent = :agent and s.closed_at is null
"""
# All that the load brought has been closed for ninety days and an hour; the demandes of who reads came with the seed. Two
# days later the site would take itself for a restored copy and no longer start.
MAKE_DUE = """
set session_replication_role = replica;
update demandes set sent_at = least(sent_at, now() - interval '120 days'), closed_at = now() - interval '90 days 1 hour'
    where titre like 'Demande de charge%';
update sollicitations s set closed_at = d.closed_at, late_at = null, solicited_at = d.sent_at, opened_at = d.sent_at
    from demandes d where d.numero = s.demande and d.titre like 'Demande de charge%';
set session_replication_role = default;
vacuum analyze demandes, sollicitations
"""
BUSY = """
select (select count(*) from courriels where sent_at is null and failed_at is null) + (select count(*) from recomptes) as n
"""
ERASED = "select count(*) as n from demandes where erased_at is not null"
BEGUN = "select count(*) as n from demandes where effacement_at is not null"
LEFT = "select count(*) as n from courriels where fait = 'connexion_inconnue' and sent_at is not null"
WRITTEN = "select coalesce(max(faites), 0) as n from imports"
FORGET_MAILS = "delete from courriels"
HEAD = """| work | way | page | at rest, ms: median, p95 | meanwhile | × median | × p95 | slowest s | pages |
|---|---|---|---|---|---|---|---|---|"""
COLONNES = "Nom du groupe;Département;Organisme;Prénom;Nom;Fonction;Adresse e-mail;Rôles"


@dataclass
class Lu:
    """The times (s) of the pages that were read, by way, page and web; and the processor that each part used meanwhile."""

    times: dict[tuple[str, str, int], list[float]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def of(self, way: str, page: str, web: int | None = None) -> list[float]:
        """Those of one page, on every web or on one."""
        asked = [key for key in self.times if key[:2] == (way, page) and web in {None, key[2]}]
        return [one for key in asked for one in self.times[key]]


@dataclass
class Scene:
    """The site that runs: its webs, who reads, and every process whose time counts."""

    site: Site
    ports: list[int]
    cookie: str
    paths: dict[str, str]
    processes: dict[str, list[int]]

    def spent(self) -> dict[str, float]:
        """Seconds of processor used so far, by part; the clients are this process."""
        used = {name: sum(map(_seconds_of, pids)) for name, pids in self.processes.items()}
        return used | {"clients": time.process_time()}


async def count_rows(sql: str) -> int:
    """What a question counts."""
    [row] = await database.fetch(sql)
    return int(row["n"])


async def read_for(scene: Scene, way: str, seconds: float, lu: Lu, is_over: Callable[[], bool]) -> None:
    """Read for so long, or until the work is over."""
    stop_at = time.monotonic() + seconds

    async def client(rank: int) -> None:
        web = rank % len(scene.ports)
        reader, writer = await asyncio.open_connection("127.0.0.1", scene.ports[web])
        for turn in count(rank):
            if time.monotonic() > stop_at or is_over():
                break
            page = list(scene.paths)[turn % len(scene.paths)]
            started = time.monotonic()
            await fetch(reader, writer, scene.paths[page], scene.cookie)
            lu.times.setdefault((way, page, web), []).append(time.monotonic() - started)
            await asyncio.sleep(WAYS[way])
        writer.close()

    before, started = scene.spent(), time.monotonic()
    await asyncio.gather(*map(client, range(CLIENTS)))
    lu.seconds += time.monotonic() - started
    for name, used in scene.spent().items():
        lu.cpu[name] = lu.cpu.get(name, 0) + used - before.get(name, 0)


async def read_while(scene: Scene, work: "asyncio.Future[object]", most: float = MOST_SECONDS) -> Lu:
    """Both ways in turn until the work is over, or for the most that it is watched."""
    lu, ends_at = Lu(), time.monotonic() + most
    while not work.done() and time.monotonic() < ends_at:
        for way in WAYS:
            await read_for(scene, way, TURN_SECONDS / 3, lu, work.done)
    return lu


async def read_at_rest(scene: Scene, lu: Lu) -> None:
    """Both ways while nothing else is done; a first turn warms."""
    await read_for(scene, "pressed", TURN_SECONDS / 5, Lu(), lambda: False)
    for way in WAYS:
        await read_for(scene, way, TURN_SECONDS / 2, lu, lambda: False)


def p95(times: Sequence[float]) -> float:
    """The time that one page in twenty is over."""
    return statistics.quantiles(times, n=20)[-1]


def report(work: str, rest: Lu, lu: Lu, web: int | None = None) -> list[str]:
    """One line per way and page: at rest, meanwhile, the ratios."""
    lines = []
    for way in WAYS:
        for page in READ:
            before, now = rest.of(way, page), lu.of(way, page, web)
            if len(now) < 2:
                continue
            middle, middle_now = statistics.median(before) * 1000, statistics.median(now) * 1000
            high, high_now = p95(before) * 1000, p95(now) * 1000
            lines.append(
                f"| {work} | {way} | {page} | {middle:.1f}, {high:.1f} | {middle_now:.1f}, {high_now:.1f} | "
                f"{middle_now / middle:.2f} | {high_now / high:.2f} | {max(now):.2f} | {len(now)} |"
            )
    return lines


def say_cpu(work: str, lu: Lu) -> str:
    """How many cores each part used."""
    return f"{work}, cores: " + ", ".join(f"{name} {used / lu.seconds:.2f}" for name, used in lu.cpu.items())


async def watch(scene: Scene, work: str, doing: Awaitable[object], progress: str, clean: str = "") -> None:
    """Read at rest, while it is done, at rest again once its remains are cleaned, since a busy machine changes from one minute
    to the next; then print what was read and how far it came.
    """
    rest = Lu()
    await read_at_rest(scene, rest)
    before, started = await count_rows(progress), time.monotonic()
    task = asyncio.ensure_future(doing)
    lu = await read_while(scene, task)
    done, spent = await count_rows(progress) - before, time.monotonic() - started
    is_whole = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    if clean:
        await database.fetch(clean)
        await settle()
    await read_at_rest(scene, rest)
    said = "to its end" if is_whole else "cut"
    print(
        f"\n{work}: {done} in {spent:.0f} s ({done / spent:.0f} a second, {said}), load {os.getloadavg()[0]:.1f}"
    )
    print(say_cpu("at rest", rest), say_cpu(work, lu), HEAD, *report(work, rest, lu), sep="\n", flush=True)
    if work == "import":
        print(*report("import, its web", rest, lu, 0), *report("import, the other", rest, lu, 1), sep="\n")
    _ = task.result() if is_whole else None


# --- The works --------------------------------------------------------------------------------------------------


async def make_due() -> None:
    """What the load brought is to be erased; one statement at a time, since one of them wants no transaction."""
    async with database.ENGINE.connection() as connection:
        for statement in MAKE_DUE.split(";\n"):
            await connection.execute(statement, timeout=600)


async def erase(scene: Scene) -> None:
    """The sweep of the worker, in a process of its own; killed when it lasts too long, which it is made for."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bench.pendant", "efface"],
        cwd=ROOT,
        env=scene.site.environment,
        start_new_session=True,
    )
    scene.processes["sweep"] = [process.pid]
    try:
        assert await asyncio.to_thread(process.wait) == 0, "the sweep failed"
    finally:
        kill(process)
        del scene.processes["sweep"]
        print(f"\nerasures begun so far: {await count_rows(BEGUN)}", flush=True)


async def send_mails() -> None:
    """Ten thousand mails wait at once, and the worker gives them."""
    await post(MAILS, "attend")
    while await count_rows(LEFT) < MAILS:  # noqa: ASYNC110
        await asyncio.sleep(1)


async def bring(scene: Scene) -> None:
    """An administratrice brings a file to the first web, looks at what it would do, and writes it to its end."""
    rows = [
        f"Équipe {n // 10};{22 + n // 10 % 30};CAF;Prénom{n};Nom{n};Gestionnaire;import{n}@exemple.fr;instructeur"
        for n in range(LIGNES)
    ]
    contenu = "\n".join([COLONNES, *rows]).encode()
    async with signed_in(f"http://127.0.0.1:{scene.ports[0]}", "ada@exemple.fr") as ada:
        await database.fetch(
            "update sessions set second_facteur_at = now() where agent = :agent", agent=ada.agent
        )
        client, started = ada.client, time.monotonic()
        client.timeout = 300
        form = {"csrf": ada.token()}
        response = await client.post(
            "/administration/imports", data=form, files={"fichier": ("equipes.csv", contenu, "text/csv")}
        )
        assert response.status_code == 303, response.text[:3000]
        page = response.headers["location"].partition("?")[0]
        print(f"\nimport: file read in {time.monotonic() - started:.1f} s", flush=True)
        started = time.monotonic()
        assert (await client.get(page)).status_code == 200
        print(f"import: preview in {time.monotonic() - started:.1f} s", flush=True)
        while await count_rows(WRITTEN) < LIGNES:
            response = await client.post(f"{page}/ecriture", data={"csrf": ada.token()})
            assert response.status_code == 303, response.text[:3000]
            await client.get(page)


async def measure_memory(scene: Scene, aida: str) -> None:
    """What one web holds after so many pages of every kind, MB; and how long each kind took it."""
    kinds = {name: (path, scene.cookie) for name, path in scene.paths.items()} | {"new demande": (NEW, aida)}
    # Figures are asked once while the others are asked three times, so that 20 000 pages end within some minutes.
    turns = [name for name in kinds if name != "figures"] * 3 + ["figures"]
    times: dict[str, list[float]] = {name: [] for name in kinds}
    web, asked, started = scene.processes["webs"][0], count(), time.monotonic()
    print(f"0 pages: {read_rss(web):.1f} MB", flush=True)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", scene.ports[0])
        for turn in asked:
            if turn in STEPS:
                print(f"{turn} pages: {read_rss(web):.1f} MB, {time.monotonic() - started:.0f} s", flush=True)
            if turn >= STEPS[-1]:
                break
            name, since = turns[turn % len(turns)], time.monotonic()
            await fetch(reader, writer, *kinds[name])
            times[name].append(time.monotonic() - since)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    print(
        "median ms: "
        + ", ".join(f"{name} {statistics.median(one) * 1000:.0f}" for name, one in times.items())
    )


def read_rss(pid: int) -> float:
    """What a process holds in memory, MB."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


# --- The site ---------------------------------------------------------------------------------------------------


async def settle(seconds: float = 180) -> None:
    """Until the worker has nothing left of what the load brought: mails of the seed, figures to be summed."""
    ends_at = time.monotonic() + seconds
    while (left := await count_rows(BUSY)) and time.monotonic() < ends_at:  # noqa: ASYNC110
        await asyncio.sleep(2)
    if left:
        print(f"not at rest: {left} mails and sums are left", flush=True)


@asynccontextmanager
async def playing(site: Site, postmaster: int) -> AsyncIterator[tuple[Scene, str]]:
    """The site with its webs, its worker and two people signed in; the second one's cookie is that of Aïda."""
    site.join()
    await database.open_pool(site.environment["DATABASE_URL"], 4)
    try:
        ports = [find_port(), find_port()]
        webs = [await asyncio.to_thread(site.start_web, port) for port in ports]
        worker = site.start("worker")
        agent, cookie = await sign_in(INES)
        _, aida = await sign_in(AIDA)
        [row] = await database.fetch(WHERE, agent=agent)
        paths = {name: pattern.format(**row) for name, pattern in KINDS.items()}
        processes = {"webs": [web.pid for web in webs], "worker": [worker.pid], "base": [postmaster]}
        yield Scene(site, ports, cookie, paths, processes), aida
    finally:
        await asyncio.to_thread(site.end)
        await database.close_pool()


async def play(site: Site, postmaster: int, demandes: int, works: Sequence[str]) -> None:
    """The whole measure."""
    async with playing(site, postmaster) as (scene, aida):
        await settle()
        if "memoire" in works:
            await measure_memory(scene, aida)
        scene.paths = {name: scene.paths[name] for name in READ}
        if "effacement" in works:
            await make_due()
            await watch(scene, "erasure", erase(scene), ERASED)
        if "courriels" in works:
            await watch(scene, "mails", send_mails(), LEFT, clean=FORGET_MAILS)
        if "import" in works:
            await watch(scene, "import", bring(scene), WRITTEN, clean=FORGET_MAILS)


async def sweep() -> None:
    """What the worker does at its hour, alone in its process."""
    await database.open_pool(database.find_database_url(get_settings()), 10)
    try:
        await erase_demandes({})
    finally:
        await database.close_pool()


async def take_mails() -> None:
    """A mail server that says its port and keeps no mail."""
    async with smtp_server() as server:
        server.on_message = lambda _: server.taken.clear()
        print(server.port, flush=True)
        await asyncio.Event().wait()


def main(demandes: int, works: Sequence[str]) -> None:
    """Load, measure, print."""
    print(say_machine(), flush=True)
    mails = subprocess.Popen(
        [sys.executable, "-m", "bench.pendant", "boite"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert mails.stdout is not None
        port = int(mails.stdout.readline())
        with running_server() as (folder, server):
            environment = make_environment(folder, server.url, SMTP_URL=f"smtp://127.0.0.1:{port}")
            demo = environment | {"APLUS_ENV": "demo", "SMTP_URL": "", "BASE_URL": "http://127.0.0.1"}
            subprocess.run(
                [sys.executable, "-m", "bench.charge", str(demandes)], env=demo, cwd=ROOT, check=True
            )
            postmaster = int((server.folder / "postmaster.pid").read_text().split()[0])
            asyncio.run(play(Site(folder, environment), postmaster, demandes, works))
    finally:
        kill(mails)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["efface"]:
            asyncio.run(sweep())
        case ["boite"]:
            asyncio.run(take_mails())
        case words:
            asked = [word for word in words if not word.isdecimal()]
            sizes = [int(word) for word in words if word.isdecimal()]
            main((sizes or [DEMANDES])[0], asked or ["memoire", "effacement", "courriels", "import"])
