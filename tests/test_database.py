"""The traps of Piccolo and asyncpg, each closed once (house §6)."""

import asyncio
import contextlib

import asyncpg
import pytest

from app import database, tables
from app.settings import get_settings
from tests.factories import erase_demandes


async def write(nom: str) -> None:
    await tables.Tentative.insert(tables.Tentative(nature="essai", empreinte=nom))


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
