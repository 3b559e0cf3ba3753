"""Every sweep of the worker on a base of some size, once and again: how long each lasts, and its longest question.

    python -m bench.taches 100000

The base has its heavy agents and an old groupe (`bench.charge`); what a sweep finds to do there the first time is more than it
ever meets in service, and the second time is what it costs when nothing is left. A sweep is given what its timetable gives it.
Prints those that last over half a second, or do not end.
"""

import asyncio
import os
import subprocess
import sys
import time

from app import database
from app.database import COMMAND_SECONDS
from app.settings import ROOT, get_settings
from bench.mesures import say_machine
from bench.site import running_server
from bench.toutes import Page, listening

LONG = 0.5
LOURDES, PAR_GROUPE = 2000, 5


async def sweep_all() -> None:
    """Each in turn, twice, as its timetable names it."""
    from app.tasks import TIMETABLE  # noqa: PLC0415 - once its settings are there

    await database.open_pool(database.find_database_url(get_settings()), 4)
    print("| sweep | time | seconds | questions | the longest (s) | it begins |\n|---|---|---|---|---|---|")
    for rank in ("first", "again"):
        for job in TIMETABLE:
            page, started = Page(), time.monotonic()
            said = ""
            with listening(page):
                try:
                    await asyncio.wait_for(job.function({}), job.timeout)
                except (TimeoutError, database.Indisponible) as error:
                    said = f" ({type(error).__name__})"
            lasted = time.monotonic() - started
            longest, sql = max(page.questions, default=(0.0, ""))
            if lasted > LONG or said:
                name = getattr(job.function, "__name__", str(job.function))
                print(
                    f"| {name} | {rank} | {lasted:.1f}{said} | {len(page.questions)} | {longest / 1000:.1f} | {sql[:60]} |",
                    flush=True,
                )
    await database.close_pool()


def main() -> None:
    """Load, then sweep."""
    size = int(sys.argv[1])
    with running_server() as (folder, server):
        own = {"APLUS_ENV": "demo", "APLUS_VAR": str(folder / "var"), "DATABASE_URL": server.url}
        os.environ.update(own, SMTP_URL="", BASE_URL="http://127.0.0.1")
        get_settings.cache_clear()
        words = [sys.executable, "-m", "bench.charge", str(size), str(LOURDES), str(size // PAR_GROUPE)]
        subprocess.run(words, cwd=ROOT, env=os.environ, check=True)
        print(f"{say_machine()} No question may last over {COMMAND_SECONDS:.0f} s.\n")
        asyncio.run(sweep_all())


if __name__ == "__main__":
    main()
