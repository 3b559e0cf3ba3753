"""One base for the run, one rolled-back transaction per test, one clock that stands still.

A test written `async def` has the base, a plain one does not: pure tests neither start PostgreSQL nor import what
reads it. That is why the application is imported late in this file.
"""

import asyncio
import dataclasses
import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Before anything of the application reads the environment.
os.environ["APLUS_ENV"] = "test"
# An answer leaves at once, except where its wait is the subject.
os.environ["ANSWER_WAIT_SECONDS"] = "0"
os.environ["APLUS_VAR"] = str(Path(tempfile.gettempdir()) / f"aplus-test-{os.getuid()}-{os.getpid()}")

import pytest

# Sunday 22 November 2026 would be a day off: the tests live on a Tuesday morning in Paris.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def _base() -> Iterator[asyncio.Runner]:
    from tests.base import base

    with base(NOW) as runner:
        yield runner


@pytest.fixture(autouse=True)
def _base_and_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if asyncio.iscoroutinefunction(request.function):
        from app import visite
        from app.domain.administration import bandeaux, maintenances

        request.getfixturevalue("_base")
        for module in (bandeaux, maintenances):
            monkeypatch.setattr(module, "_kept", [])
        monkeypatch.setattr(visite, "clock", lambda: NOW)


@pytest.fixture
def now() -> datetime:
    """The instant every test lives at."""
    return NOW


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder where the files of this test are kept, and nothing else."""
    from app.domain.pieces_jointes import depot
    from app.settings import get_settings

    folder = tmp_path / "pieces"
    settings = dataclasses.replace(get_settings(), store_url=folder.as_uri())
    monkeypatch.setattr(depot, "get_settings", lambda: settings)
    depot.coffre.cache_clear()
    yield folder
    depot.coffre.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The guards first: two of their files last minutes, and none must begin when the rest is nearly over."""
    items.sort(key=lambda item: "gardes" not in item.path.parts)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Run an async test on the one loop, inside a transaction that is rolled back.

    `@pytest.mark.committed` runs it without: it sees real connections and must clean after itself with
    `tests.factories.erase_demandes`.
    """
    if not asyncio.iscoroutinefunction(pyfuncitem.obj):
        return None
    from tests.base import roll_back

    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def story() -> None:
        await pyfuncitem.obj(**arguments)

    is_committed = pyfuncitem.get_closest_marker("committed") is not None
    runner: asyncio.Runner = pyfuncitem._request.getfixturevalue("_base")
    runner.run(story() if is_committed else roll_back(story))
    return True
