"""The traps of Piccolo and asyncpg, each closed once (house §6)."""

import asyncio
import contextlib
import tempfile
import time
from contextvars import Context
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from app import database, requetes, tables
from app.domain.administration.sante import read_pool
from app.settings import get_settings
from tests.coupure import cut_base
from tests.factories import erase_demandes


async def write(nom: str) -> None:
    await tables.Tentatives.insert(tables.Tentatives(nature="essai", empreinte=nom))


async def written() -> set[str]:
    return {
        r["empreinte"]
        for r in await database.fetch("select empreinte from tentatives where nature = 'essai'")
    }


async def test_an_inner_failure_that_is_caught_undoes_the_inner_part_only() -> None:
    async with database.transaction():
        await write("outer")
        with contextlib.suppress(ValueError):
            async with database.transaction():
                await write("inner")
                raise ValueError
    assert await written() == {"outer"}


@pytest.mark.committed
async def test_a_failure_undoes_everything() -> None:
    with contextlib.suppress(ValueError):
        async with database.transaction():
            await write("lost")
            raise ValueError
    assert await written() == set()


@pytest.mark.committed
async def test_a_read_is_tried_again_when_every_connection_died() -> None:
    pool = database.ENGINE.pool
    assert pool is not None
    async with contextlib.AsyncExitStack() as held:
        for _ in range(5):
            await held.enter_async_context(database.ENGINE.connection())
    killer = await asyncpg.connect(database.find_database_url(get_settings()))
    try:
        killed = await killer.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aplus'"
        )
        assert len(killed) >= 5
        assert (await database.fetch("select 1 as one"))[0]["one"] == 1
    finally:
        await killer.close()


@pytest.mark.committed
async def test_a_connection_that_dies_inside_a_transaction_does_not_poison_the_task() -> None:
    killer = await asyncpg.connect(database.find_database_url(get_settings()))
    try:
        with pytest.raises(database.Indisponible):
            async with database.transaction():
                await write("lost")
                [row] = await database.fetch("select pg_backend_pid() as pid")
                await killer.execute("select pg_terminate_backend($1)", row["pid"])
                await asyncio.sleep(0.05)
                await write("lost too")
        assert await written() == set()
        await write("alive")
        assert await written() == {"alive"}
    finally:
        await killer.close()
        await erase_demandes()


@pytest.mark.committed
async def test_of_two_acts_that_cross_one_may_be_asked_again() -> None:
    async def hold(first: int, second: int, meet: asyncio.Barrier) -> None:
        async with database.transaction():
            await database.fetch("select pg_advisory_xact_lock($1)", first)
            await meet.wait()
            await database.fetch("select pg_advisory_xact_lock($1)", second)

    meet = asyncio.Barrier(2)
    results = await asyncio.gather(hold(1, 2, meet), hold(2, 1, meet), return_exceptions=True)
    assert sorted(map(str, results)) == ["None", "deadlock"]
    assert any(isinstance(result, database.Indisponible) for result in results)


@pytest.mark.committed
async def test_waiting_for_a_connection_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = database.ENGINE.pool
    assert pool is not None
    async with contextlib.AsyncExitStack() as held:
        for _ in range(pool.get_max_size()):
            await held.enter_async_context(database.ENGINE.connection())
        # Only now: opening one may take longer on a busy machine.
        monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.05)
        with pytest.raises(database.Indisponible):
            await database.fetch("select 1")
    assert await database.fetch("select 1")


@pytest.mark.committed
async def test_a_pool_that_is_exhausted_is_not_waited_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = database.ENGINE.pool
    assert pool is not None
    async with contextlib.AsyncExitStack() as held:
        for _ in range(pool.get_max_size()):
            await held.enter_async_context(database.ENGINE.connection())
        monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.3)
        started = time.monotonic()
        with pytest.raises(database.Occupee):
            await database.fetch("select 1")
        assert time.monotonic() - started < 2


@pytest.mark.committed
async def test_writers_who_wait_for_one_row_leave_connections_to_readers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, url = database.ENGINE.pool, database.find_database_url(get_settings())
    writers, exports = database.ENGINE.writers, database.ENGINE.exports
    await database.open_pool(url, 3, is_for_pages=True)
    own = database.ENGINE.pool
    assert own is not None

    async def lock() -> None:
        async with database.transaction():
            await database.fetch("select pg_advisory_xact_lock(77)")

    try:
        async with database.transaction():
            await database.fetch("select pg_advisory_xact_lock(77)")
            waiting = [asyncio.create_task(lock(), context=Context()) for _ in range(4)]
            monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.3)
            async with asyncio.timeout(10):
                while not sum(task.done() for task in waiting) >= 3:
                    await asyncio.sleep(0.01)
            reading = asyncio.create_task(database.fetch("select 1 as one"), context=Context())
            assert (await reading)[0]["one"] == 1
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert sorted(type(one).__name__ for one in told) == ["NoneType", "Occupee", "Occupee", "Occupee"]
    finally:
        await own.close()
        database.ENGINE.pool, database.ENGINE.writers, database.ENGINE.exports = whole, writers, exports


@pytest.mark.committed
async def test_exports_that_nobody_reads_leave_connections_to_everybody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, url = database.ENGINE.pool, database.find_database_url(get_settings())
    writers, exports = database.ENGINE.writers, database.ENGINE.exports
    await database.open_pool(url, 3, is_for_pages=True)
    own, told = database.ENGINE.pool, asyncio.Event()
    assert own is not None
    monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.3)
    monkeypatch.setattr(database, "EXPORT_SECONDS", 0.3)

    async def read_slowly() -> None:
        async for _ in database.stream("select generate_series(1, 1200)", batch=10):
            await told.wait()

    try:
        reading = [asyncio.create_task(read_slowly(), context=Context()) for _ in range(4)]
        await asyncio.sleep(0.6)
        assert (await database.fetch("select 1 as one"))[0]["one"] == 1
    finally:
        told.set()
        ended = await asyncio.gather(*reading, return_exceptions=True)
        await own.close()
        database.ENGINE.pool, database.ENGINE.writers, database.ENGINE.exports = whole, writers, exports
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", "Occupee", "Occupee", "Occupee"]


@pytest.mark.committed
async def test_one_request_waits_for_the_base_that_long_all_told() -> None:
    """A locked table, asked of again and again: each statement waits for what is left, and then nothing is asked."""
    locker = await asyncpg.connect(database.find_database_url(get_settings()))
    try:
        async with locker.transaction():
            await locker.execute("lock table battements")
            started = time.monotonic()
            with database.limited(0.6):
                for _ in range(4):
                    with pytest.raises(database.Indisponible):
                        await database.fetch("select at from battements")
                with pytest.raises(database.Indisponible):
                    async with database.transaction():
                        await database.fetch("select 1")
            assert 0.5 < time.monotonic() - started < 2
        assert await database.fetch("select 1"), "the connections are whole again"
    finally:
        await locker.close()


@pytest.mark.committed
async def test_a_body_that_comes_slowly_is_no_waiting_for_the_base() -> None:
    with database.limited(0.2):
        await asyncio.sleep(0.4)
        assert await database.fetch("select 1")


def _in_use() -> int:
    pool = read_pool()
    return pool["open"] - pool["idle"]


PID = "select pg_backend_pid() as pid"


@pytest.mark.committed
async def test_a_request_keeps_one_connection_from_question_to_question_and_gives_it_back_with_its_answer() -> (
    None
):
    before = _in_use()
    with database.limited(5):
        first = await database.fetch_one(PID)
        assert _in_use() == before + 1
        async with database.transaction():
            assert await database.fetch_one(PID) == first
        one, other = await asyncio.gather(database.fetch_one(PID), database.fetch_one(PID))
        assert one != other, "two questions at once take two"
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert _in_use() == before


@pytest.mark.committed
async def test_a_request_that_waits_for_something_else_holds_no_connection() -> None:
    before = _in_use()
    with database.limited(5):
        await database.fetch("select 1")
        await asyncio.sleep(database.KEPT_SECONDS * 3)
        assert _in_use() == before
        assert await database.fetch("select 1")


@pytest.mark.committed
async def test_a_kept_connection_that_died_is_replaced_for_a_read() -> None:
    with database.limited(5):
        first = await database.fetch_one(PID)
        assert first is not None
        killer = await asyncpg.connect(database.find_database_url(get_settings()))
        await killer.execute("select pg_terminate_backend($1)", first["pid"])
        await killer.close()
        again = await database.fetch_one(PID)
        assert again is not None
        assert again["pid"] != first["pid"]


@pytest.mark.committed
async def test_a_base_that_hangs_is_left_in_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It answers nothing, not even to be told to stop; the connection is given back all the same."""
    url = database.find_database_url(get_settings())
    pool = database.ENGINE.pool
    folder = Path(tempfile.mkdtemp(prefix="fige", dir="/tmp"))
    monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.3)
    async with cut_base(folder, url) as base:
        frozen = await asyncpg.create_pool(base.url, min_size=1, max_size=2)
        monkeypatch.setattr(database.ENGINE, "pool", frozen)
        assert await database.fetch("select 1")
        base.freeze()
        started = time.monotonic()
        with database.limited(0.5), pytest.raises(database.Indisponible):
            await database.fetch("select 1")
        assert time.monotonic() - started < 2
        monkeypatch.setattr(database.ENGINE, "pool", pool)
        frozen.terminate()


@pytest.mark.committed
async def test_a_statement_that_a_deadlock_undid_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    whole = database.Engine.connection

    def undone_once(engine: database.Engine) -> object:
        sent.append(1)
        if len(sent) == 1:
            raise database.Interblocage("deadlock")
        return whole(engine)

    monkeypatch.setattr(database.Engine, "connection", undone_once)
    await database.fetch("update battements set at = at where nom = 'personne'")
    assert len(sent) == 2


@pytest.mark.committed
async def test_a_stream_reads_any_number_of_rows_in_order() -> None:
    rows = [row["n"] async for row in database.stream("select n from generate_series(1, 1200) n order by n")]
    assert rows == list(range(1, 1201))


async def test_a_stream_reads_what_its_transaction_wrote_and_is_counted() -> None:
    await database.fetch("insert into battements (nom, at) values ('a', now()), ('b', now())")
    with database.spy_queries() as queries:
        # A worker another test started may have left its own.
        asked = database.stream("select nom from battements where nom in ('a', 'b') order by nom", batch=1)
        rows = [row["nom"] async for row in asked]
    assert rows == ["a", "b"] and len(queries) == 1


@pytest.mark.parametrize(
    ("sql", "is_read"),
    [
        ("select 1", True),
        ("  \nSELECT numero FROM demandes", True),
        ("with parts as (select 1) select * from parts", True),
        ("show server_version", True),
        ("select updated_at, deleted from brouillons", True),
        ("insert into battements (nom) values ('a')", False),
        ("with made as (insert into battements (nom) values ('a') returning id) select id from made", False),
        ("with gone as (delete from liens returning id) select count(*) from gone", False),
        ("WITH seen AS (UPDATE agents SET nom = '' RETURNING id) SELECT id FROM seen", False),
        ("with kept as (select 1) merge into agents using kept on true when matched then do nothing", False),
        ("select 1 from demandes for update", False),
    ],
)
def test_only_a_text_that_reads_is_sent_twice(sql: str, is_read: bool) -> None:
    assert requetes.is_read(sql) is is_read


@pytest.mark.committed
async def test_a_text_that_writes_is_never_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    def lost_on_the_way(_: object) -> None:
        sent.append(1)
        raise database.Indisponible("lost")

    monkeypatch.setattr(database.Engine, "connection", lost_on_the_way)
    writes = "with made as (insert into battements (nom) values ('essai') returning id) select id from made"
    for sql, times in ((writes, 1), ("select 1", 2)):
        sent.clear()
        with pytest.raises(database.Indisponible):
            await database.fetch(sql)
        assert len(sent) == times, sql


async def test_parameters_are_named_and_bound() -> None:
    [row] = await database.fetch(
        "select :mot as mot, :jour::date + 1 as demain, :mot || '!' as cri, '12:30' as heure",
        jour=date(2026, 11, 24),
        mot="l’AAH",
    )
    assert tuple(row) == ("l’AAH", date(2026, 11, 25), "l’AAH!", "12:30")


def test_a_name_said_twice_is_one_parameter() -> None:
    assert requetes.compile_sql("select :b, :a, :b::text, a::date") == (
        "select $1, $2, $1::text, a::date",
        ("b", "a"),
    )


@pytest.mark.parametrize("named", [{"mot": 1}, {"mot": 1, "jour": 2, "heure": 3}, {"mot": 1, "heure": 2}])
async def test_a_parameter_missing_or_superfluous_is_a_fault_of_ours(named: dict[str, int]) -> None:
    with pytest.raises((TypeError, KeyError)):
        await database.fetch("select :mot::int, :jour::int", **named)


async def test_a_stream_binds_names_too() -> None:
    asked = database.stream("select n from generate_series(1, :most) n where n > :least", most=5, least=3)
    assert [row["n"] async for row in asked] == [4, 5]


async def test_the_server_looks_whether_each_connection_still_has_somebody_at_its_end() -> None:
    # What these settings are for takes two machines: `python -m bench.machines`.
    rows = await database.fetch(
        "select name from pg_settings where source = 'client' and name = any(:names)",
        names=list(requetes.VANISHED),
    )
    assert {row["name"] for row in rows} == requetes.VANISHED.keys()
