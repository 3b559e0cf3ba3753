"""The journal only grows, and a line changed, moved or taken away behind its back is found."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import pytest

from app import database
from app.chiffrement import Trousseau
from app.domain.faits import journal
from app.domain.faits.fait import happened
from app.domain.faits.journal import Rupture, check_journal, make_cachet, seal_lines
from app.domain.faits.registre import Fait
from app.settings import get_settings
from tests.cast import CAST
from tests.factories import EMPTY_JOURNAL

ADD = "insert into journal (at, fait) values (now(), 'connexion')"


async def write_lines(now: datetime, how_many: int = 3) -> None:
    for n in range(how_many):
        await happened(Fait.CONNEXION, agent=CAST.aida, details={"n": n}, now=now + timedelta(seconds=n))


async def list_sealed() -> list[int]:
    """The ids of the lines, in the order of their seals."""
    return [
        row["id"]
        for row in await database.fetch("select id from journal where rang is not null order by rang")
    ]


@asynccontextmanager
async def owner() -> AsyncIterator[None]:
    """Who owns the base can put its triggers to sleep; the keys are elsewhere."""
    await database.run_script("alter table journal disable trigger user")
    yield
    await database.run_script("alter table journal enable trigger user")


@pytest.mark.parametrize(
    "sql",
    [
        "update journal set fait = 'deconnexion'",
        "update journal set rang = 1",
        "delete from journal",
        "truncate journal",
        "truncate journal cascade",
    ],
)
async def test_a_line_is_never_changed_nor_removed(now: datetime, sql: str) -> None:
    await write_lines(datetime.now(now.tzinfo))
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with database.transaction():
            await database.fetch(sql)


async def test_each_line_is_sealed_once(now: datetime) -> None:
    await write_lines(now)
    assert await seal_lines() >= 3
    assert await seal_lines() == 0
    constat = await check_journal()
    assert (constat.rupture, constat.en_attente) == (None, 0)
    assert constat.lignes == constat.dernier_rang == len(await list_sealed())
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with database.transaction():
            await database.fetch("update journal set rang = rang + 1000, cachet = 'x'")


@pytest.mark.parametrize(
    ("sql", "rupture"),
    [
        ("update journal set agent = 0 where id = $1", Rupture.MODIFIEE),
        ("update journal set at = at - interval '1 second' where id = $1", Rupture.MODIFIEE),
        ("update journal set details = '{}' where id = $1", Rupture.MODIFIEE),
        ("update journal set cachet = 'x' where id = $1", Rupture.CLE_ABSENTE),
        ("update journal set id = 10000000 where id = $1", Rupture.MODIFIEE),
        ("delete from journal where id = $1", Rupture.MANQUANTE),
    ],
)
async def test_a_line_changed_or_taken_away_by_the_owner_of_the_base_is_found(
    now: datetime, sql: str, rupture: Rupture
) -> None:
    await write_lines(now, 5)
    await seal_lines()
    ids = await list_sealed()
    async with owner():
        await database.fetch(sql, ids[-2])
    constat = await check_journal()
    assert constat.rupture is rupture
    assert constat.ligne in {ids[-2], ids[-1], 10_000_000}


async def test_two_lines_exchanged_are_found(now: datetime) -> None:
    await write_lines(now)
    await seal_lines()
    *_, before, last = await list_sealed()
    async with owner():
        await database.fetch(
            "update journal set rang = -rang where id = any(:journal)", journal=[before, last]
        )
        await database.fetch(
            "update journal j set rang = -o.rang, cachet = o.cachet from journal o "
            "where j.id = any(:journal) and o.id = any(:journal) and o.id <> j.id",
            journal=[before, last],
        )
    constat = await check_journal()
    assert (constat.rupture, constat.ligne) == (Rupture.MODIFIEE, last)


async def test_a_line_written_again_without_the_keys_is_found(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_lines(now)
    await seal_lines()
    [line] = await database.fetch("select * from journal where id = :cle", cle=(await list_sealed())[-1])
    forger = Trousseau({next(iter(get_settings().data_keys)): b"\1" * 32})
    with monkeypatch.context() as forging:
        forging.setattr(journal, "trousseau", lambda: forger)
        forged = make_cachet("", line["rang"], {**dict(line), "agent": CAST.eve})
    async with owner():
        await database.fetch(
            "update journal set agent = :agent, cachet = :cachet where id = :cle",
            agent=CAST.eve,
            cachet=forged,
            cle=line["id"],
        )
    assert (await check_journal()).rupture is Rupture.MODIFIEE


async def test_what_was_sealed_with_a_former_key_still_holds(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_lines(now)
    await seal_lines()
    await write_lines(now)
    both = Trousseau({"new": b"\2" * 32, **get_settings().data_keys})
    monkeypatch.setattr(journal, "trousseau", lambda: both)
    await seal_lines()
    assert (await check_journal()).rupture is None
    monkeypatch.setattr(journal, "trousseau", lambda: Trousseau({"new": b"\2" * 32}))
    assert (await check_journal()).rupture is Rupture.CLE_ABSENTE


async def test_the_head_tells_that_the_last_lines_were_taken_away(now: datetime) -> None:
    await write_lines(now)
    await seal_lines()
    before = await check_journal()
    async with owner():
        await database.fetch("delete from journal where id = :cle", cle=(await list_sealed())[-1])
    after = await check_journal()
    assert after.rupture is None
    assert (after.dernier_rang, after.tete) != (before.dernier_rang, before.tete)


async def test_lines_of_the_version_before_are_sealed_anew_and_its_own_seal_is_let_in(now: datetime) -> None:
    await write_lines(now)
    await database.fetch("update journal set sceau = repeat('0', 64) where sceau is null")
    await seal_lines()
    assert (await check_journal()).rupture is None


@pytest.mark.committed
async def test_a_line_that_was_written_first_and_seen_last_is_no_tampering(now: datetime) -> None:
    """Ids are given at insert, lines are seen at commit: the first id comes after the second was sealed."""
    is_written, is_sealed = asyncio.Event(), asyncio.Event()

    async def write_slowly() -> None:
        async with database.transaction():
            await database.fetch(ADD)
            is_written.set()
            await is_sealed.wait()

    try:
        slow = asyncio.create_task(write_slowly())
        await is_written.wait()
        await database.fetch(ADD)
        await seal_lines()
        is_sealed.set()
        await slow
        await seal_lines()
        ids = await list_sealed()
        assert ids != sorted(ids)
        constat = await check_journal()
        assert dataclasses.astuple(constat)[-2:] == (None, None)
    finally:
        await database.run_script(EMPTY_JOURNAL)
