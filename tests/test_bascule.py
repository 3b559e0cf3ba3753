"""A primary that dies under load, its standby promoted: the short set of `bench/bascule.py` (quality R10)."""

import subprocess
import sys

from app.settings import ROOT


def test_no_acknowledged_write_is_lost_and_writes_are_taken_again_within_ten_seconds() -> None:
    drill = [sys.executable, "-W", "ignore", "-m", "bench.bascule", "3"]
    done = subprocess.run(drill, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    acts, acknowledged, _, lost, doubled, *_ = [int(n) for n in done.stdout.splitlines()[-1].split("|")[1:-2]]
    assert acts >= acknowledged > 100
    assert (lost, doubled) == (0, 0)
    assert "Traceback" not in done.stderr
