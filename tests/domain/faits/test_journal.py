"""The journal only grows, and a line changed behind its back is found."""

import itertools
from datetime import datetime, timedelta

import asyncpg
import pytest

from app import database
from app.domain.faits.fait import happened
from app.domain.faits.journal import find_broken_line, make_sceau, seal_lines
from app.domain.faits.registre import Fait
from tests.cast import CAST


async def write_lines(now: datetime, how_many: int = 3) -> None:
    for n in range(how_many):
        await happened(Fait.CONNEXION, agent=CAST.aida, details={"n": n}, now=now + timedelta(seconds=n))


@pytest.mark.parametrize("sql", ["update journal set fait = 'deconnexion'", "delete from journal"])
async def test_a_line_is_never_changed_nor_removed(now: datetime, sql: str) -> None:
    await write_lines(datetime.now(now.tzinfo))
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with database.transaction():
            await database.fetch(sql)


async def test_each_line_is_sealed_to_the_one_before(now: datetime) -> None:
    await write_lines(now)
    assert await seal_lines() >= 3
    assert await seal_lines() == 0
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with database.transaction():
            await database.fetch("update journal set sceau = 'x'")


async def test_a_changed_line_is_found(now: datetime) -> None:
    await write_lines(now)
    await seal_lines()
    rows = await database.fetch(
        "select id, at, fait, agent, demande, groupe, details, sceau from journal order by id"
    )
    for before, line in itertools.pairwise(rows):
        assert make_sceau(before["sceau"], line) == line["sceau"]
        assert make_sceau(before["sceau"], {**dict(line), "agent": CAST.eve}) != line["sceau"]


@pytest.mark.committed
async def test_the_whole_chain_is_read_again(now: datetime) -> None:
    await write_lines(now)
    await seal_lines()
    assert await find_broken_line() is None
    row = await database.fetch_one("select max(id) as id from journal")
    assert row is not None
    await database.run_script(
        "alter table journal disable trigger journal_append_only;"
        f"update journal set agent = 0 where id = {row['id']};"
        "alter table journal enable trigger journal_append_only;"
    )
    assert await find_broken_line() == row["id"]
    await database.run_script("truncate journal")
