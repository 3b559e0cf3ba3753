"""The one door to PostgreSQL: engine, pool, transactions, retries.

Piccolo and asyncpg have four traps that are closed here, once: nested transactions are savepoints, waiting for
a connection is limited, a dead connection never poisons a task, and a read is tried again after a restart.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from app import horloge
from app.embarque import start_embedded_server
from app.masque import find_opening, is_masked, opened
from app.requetes import LOST, REFUSED, bind, is_read, make_session
from app.settings import Settings

ACQUIRE_SECONDS = 3.0
COMMAND_SECONDS = 30.0
# All the waiting of one request for the base, together: with three seconds to give a connection back, no request lasts
# over twenty seconds, whatever the base does (quality R10).
REQUEST_SECONDS = 15.0
# A base that refused a write is looked at again by the next one; meanwhile pages say so.
READ_ONLY_SECONDS = 30.0
# A request keeps its connection from one question to the next; a store, a child or a mail lasts longer and holds none.
KEPT_SECONDS = 0.01
# Of the connections of a site, this part is for questions alone: writers who all wait for one locked row leave it.
READERS_PART = 0.3
# An export holds its connection for as long as its reader takes, and any stranger may read open data as slowly as they
# like: only this part of the connections is for exports, and one waits that long for its place.
EXPORTS_PART, EXPORT_SECONDS = 0.2, 10.0
# A migration may have to build an index on millions of rows.
SCRIPT_SECONDS = 3600.0

#: The base already holds a row of this name, or of some of the same hours: somebody was first.
TAKEN, OVERLAPS = asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError
#: What is removed is named by another row.
STILL_USED = (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)


class Indisponible(Exception):
    """PostgreSQL cannot be reached now; what was asked was not done and may be asked again."""


class Occupee(Indisponible):
    """No connection was free in time: asking again at once would only wait as long again."""


class Interblocage(Indisponible):
    """Deadlock: PostgreSQL rolled this back so that the other could go on; it may be asked again at once."""


class LectureSeule(Indisponible):
    """The base takes no write for now, as while a standby is being promoted; what is there can still be read."""

    phrase = "Le service est en lecture seule pour quelques instants\u00a0: rien n’a été enregistré."


class _Clock:
    """When the base last refused a write; None since it took one."""

    refused_at: float | None = None


@dataclass(frozen=True)
class Transaction:
    """The connection every query of the current task goes through until the transaction ends."""

    connection: Any
    opening: str = ""  # see `masque`


_spied: ContextVar[list[str] | None] = ContextVar("spied", default=None)


@contextmanager
def spy_queries() -> Iterator[list[str]]:
    """Collect the SQL texts sent from here on (query budgets, bench)."""
    queries: list[str] = []
    token = _spied.set(queries)
    try:
        yield queries
    finally:
        _spied.reset(token)


@dataclass
class _Attente:
    """How many seconds this request may still wait for the base, and the connection it keeps between two questions."""

    left: float
    kept: Any = None
    give_back: asyncio.TimerHandle | None = None
    is_over: bool = False


_attente: ContextVar[_Attente | None] = ContextVar("attente", default=None)
# A task that nobody holds may be forgotten half-way.
_giving: set[asyncio.Future[None]] = set()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What is asked of the base inside waits this long at most, all told. Reading a slow body or judging a file is no
    waiting for the base.
    """
    attente = _Attente(seconds)
    token = _attente.set(attente)
    try:
        yield
    finally:
        _attente.reset(token)
        attente.is_over = True
        ENGINE.give_back_kept(attente)


@contextmanager
def _waiting(most: float) -> Iterator[float]:
    """How long one may wait now; what is spent inside is taken from what is left. Raises Indisponible at its end."""
    attente = _attente.get()
    if attente is None:
        yield most
        return
    if attente.left <= 0:
        raise Indisponible("this request has waited long enough")
    started = time.monotonic()
    try:
        yield min(most, attente.left)
    finally:
        attente.left -= time.monotonic() - started


def _take_kept(attente: _Attente | None) -> Any | None:
    """The connection this request kept, taken from it; None without one that lives."""
    if attente is None or attente.kept is None:
        return None
    connection, attente.kept = attente.kept, None
    assert attente.give_back is not None
    attente.give_back.cancel()
    return connection


def is_read_only() -> bool:
    """Whether the base refused a write lately: what is shown can be read, and pages say that nothing is kept."""
    refused_at = _Clock.refused_at
    return refused_at is not None and time.monotonic() - refused_at < READ_ONLY_SECONDS


class Engine(PostgresEngine):
    """Piccolo's engine, sent through one method that limits, retries and counts."""

    writers: asyncio.Semaphore
    exports: asyncio.Semaphore

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        """Run one statement in the current transaction, or alone.

        Raises Indisponible when the server cannot be reached; a read is tried twice, and so is what a deadlock undid.
        """
        current: Any = self.current_transaction.get()
        if (opening := find_opening()) and (current is None or current.opening != opening):
            async with transaction():
                return await self.fetch(sql, args)
        if (spied := _spied.get()) is not None:
            spied.append(sql)
        if current is not None:
            return await self._fetch(current.connection, sql, args)
        try:
            async with self.connection() as connection:
                return await self._fetch(connection, sql, args)
        except (Occupee, LectureSeule):
            raise
        except Indisponible as error:
            # What a deadlock undid was not kept, whatever it is; what may have been kept is never sent twice.
            if not isinstance(error, Interblocage) and not is_read(sql):
                raise
        async with self.connection() as connection:
            return await self._fetch(connection, sql, args)

    async def _fetch(self, connection: Any, sql: str, args: Sequence[Any]) -> list[Any]:
        try:
            with _waiting(COMMAND_SECONDS) as seconds:
                rows = list(await connection.fetch(sql, *args, timeout=seconds))
        except asyncpg.ReadOnlySQLTransactionError as error:
            if not find_opening():
                _Clock.refused_at = time.monotonic()
            raise LectureSeule("read-only") from error
        if _Clock.refused_at is not None and not is_read(sql):
            _Clock.refused_at = None
        return rows

    @asynccontextmanager
    async def among(self, places: asyncio.Semaphore, most: float | None = None) -> AsyncIterator[Any]:
        """A connection, one of the places that this kind of use has; Indisponible as `connection`."""
        most, started = ACQUIRE_SECONDS if most is None else most, time.monotonic()
        try:
            with _waiting(most) as seconds:
                await asyncio.wait_for(places.acquire(), seconds)
        except TimeoutError as error:
            raise Occupee("as many as may are at it") from error
        try:
            async with self.connection(most - (time.monotonic() - started)) as connection:
                yield connection
        finally:
            places.release()

    @asynccontextmanager
    async def connection(self, most: float | None = None) -> AsyncIterator[Any]:
        """A connection of the pool; Indisponible after 3 s of waiting (or `most`) or when it breaks."""
        if self.pool is None:
            raise Indisponible("no pool: call open_pool() first")
        attente, is_whole = _attente.get(), False
        try:
            with _waiting(ACQUIRE_SECONDS if most is None else most) as seconds:
                connection = _take_kept(attente) or await self.pool.acquire(timeout=seconds)
        except TimeoutError as error:
            raise Occupee("no connection is free") from error
        except LOST as error:
            raise Indisponible(str(error)) from error
        try:
            if horloge.HORLOGE.is_old():
                with _waiting(ACQUIRE_SECONDS) as seconds:
                    await horloge.HORLOGE.ask(connection.fetchval, seconds)
            yield connection
            is_whole = True
        except TimeoutError as error:
            # This statement was too long; the connection says on its return whether it can be used again.
            raise Indisponible("no answer in time") from error
        except LOST as error:
            # After a restart of the server every idle connection is dead too: none may be handed out.
            await self.pool.expire_connections()
            raise Indisponible(str(error)) from error
        except asyncpg.DeadlockDetectedError as error:
            raise Interblocage("deadlock") from error
        finally:
            if not (is_whole and attente is not None and self._keep(attente, connection)):
                await asyncio.shield(self._give_back(connection))

    def _keep(self, attente: _Attente, connection: Any) -> bool:
        """Whether this request keeps the connection for its next question, a short while."""
        if attente.is_over or attente.kept is not None:
            return False
        attente.kept = connection
        attente.give_back = asyncio.get_running_loop().call_later(KEPT_SECONDS, self.give_back_kept, attente)
        return True

    def give_back_kept(self, attente: _Attente) -> None:
        """The request asks the base nothing more for now: others may have its connection."""
        if (connection := _take_kept(attente)) is not None:
            giving = asyncio.ensure_future(self._give_back(connection))
            _giving.add(giving)
            giving.add_done_callback(_giving.discard)

    async def _give_back(self, connection: Any) -> None:
        # A server that hangs cannot even be told to stop: asyncpg has closed the connection then.
        with suppress(TimeoutError, *LOST):
            if self.pool is not None:
                await self.pool.release(connection, timeout=ACQUIRE_SECONDS)

    async def check_version(self) -> None:
        """Piccolo would connect at import; the address is only known once the pool opens."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.fetch(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await self.fetch(ddl)


ENGINE = Engine(config={})


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Everything inside is kept together or not at all. Inside another one, it is a savepoint.

    Raises Indisponible when the connection is lost; nothing was kept then, unless it was lost while committing.
    """
    outer: Any = ENGINE.current_transaction.get()
    if outer is not None and outer.opening == find_opening():
        async with outer.connection.transaction():
            yield
        return
    # What may only read takes none of the places of those who write.
    door = ENGINE.connection() if find_opening() else ENGINE.among(ENGINE.writers)
    async with (
        nullcontext(outer.connection) if outer else door as connection,
        opened(connection, connection.transaction()),
    ):
        # Piccolo only asks a transaction of its own for its connection.
        token = ENGINE.current_transaction.set(Transaction(connection, find_opening()))  # type: ignore[arg-type]
        try:
            yield
        finally:
            ENGINE.current_transaction.reset(token)


async def fetch(sql: str, *args: Any, **named: Any) -> list[Any]:
    """Rows of one named SQL text; its parameters are `:name`, always bound (`$1` in texts not yet named)."""
    return await ENGINE.fetch(*bind(sql, args, named))


async def fetch_one(sql: str, *args: Any, **named: Any) -> Any | None:
    """The first row, or None."""
    rows = await fetch(sql, *args, **named)
    return rows[0] if rows else None


async def run_script(sql: str) -> None:
    """Several statements at once, without parameters (migrations)."""
    current: Any = ENGINE.current_transaction.get()
    if current is not None:
        await current.connection.execute(sql, timeout=SCRIPT_SECONDS)
        return
    async with ENGINE.connection() as connection:
        await connection.execute(sql, timeout=SCRIPT_SECONDS)


async def stream(sql: str, *args: Any, batch: int = 500, **named: Any) -> AsyncIterator[Any]:
    """Rows one by one through a server cursor: memory does not grow with their number.

    Inside a transaction it reads what was written there, like every other query.
    """
    if is_masked():
        raise LectureSeule("no export is masked")
    sql, args = bind(sql, args, named)  # type: ignore[assignment]
    if (spied := _spied.get()) is not None:
        spied.append(sql)
    current: Any = ENGINE.current_transaction.get()
    if current is not None:
        async for row in current.connection.cursor(sql, *args, prefetch=batch):
            yield row
        return
    async with (
        ENGINE.among(ENGINE.exports, EXPORT_SECONDS) as connection,
        connection.transaction(readonly=True),
    ):
        async for row in connection.cursor(sql, *args, prefetch=batch):
            yield row


async def _leave_as_is(_: Any) -> None:
    return None


async def open_pool(database_url: str, size: int, *, is_for_pages: bool = False) -> None:
    """Open the pool of this process, which serves pages or runs sweeps.

    Raises Indisponible when the server cannot be reached or refuses this address.
    """
    # What it says each second of a base that is away, with a traceback and addresses, our own log says once.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    try:
        ENGINE.pool = await asyncpg.create_pool(
            database_url,
            min_size=1,
            max_size=size,
            command_timeout=COMMAND_SECONDS,
            # Planning the question of a demande takes ten times as long as answering it. PostgreSQL itself plans anew
            # when a table is analysed or changed: nothing is gained by forgetting a plan after five minutes.
            max_cached_statement_lifetime=0,
            # Nothing of ours outlives its transaction (no LISTEN, no session lock): asyncpg's reset, a round trip
            # after every use of a connection, would clean nothing.
            reset=_leave_as_is,
            server_settings=make_session(REQUEST_SECONDS if is_for_pages else None),
        )
    except (*LOST, *REFUSED) as error:
        raise Indisponible(f"PostgreSQL cannot be reached: {error}") from error
    ENGINE.config = {"dsn": database_url}
    ENGINE.writers = asyncio.Semaphore(max(1, round(size * (1 - READERS_PART))) if is_for_pages else size)
    ENGINE.exports = asyncio.Semaphore(max(1, round(size * EXPORTS_PART)) if is_for_pages else size)


async def close_pool() -> None:
    """Close the pool; queries under way finish first, 10 s at most."""
    if ENGINE.pool is None:
        return
    try:
        await asyncio.wait_for(ENGINE.pool.close(), timeout=10)
    except TimeoutError:
        ENGINE.pool.terminate()
    ENGINE.pool = None


def find_database_url(settings: Settings) -> str:
    """DATABASE_URL, or the address of the embedded server, started on the way under APLUS_VAR."""
    return settings.database_url or start_embedded_server(
        settings.var / "postgres", is_throwaway=settings.environment == "test"
    )
