"""PgBouncer between the site and its base: possible or not, by trying.

    apt-get install pgbouncer
    python -m bench.bouncer

In `session` then in `transaction` mode, with what it must be told to let pass: the schema, a web under load, and how long a
mail takes to leave once written (the worker is woken by LISTEN, or by its ten seconds).
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app import database
from app.domain.faits.courriels import Pli, post_courriels
from app.requetes import make_session
from bench.relais import Bilan, compare, find_demande, load
from bench.site import (
    USER,
    Site,
    find_port,
    give_to_postgres,
    make_environment,
    print_row,
    running_server,
    signed_in,
    wait_for_port,
)
from tests.smtp import SmtpServer, smtp_server

# It knows none of the settings that a connection of ours opens with.
PASSED = ",".join(make_session(None).keys() - {"application_name"})
SECONDS = 20.0
MAILS = 5


@contextmanager
def bouncer(folder: Path, base_port: int, mode: str, passed: str) -> Iterator[int]:
    """A PgBouncer of this mode in front of the base; its port."""
    port, made = find_port(), folder / f"bouncer-{mode}-{bool(passed)}"
    made.mkdir()
    (made / "users").write_text('"postgres" ""\n')
    (made / "ini").write_text(
        f"[databases]\npostgres = host=127.0.0.1 port={base_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = trust\nauth_file = {made}/users\npool_mode = {mode}\n"
        f"max_client_conn = 200\ndefault_pool_size = 40\nunix_socket_dir =\nlogfile = {made}/log\n"
        + (f"ignore_startup_parameters = {passed}\n" if passed else "")
    )
    give_to_postgres(made)
    process = subprocess.Popen(
        ["pgbouncer", "-q", made / "ini"],
        user=USER if os.geteuid() == 0 else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def said_by(site: Site, *words: str) -> str:
    """« ok », or the last line of what a command said before it failed."""
    try:
        site.run(*words)
    except subprocess.CalledProcessError as error:
        return str(error.stdout.decode().strip().splitlines()[-1][:160])
    return "ok"


async def time_mails(server: SmtpServer) -> float:
    """How long the slowest of some mails takes to leave, each written alone."""
    slowest = 0.0
    for n in range(MAILS):
        left, started = asyncio.Event(), time.monotonic()
        server.on_message = lambda _, left=left: left.set()  # type: ignore[misc]
        await post_courriels(
            [Pli("connexion_inconnue", f"presse{n}@exemple.fr")],
            contexte={},
            now=datetime.now(UTC),
            is_urgent=False,
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(left.wait(), 30)
        slowest = max(slowest, time.monotonic() - started)
    return slowest


async def play(site: Site, direct: str, mode: str) -> None:
    """A web and a worker through it; the drill itself asks the base directly."""
    async with smtp_server() as server:
        site.environment["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
        site.join()
        await database.open_pool(direct, 2)
        bilan, stop, mails, port = Bilan(), asyncio.Event(), float("nan"), find_port()
        try:
            await database.fetch("delete from courriels")
            with suppress(TimeoutError):
                await asyncio.to_thread(site.start_web, port)
                worker = site.start("worker")
                async with signed_in(f"http://127.0.0.1:{port}", "aida@exemple.fr") as aida:
                    await load(aida, await find_demande(aida), bilan, stop, most=SECONDS)
                mails = await time_mails(server)
                worker.terminate()
                await asyncio.to_thread(worker.wait)
            lost, doubled = await compare(bilan)
        finally:
            await database.close_pool()
            site.end()
            site.processes.clear()
    errors = Counter(
        line.split('"error":')[1][:40] for line in site.said().splitlines() if '"error":' in line
    )
    print_row(
        mode=mode,
        acts=len(bilan.seconds),
        failed=bilan.failed,
        lost=lost,
        doubled=doubled,
        slowest_mail_s=f"{mails:.1f}",
        answers=bilan.told,
        errors=", ".join(f"{error} {count}" for error, count in errors.most_common(3)) or "none",
    )


def main() -> None:
    """Print what each mode can do."""
    if shutil.which("pgbouncer") is None:
        sys.exit("PgBouncer is not there: apt-get install pgbouncer")
    with running_server() as (folder, server):
        direct = f"postgresql://postgres@127.0.0.1:{server.port}/postgres"
        site = Site(folder, make_environment(folder, direct))
        site.make_people()
        with bouncer(folder, server.port, "session", "") as port:
            site.environment["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            print(f"session, nothing let pass: {said_by(site, 'check')}\n")
        for mode in ("session", "transaction"):
            with bouncer(folder, server.port, mode, PASSED) as port:
                site.environment["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{port}/postgres"
                print(f"{mode}: migrate {said_by(site, 'migrate')}; check {said_by(site, 'check')}\n")
                asyncio.run(play(site, direct, mode))


if __name__ == "__main__":
    main()
