"""The processes of the demonstration: started one after the other, waited for, and ended together."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field

from app.settings import ROOT

READY_SECONDS = 60


@dataclass
class Processus:
    """Commands of `python -m app` beside this one, on the base of `database_url`."""

    database_url: str
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, command: str) -> None:
        """Start one more."""
        environment = {**os.environ, "DATABASE_URL": self.database_url, "PYTHONUNBUFFERED": "1"}
        words = [sys.executable, "-m", "app", command]
        self.running.append(subprocess.Popen(words, env=environment, cwd=ROOT))  # noqa: S603

    def stop(self) -> None:
        """Ask each to end."""
        for child in self.running:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()

    def wait_until_ready(self, address: str) -> bool:
        """Whether the site answers there before one of them ends, within a minute."""
        ends_at = time.monotonic() + READY_SECONDS
        while time.monotonic() < ends_at and self.are_all_running():
            with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    return True
            time.sleep(0.05)
        return False

    def wait(self) -> int:
        """Until one ends, then all: a site without its worker, or the reverse, would look like a site and send nothing.

        Returns the status to leave with.
        """
        while self.are_all_running():
            time.sleep(0.2)
        self.stop()
        codes = [child.wait() for child in self.running]
        return max(abs(code) for code in codes) if any(code > 0 for code in codes) else 0

    def are_all_running(self) -> bool:
        """None has ended."""
        return all(child.poll() is None for child in self.running)


def is_taken(port: int) -> bool:
    """Something listens there already: « Prêt » would be said of another site."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
