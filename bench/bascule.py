"""Two PostgreSQL in synchronous replication; the first is killed under load, the other is promoted (quality R10).

`python -m bench.bascule [seconds]` prints what was written, what was acknowledged, what was lost, and how long nothing could
be written. Both servers are the embedded one, on ports of their own; the writes go through `app/database.py`, with the
address a production would have.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app import database
from bench.site import Serveur, find_port

WRITERS = 8
CONF = """
wal_level = replica
hot_standby = on
synchronous_commit = on
"""


@dataclass
class Bilan:
    """What the writers saw, and what the base holds at the end."""

    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0
    last_before: float = 0.0
    first_after: float = 0.0
    lost: int = 0
    doubled: int = 0
    unacknowledged_kept: int = 0


def make_pair(folder: Path) -> tuple[Serveur, Serveur]:
    """A primary that waits for its standby before it acknowledges a write, and this standby; both run."""
    first, second = Serveur(folder / "un", find_port()), Serveur(folder / "deux", find_port())
    first.create()
    first.configure(CONF)
    with (first.folder / "pg_hba.conf").open("a") as rules:
        rules.write("host replication all 127.0.0.1/32 trust\n")
    first.control("start")
    source = f"host=127.0.0.1 port={first.port} user=postgres application_name=deux"
    second.run("pg_basebackup", "-D", str(second.folder), "-R", "-X", "stream", "--no-sync", "-d", source)
    second.configure(f"port = {second.port}\n")
    second.control("start")
    first.configure("synchronous_standby_names = 'deux'\n")
    first.control("reload")
    return first, second


async def write_on(bilan: Bilan, stop: asyncio.Event, who: int) -> None:
    """Write one row after another; what is refused is another row next time, as an agent who posts again."""
    turn = 0
    while not stop.is_set():
        turn += 1
        bilan.sent += 1
        name = f"{who}-{turn}"
        try:
            await database.fetch("insert into actes (nom) values (:nom)", nom=name)
        except database.Indisponible:
            bilan.refused += 1
            await asyncio.sleep(0.05)
            continue
        now = time.monotonic()
        bilan.acknowledged.add(name)
        if bilan.first_after == 0.0 and bilan.last_before and now > bilan.last_before + 0.5:
            bilan.first_after = now


async def play(folder: Path, seconds: float) -> tuple[Bilan, float]:
    """The whole drill: what it saw, and how many seconds after the promotion writes were taken again."""
    first, second = await asyncio.to_thread(make_pair, folder)
    url = (
        f"postgresql://postgres@127.0.0.1:{first.port},127.0.0.1:{second.port}/postgres"
        "?target_session_attrs=read-write"
    )
    bilan, stop = Bilan(), asyncio.Event()
    await database.open_pool(url, WRITERS + 2, is_for_pages=True)
    try:
        await database.run_script("create table actes (nom text)")
        writers = [asyncio.create_task(write_on(bilan, stop, who)) for who in range(WRITERS)]
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(first.control, "stop", "-m", "immediate")
        bilan.last_before = time.monotonic()
        await asyncio.sleep(1)
        promoted_at = time.monotonic()
        await asyncio.to_thread(second.control, "promote")
        await asyncio.sleep(seconds / 2)
        stop.set()
        await asyncio.gather(*writers)
        rows = [row["nom"] for row in await database.fetch("select nom from actes")]
    finally:
        await database.close_pool()
        with suppress(subprocess.CalledProcessError):
            await asyncio.to_thread(second.control, "stop", "-m", "immediate")
    kept = Counter(rows)
    bilan.lost = len(bilan.acknowledged - kept.keys())
    bilan.doubled = sum(1 for count in kept.values() if count > 1)
    bilan.unacknowledged_kept = len(kept.keys() - bilan.acknowledged)
    return bilan, bilan.first_after - promoted_at if bilan.first_after else float("inf")


async def run(seconds: float) -> tuple[Bilan, float]:
    """In a folder that goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="bascule", dir="/tmp"))
    try:
        return await play(folder, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Print the figures; 1 when a write that was acknowledged is lost or the service took more than ten seconds."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    bilan, after = asyncio.run(run(seconds))
    print("| acts | acknowledged | refused | lost | doubled | kept without a yes | s after promotion |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {bilan.sent} | {len(bilan.acknowledged)} | {bilan.refused} | {bilan.lost} | {bilan.doubled} | "
        f"{bilan.unacknowledged_kept} | {after:.1f} |"
    )
    sys.exit(int(bilan.lost > 0 or after > 10))


if __name__ == "__main__":
    main()
