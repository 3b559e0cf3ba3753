"""The drill: a copy is made, put back in an empty base, and what was promised to be erased is erased again (R7)."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from app import database, sauvegarde
from app.chiffrement import Trousseau
from app.settings import ROOT, get_settings
from tests.browser import signed_in
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.factories import erase_demandes, make_demande, make_message

NAME = "essai_sauvegarde"
COUNTS = """
select (select count(*) from demandes), (select count(*) from messages), (select count(*) from agents),
    (select count(*) from sollicitations), (select count(*) from journal where fait = 'demande_consultee')
"""


@asynccontextmanager
async def empty_base() -> AsyncIterator[str]:
    """The address of a new base on the same server."""
    url = database.find_database_url(get_settings())
    server = await asyncpg.connect(url)
    await server.execute(f"drop database if exists {NAME}")
    await server.execute(f"create database {NAME}")
    try:
        yield url.replace("/aplus?", f"/{NAME}?")
    finally:
        await server.execute(f"drop database {NAME} with (force)")
        await server.close()


async def command(*words: str, url: str, var: Path) -> tuple[int, str]:
    """One of our commands, as an operator types it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *words),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "APLUS_VAR": str(var)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, said.decode()


@pytest.mark.committed
async def test_a_copy_put_back_holds_the_same_opens_nothing_and_is_swept(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    try:
        kept = await make_demande(now, titre="Allocation suspendue")
        await make_message(kept, CAST.ines, "Bonjour, je regarde.", now)
        old = await make_demande(now - timedelta(days=120))
        await signed_in(CAST.aida)
        await write_lettre("connexion_inconnue", "ines@exemple.fr", now)
        before = tuple((await database.fetch(COUNTS))[0])
        own = database.find_database_url(get_settings())
        code, said = await command("backup", str(tmp_path / "copies"), url=own, var=tmp_path)
        assert code == 0, said
        [file] = (tmp_path / "copies").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"Allocation suspendue" not in file.read_bytes() and b"exemple.fr" not in file.read_bytes()
        async with empty_base() as url:
            code, said = await command("restore", str(file), url=url, var=tmp_path)
            assert code == 0, said
            restored = await asyncpg.connect(url)
            assert tuple(await restored.fetchrow(COUNTS)) == before
            assert await restored.fetchval("select titre from demandes where numero = $1", kept)
            assert await restored.fetchval("select count(*) from sessions") == 0
            waiting = "select count(*) from courriels where sent_at is null and failed_at is null"
            assert await restored.fetchval(waiting) == 0
            # What is due goes from the new base as it would have gone from the former one.
            await restored.execute(
                "update demandes set closed_at = $1 where numero = $2", now - timedelta(days=91), old
            )
            code, said = await command("forget", url=url, var=tmp_path)
            assert code == 0, said
            assert await restored.fetchval(
                "select erased_at is not null from demandes where numero = $1", old
            )
            await restored.close()
            code, said = await command("restore", str(file), url=url, var=tmp_path)
            assert code == 1 and "already exists" in said, "a base that is not empty is left as it is"
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_a_copy_cut_short_changed_renamed_or_of_other_keys_is_refused(tmp_path: Path) -> None:
    url = database.find_database_url(get_settings())
    ours = Trousseau(get_settings().data_keys)
    file = await asyncio.to_thread(sauvegarde.backup, url, ours, tmp_path, datetime.now(UTC))
    whole = file.read_bytes()
    renamed = tmp_path / f"aplus-autre{sauvegarde.SUFFIX}"
    renamed.write_bytes(whole)
    async with empty_base() as empty:
        for content, other, trousseau in (
            (whole[:-20], file, ours),
            (whole[: len(whole) // 2], file, ours),
            (b"", file, ours),
            (whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], file, ours),
            (whole, renamed, ours),
            (whole, file, Trousseau({"autre": bytes(range(32))})),
        ):
            file.write_bytes(content)
            with pytest.raises(sauvegarde.SauvegardeImpossible):
                await asyncio.to_thread(sauvegarde.restore, empty, trousseau, other)
        connection = await asyncpg.connect(empty)
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
        await connection.close()


@pytest.mark.committed
async def test_older_copies_go_when_asked(tmp_path: Path) -> None:
    url = database.find_database_url(get_settings())
    for day in ("20260101T000000Z", "20260102T000000Z"):
        (tmp_path / f"aplus-{day}{sauvegarde.SUFFIX}").touch()
    code, said = await command("backup", str(tmp_path), "--keep", "2", url=url, var=tmp_path)
    assert code == 0, said
    kept = sorted(os.listdir(tmp_path))  # noqa: PTH208 - names are compared
    assert len(kept) == 2 and kept[0].startswith("aplus-20260102")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql://moi:p%40s@a:5433,b/base?sslmode=verify-full&target_session_attrs=read-write",
            {
                "PGHOST": "a,b",
                "PGPORT": "5433,5432",
                "PGUSER": "moi",
                "PGPASSWORD": "p@s",
                "PGDATABASE": "base",
                "PGSSLMODE": "verify-full",
                "PGTARGETSESSIONATTRS": "read-write",
            },
        ),
        (
            "postgresql://postgres:@/aplus?host=/run/x",
            {"PGUSER": "postgres", "PGDATABASE": "aplus", "PGHOST": "/run/x"},
        ),
    ],
)
def test_no_password_stands_on_a_command_line(url: str, said: dict[str, str]) -> None:
    assert sauvegarde.read_address(url) == said
