"""The worker: lanes that wait for no other, the timetable, and nothing that ends unseen.

A lane is a loop of ours: it survives any error and asks the base again a second later, however long the base was away.
SAQ keeps the hours of the timetable; its connections and its listeners do not all come back after an outage, so that
it is made anew once the base answers again.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import asyncpg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from saq import CronJob, Worker
from saq.queue.postgres import PostgresQueue

from app import database, horloge, migrate
from app.domain.entretien.balayages import record_failure, record_success
from app.domain.mots.dates import PARIS
from app.domain.oubli.bases import require_swept
from app.requetes import VANISHED
from app.settings import get_settings

GRACE_SECONDS = 30
# A round ends by itself long before; this frees a lane from what would never end.
ROUND_SECONDS = 110
POOL_SIZE = 10
LOOK_AT = (
    "select set_config(name, value, false) from unnest(%s::text[], %s::text[]) as settings (name, value)"
)
Sweep = Callable[[dict[str, Any]], Awaitable[object]]
log = structlog.get_logger()


@dataclass(frozen=True)
class Lane:
    """Sweeps that follow one another, every so many seconds, and at once when the base says so on `channel`."""

    nom: str
    sweeps: tuple[Sweep, ...]
    seconds: float
    channel: str | None = None


@dataclass
class Ouvrier:
    """What the tasks of one worker tell one another."""

    url: str
    lanes: Collection[Lane]
    timetable: Collection["CronJob[Any]"]
    is_stopping: asyncio.Event = field(default_factory=asyncio.Event)
    is_back: asyncio.Event = field(default_factory=asyncio.Event)
    is_lost: bool = False
    woken: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.woken = {lane.nom: asyncio.Event() for lane in self.lanes}

    def wake(self, channel: str | None = None) -> None:
        """The lanes of this channel look again now; without one, every lane."""
        for lane in self.lanes:
            if channel is None or lane.channel == channel:
                self.woken[lane.nom].set()

    def learn(self, error: Exception | None) -> None:
        """Whether the base answers; when it does again, what hung on it is made anew."""
        if isinstance(error, database.Indisponible):
            self.is_lost = True
        elif error is None and self.is_lost:
            self.is_lost = False
            log.warning("the base is back")
            self.is_back.set()
            self.wake()


async def run_worker(lanes: Collection[Lane], timetable: Collection["CronJob[Any]"]) -> None:
    """Run lanes and timetable until SIGTERM; what is under way finishes first, 30 s at most."""
    # Libraries quote addresses and rows, and say each second with a traceback what the lanes say once.
    for name in ("saq", "psycopg", "asyncpg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = get_settings()
    url = database.find_database_url(settings)
    await database.open_pool(url, POOL_SIZE)
    try:
        await migrate.check_schema()
        await require_swept(horloge.now())
        ouvrier = Ouvrier(url, lanes, timetable)
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, ouvrier.is_stopping.set)
        await _work(ouvrier)
    finally:
        await database.close_pool()


async def _work(ouvrier: Ouvrier) -> None:
    tasks = [
        asyncio.create_task(_keep(ouvrier, "listen", _listen)),
        asyncio.create_task(_keep(ouvrier, "timetable", _keep_hours)),
        *(asyncio.create_task(_run_lane(ouvrier, lane)) for lane in ouvrier.lanes),
    ]
    await ouvrier.is_stopping.wait()
    ouvrier.wake()
    _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    for task in late:
        log.warning("cut at the stop", task=task.get_name())
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(ouvrier: Ouvrier, nom: str, work: Callable[[Ouvrier], Awaitable[None]]) -> None:
    """Do this for as long as the worker lives: whatever ends it is logged, and it begins again a second later."""
    while not ouvrier.is_stopping.is_set():
        try:
            await work(ouvrier)
        except Exception as error:
            log.warning("begins again", task=nom, error=type(error).__name__)
        await _pause(ouvrier, 1.0)


async def _pause(ouvrier: Ouvrier, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ouvrier.is_stopping.wait(), seconds)


# --- Lanes ------------------------------------------------------------------------------------------------------


async def _run_lane(ouvrier: Ouvrier, lane: Lane) -> None:
    woken = ouvrier.woken[lane.nom]
    while not ouvrier.is_stopping.is_set():
        woken.clear()
        is_more = False
        for sweep in lane.sweeps:
            is_more |= await _turn(ouvrier, sweep)
        if not is_more and not ouvrier.is_stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), 1.0 if ouvrier.is_lost else lane.seconds)


async def _turn(ouvrier: Ouvrier, sweep: Sweep) -> bool:
    """One turn of a sweep, whatever it raises; whether more is to be done now."""
    try:
        async with asyncio.timeout(ROUND_SECONDS):
            is_more = bool(await sweep({}))
            await record_success(sweep.__name__, horloge.now())
    except Exception as error:
        is_known = ouvrier.is_lost and isinstance(error, database.Indisponible)
        ouvrier.learn(error)
        if not is_known:
            await _say_failure(sweep, error)
        return False
    ouvrier.learn(None)
    return is_more


def told_apart(sweep: Sweep) -> Sweep:
    """A sweep of the timetable: its failure is kept and logged without the words of the error, where SAQ and the base
    quote rows (quality S8).
    """

    @wraps(sweep)
    async def run(context: dict[str, Any]) -> None:
        try:
            await sweep(context)
            await record_success(sweep.__name__, horloge.now())
        except Exception as error:
            await _say_failure(sweep, error)
        except asyncio.CancelledError:
            # SAQ cuts what lasts beyond its time, and says so in its own log only.
            await asyncio.shield(_say_failure(sweep, TimeoutError()))
            raise

    return run


async def _say_failure(sweep: Sweep, error: Exception) -> None:
    log.error("sweep failed", sweep=sweep.__name__, error=type(error).__name__)
    # What is lost with the base is the note of a failure that the base itself explains.
    with contextlib.suppress(database.Indisponible):
        await record_failure(sweep.__name__, type(error).__name__, horloge.now())


# --- What wakes them --------------------------------------------------------------------------------------------


async def _listen(ouvrier: Ouvrier) -> None:
    """Wake the lanes whenever a transaction that wrote for them commits. Correctness never depends on it."""
    connection = await asyncpg.connect(ouvrier.url, timeout=5, command_timeout=5)
    ended = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: ended.set())
        for channel in {lane.channel for lane in ouvrier.lanes if lane.channel}:
            await connection.add_listener(channel, lambda _c, _p, heard, _l: ouvrier.wake(heard))
        # What was written before somebody listened.
        ouvrier.wake()
        while not ended.is_set() and not ouvrier.is_stopping.is_set():
            await _pause_until(ended, ouvrier.is_stopping, seconds=15)
            # A network that went away says nothing: the question does.
            if not ended.is_set():
                await connection.execute("select")
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=2)


def make_queue_pool(url: str) -> AsyncConnectionPool[AsyncConnection]:
    """The connections of SAQ, not open yet.

    A machine that vanishes would keep SAQ's lock on its upkeep, and its jobs would stay under way for everybody.
    """
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=6,
        timeout=5,
        reconnect_timeout=5,
        configure=_look_at,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


async def _look_at(connection: AsyncConnection[Any]) -> None:
    await connection.execute(LOOK_AT, (list(VANISHED), list(VANISHED.values())))
    await connection.commit()


async def _keep_hours(ouvrier: Ouvrier) -> None:
    """Run SAQ until the worker stops, or until the base is back after an outage."""
    ouvrier.is_back.clear()
    pool = make_queue_pool(ouvrier.url)
    try:
        await pool.open()
        queue = PostgresQueue(pool=pool)
        await queue.connect()
        worker: Worker[Any] = Worker(
            queue,
            functions=[],
            cron_jobs=ouvrier.timetable,
            cron_tz=PARIS,
            concurrency=2,
            shutdown_grace_period_s=GRACE_SECONDS,
            # A stop waits for SAQ's own upkeep, which sleeps this long (60 s by default).
            # Each round asks for every job of the timetable again: the hours, told in minutes, need it no oftener.
            timers={"schedule": 3, "worker_info": 3, "sweep": 3, "abort": 3},
            dequeue_timeout=3.0,
        )
        # The signals are ours: SAQ would take them from the lanes.
        worker.SIGNALS = []
        running = asyncio.create_task(worker.start())
        await _pause_until(ouvrier.is_back, ouvrier.is_stopping, running)
        worker.event.set()
        await running
    finally:
        await pool.close(timeout=2)


async def _pause_until(*what: asyncio.Event | asyncio.Task[None], seconds: float | None = None) -> None:
    """Until one of these is set or has ended."""
    waiting = [one if isinstance(one, asyncio.Task) else asyncio.create_task(_wait(one)) for one in what]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one, task in zip(what, waiting, strict=True):
            if task is not one:
                task.cancel()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
