"""A drill that is told to end leaves nothing behind it (`bench/site.py`)."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

DRILL = """
import asyncio
from bench.site import running_server

with running_server() as (folder, server):
    print(folder, server.port, flush=True)
    asyncio.run(asyncio.sleep(60))
"""


@pytest.mark.parametrize("way", [(), ("env", "--ignore-signal=INT")], ids=["in front", "beside a script"])
def test_a_drill_that_is_told_to_end_ends_its_base_and_takes_its_folder_away(way: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [*way, sys.executable, "-c", DRILL], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as drill:
        assert drill.stdout is not None
        folder, port = drill.stdout.readline().split()
        drill.send_signal(signal.SIGTERM)
        drill.wait(30)
    assert not Path(folder).exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)))
