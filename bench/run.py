"""Every family of measures in some minutes, at sizes that fit: each in a process and a base of its own.

    python -m bench.run [pages figures …]

Prints the machine and how its interpreter was built, then what each family says of itself. The drills, which end machines
on purpose, and what needs a browser or a jar are run by their own commands.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.settings import ROOT
from bench.mesures import say_machine

#: Of each, the commands that follow one another on one base.
FAMILLES: dict[str, list[tuple[str, ...]]] = {
    "pages": [("bench.mesures", "10000")],
    "figures": [("bench.charge", "10000"), ("bench.figures",)],
    "exports": [("bench.exports", "mesure", "10000")],
    "fil": [("bench.fil", "500")],
    "fichiers": [("bench.fichiers", "attente")],
}
MOST_SECONDS = 300


def run(famille: str) -> bool:
    """One family to its end, or to its bound; whether it came to its end."""
    started = time.monotonic()
    print(f"\n## {famille}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is another user there
        environment = {**os.environ, "APLUS_ENV": "demo", "APLUS_VAR": folder, "DATABASE_URL": ""}
        try:
            for module, *words in FAMILLES[famille]:
                subprocess.run(
                    [sys.executable, "-W", "ignore", "-m", module, *words],
                    cwd=ROOT,
                    env=environment,
                    check=True,
                    timeout=MOST_SECONDS,
                )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"not measured: {error}", flush=True)
            return False
    print(f"\n{time.monotonic() - started:.0f} s", flush=True)
    return True


def main(asked: list[str]) -> int:
    """Those asked, or all of them."""
    print(say_machine(), flush=True)
    ended = [run(famille) for famille in asked or FAMILLES]
    return 0 if all(ended) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
