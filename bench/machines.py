"""Two machines, one of them killed under load: each a network namespace with a web and a worker (issue « several machines »).

    python -m bench.machines [seconds]        as root, with iproute2 and nginx

nginx stands on a third one, PostgreSQL and a real S3 server (moto) on the host. The first machine loses its network and all its
processes at once, while one of them is writing on the demande everybody reads. Pages and messages go on by the other; what
was said to be kept is there, once. What is asked of a machine as it dies waits as long as the proxy does: what must be
answered is what is asked from ten seconds on. The bridge and the namespaces bear the number of this process, and go at the end.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
from moto.server import ThreadedMotoServer

from app import database
from app.settings import ROOT
from bench.relais import Bilan, compare, find_demande, load, proxy_in
from bench.site import Site, kill, make_environment, print_row, running_server, signed_in, wait_for_web

HOST = "10.77.113.1"
MACHINES = ("10.77.113.11", "10.77.113.12")
PROXY = "10.77.113.10"
PORT = 8000
SECONDS = 60.0
GOAL_SECONDS = 10.0
# A transaction of the machine that dies, in the middle of a write.
WRITING = """
import asyncio, sys
from app import database

async def write():
    await database.open_pool(sys.argv[1], 1, is_for_pages=True)
    async with database.transaction():
        await database.fetch("select from demandes where numero = :numero for no key update", numero=int(sys.argv[2]))
        print("writing", flush=True)
        await asyncio.sleep(600)

asyncio.run(write())
"""
OPEN_TO_MACHINES = f"\nlisten_addresses = '127.0.0.1,{HOST}'\n"


def run(*words: str) -> None:
    """One command of `ip`."""
    subprocess.run(["ip", *words], check=True)


@contextmanager
def network() -> Iterator[tuple[str, str, str]]:
    """The names of three namespaces, two machines and their proxy, that reach the host and one another by a bridge."""
    pid = os.getpid()
    bridge, names = f"apl{pid}", (f"aplus-{pid}-1", f"aplus-{pid}-2", f"aplus-{pid}-mandataire")
    try:
        run("link", "add", bridge, "type", "bridge")
        run("addr", "add", f"{HOST}/24", "dev", bridge)
        run("link", "set", bridge, "up")
        for rank, (name, address) in enumerate(zip(names, (*MACHINES, PROXY), strict=True)):
            ours, theirs = f"v{pid}{rank}", f"w{pid}{rank}"
            run("netns", "add", name)
            run("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
            run("link", "set", ours, "master", bridge, "up")
            run("-n", name, "addr", "add", f"{address}/24", "dev", theirs)
            run("-n", name, "link", "set", theirs, "up")
            run("-n", name, "link", "set", "lo", "up")
        subprocess.run(
            ["ip", "netns", "exec", names[2], "sysctl", "-qp", str(ROOT / "deploy/sysctl-mandataire.conf")],
            check=True,
        )
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", bridge], check=False)


@contextmanager
def bucket() -> Iterator[str]:
    """An S3 server on the host, and the address of a bucket of it."""
    server = ThreadedMotoServer(HOST, 0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        httpx.put(f"http://{HOST}:{port}/seau")
        yield f"s3://seau?endpoint=http://{HOST}:{port}&region=us-east-1"
    finally:
        server.stop()


def cut(site: Site, name: str, machine: "list[subprocess.Popen[bytes]]", numero: int) -> None:
    """The first machine is gone while it writes: its network first, so that nobody is told, then its processes."""
    writing = subprocess.Popen(
        [
            *("ip", "netns", "exec", name),
            *(sys.executable, "-c", WRITING, site.environment["DATABASE_URL"], str(numero)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert writing.stdout is not None
    writing.stdout.readline()
    machine.append(writing)
    run("-n", name, "link", "set", f"w{os.getpid()}0", "down")
    for process in machine:
        kill(process)


async def play(site: Site, names: tuple[str, str, str], seconds: float) -> bool:
    """The whole drill; whether every goal is kept."""
    site.join()
    machines = []
    for name, address in zip(names[:2], MACHINES, strict=True):
        inside = ("ip", "netns", "exec", name)
        machines.append(
            [
                site.start("web", "--host", address, before=inside, PORT=str(PORT)),
                site.start("worker", before=inside),
            ]
        )
    for address in MACHINES:
        await asyncio.to_thread(wait_for_web, f"http://{address}:{PORT}")
    bilan, stop = Bilan(), asyncio.Event()
    await database.open_pool(site.environment["DATABASE_URL"], 2)
    try:
        inside = ("ip", "netns", "exec", names[2])
        webs = [f"{address}:{PORT}" for address in MACHINES]
        with proxy_in(site.folder / "nginx", webs, PROXY, inside) as proxy:
            async with signed_in(f"http://{PROXY}:{proxy.port}", "aida@exemple.fr") as aida:
                numero = await find_demande(aida)
                loading = asyncio.create_task(load(aida, numero, bilan, stop, most=240))
                await asyncio.sleep(seconds / 2)
                before = bilan.failed
                await asyncio.to_thread(cut, site, names[0], machines[0], numero)
                killed_at = time.monotonic()
                await asyncio.sleep(seconds / 2)
                stop.set()
                await loading
        lost, doubled = await compare(bilan)
        [beat] = await database.fetch("select clock_timestamp() - max(at) as age from battements")
    finally:
        await database.close_pool()
    recovered = bilan.recovered(killed_at)
    bilan.print_steps(killed_at)
    print_row(
        acts=len(bilan.seconds),
        messages=len(bilan.kept),
        kills=1,
        failed_before=before,
        failed=bilan.failed - before,
        lost=lost,
        doubled=doubled,
        recovered_s=f"{recovered:.1f}",
        slowest_s=f"{bilan.seconds[-1]:.1f}",
        worker_beat_s=f"{beat['age'].total_seconds():.0f}",
        answers=bilan.told,
    )
    return lost == doubled == 0 and recovered <= GOAL_SECONDS and beat["age"].total_seconds() < 60


def main() -> None:
    """Exit 1 when something was lost or doubled, or people waited long for the other machine."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nginx"):
        sys.exit("this drill is for root, with iproute2 and nginx")
    os.environ.update(AWS_ACCESS_KEY_ID="exercice", AWS_SECRET_ACCESS_KEY="exercice")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with network() as names, running_server() as (folder, server), bucket() as store:
        server.configure(OPEN_TO_MACHINES)
        with (server.folder / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {HOST}/24 trust\n")
        server.control("restart", "-m", "fast")
        base = f"postgresql://postgres@{HOST}:{server.port}/postgres"
        site = Site(
            folder,
            make_environment(
                folder,
                base,
                STORE_URL=store,
                TRUSTED_PROXIES=PROXY,
                AWS_ACCESS_KEY_ID="exercice",
                AWS_SECRET_ACCESS_KEY="exercice",
            ),
        )
        try:
            site.make_people()
            is_kept = asyncio.run(play(site, names, seconds))
        finally:
            with suppress(ProcessLookupError):
                site.end()
        sys.exit(int(not is_kept))


if __name__ == "__main__":
    main()
