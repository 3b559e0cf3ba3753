"""The worker as a process, its mail server silent, then its base away: what people wait for does not wait (quality R9).

`PANNE=75 .venv/bin/python -m pytest tests/tasks/test_ouvrier.py` leaves it without a base for 75 seconds.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from saq.queue.postgres import PostgresQueue

from app import database
from app.domain.faits import sms
from app.requetes import VANISHED
from app.settings import ROOT, get_settings
from app.tasks.ouvrier import make_queue_pool
from tests.coupure import cut_base
from tests.courrier import write_lettre
from tests.factories import erase_demandes
from tests.smtp import smtp_server

PANNE = float(os.environ.get("PANNE", "3"))
# Two cores that do everything at once: only what would never come is a fault here.
PATIENCE = 40


async def wait_for(what: Callable[[], Awaitable[bool]]) -> None:
    """Fails when it never comes: what is proven is that it comes while something else is still away."""
    async with asyncio.timeout(PATIENCE):
        while not await what():
            await asyncio.sleep(0.05)


async def has_left(adresse: str) -> bool:
    row = await database.fetch_one(
        "select sent_at is not null as is_sent from courriels where adresse = :adresse", adresse=adresse
    )
    return row is not None and row["is_sent"]


async def all_have_left() -> bool:
    return await database.fetch_one("select from courriels where sent_at is null") is None


async def post_sms_by_day() -> None:
    """To an usager for whom it is noon, whatever the hour of the test."""
    now = datetime.now(UTC)
    hours = 12 - now.hour
    zone = ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT")
    [row] = await database.fetch(
        "insert into mandats (nature, etat, version, empreinte, attestation, recorded_by, recorded_at) "
        "select 'sms', 'en_attente', '', '', '', min(id), :now from agents returning id",
        now=now,
    )
    await sms.post_sms(
        mandat=row["id"], numero="+33612345678", texte="OUI ?", zone=zone, sent_by=None, now=now
    )


async def sms_has_left() -> bool:
    return await database.fetch_one("select from sms where done_at is not null") is not None


@pytest.mark.committed
async def test_no_lane_waits_for_a_silent_mail_server_nor_long_for_a_base_that_was_away() -> None:
    url = database.find_database_url(get_settings())
    folder = Path(tempfile.mkdtemp(prefix="panne", dir="/tmp"))
    try:
        async with smtp_server() as server, cut_base(folder, url) as base:
            server.is_silent = True
            environment = {
                **os.environ,
                "DATABASE_URL": base.url,
                "SMTP_URL": f"smtp://127.0.0.1:{server.port}",
            }
            for n in range(30):
                await write_lettre("connexion_inconnue", f"autre{n}@exemple.fr", datetime.now(UTC))
            await write_lettre("connexion_inconnue", "presse@exemple.fr", datetime.now(UTC), is_urgent=True)
            worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", "worker"),
                env=environment,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            await wait_for(server.was_called)
            await post_sms_by_day()
            await wait_for(sms_has_left)
            assert not await has_left("presse@exemple.fr")

            server.is_silent = False
            await wait_for(lambda: has_left("presse@exemple.fr"))
            await wait_for(all_have_left)

            await base.cut()
            await write_lettre("connexion_inconnue", "coupee@exemple.fr", datetime.now(UTC), is_urgent=True)
            await asyncio.sleep(PANNE)
            assert not await has_left("coupee@exemple.fr")
            await base.mend()
            await wait_for(lambda: has_left("coupee@exemple.fr"))
            await run_by_saq(url)

            worker.terminate()
            said, _ = await asyncio.wait_for(worker.communicate(), 40)
            assert worker.returncode == 0, said
            assert b"Traceback" not in said, said
            assert b"exemple.fr" not in said, said
        assert len(server.taken) == 32
    finally:
        await erase_demandes()


async def run_by_saq(url: str) -> None:
    """A job of the timetable is done. It is asked for again, as the next hour does, when the instance of before the
    outage took it as it ended.
    """
    queue = PostgresQueue.from_url(url)
    await queue.connect()
    try:
        for _ in range(3):
            job = await queue.enqueue("seal_journal", timeout=50, retries=1)
            assert job is not None
            with suppress(TimeoutError):
                await job.refresh(PATIENCE / 2)
                break
        assert job.status == "complete"
    finally:
        await queue.disconnect()


async def test_the_connections_of_the_queue_are_looked_at_as_those_of_the_site() -> None:
    async with make_queue_pool(database.find_database_url(get_settings())) as pool, pool.connection() as one:
        found = await one.execute("select name from pg_settings where source = 'session'")
        assert VANISHED.keys() <= {name for (name,) in await found.fetchall()}
