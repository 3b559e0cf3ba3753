"""bin/demo and bin/test on machines that lack something, played by stand-ins on an otherwise empty PATH."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.house.sources import ROOT

ORDINARY = ("cat", "chmod", "dirname", "env", "mkdir", "mktemp", "rm", "sh", "sleep", "tail", "tr")


class Machine:
    """A folder with the commands of the project, a PATH of stand-ins, and the list of what they were asked."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.project = room / "project"
        self.path = room / "path"
        self.calls = room / "calls"
        self.path.mkdir()
        for folder in ("bin", ".ci"):
            shutil.copytree(ROOT / folder, self.project / folder)
        # Debian's own Python, which this machine has not unless a test puts it there.
        prepare, self.usual = self.project / "bin/_prepare", room / "usr/bin/python3"
        prepare.write_text(prepare.read_text().replace("/usr/bin/python3", str(self.usual)))
        for name in ORDINARY:
            found = shutil.which(name)
            assert found, name
            (self.path / name).symlink_to(found)
        self.stand_in("id", "echo 1000")
        self.stand_in("uv", f'echo "uv $*" >> {self.calls}')
        self.stand_in("apt-get", f'echo "apt-get $*" >> {self.calls}')
        # Libraries are looked at by the program on its standard input; both are well by default.
        self.stand_in("python3", 'case "$1" in -) cat >/dev/null ;; esac')
        for name in ("chromium-headless-shell", "firefox-esr", "pdftotext", "w3m", "lynx"):
            self.stand_in(name, "")
        for tool in ("mypy", "ruff", "lint-imports"):
            self.stand_in(tool, f'echo "{tool} $*" >> {self.calls}; echo "{tool} said so"', venv=True)
        self.stand_in(
            "python",
            f'[ -n "$2" ] || exit 0; echo "python $*" >> {self.calls}; echo "3 passed in 0.01s"',
            venv=True,
        )

    def stand_in(self, name: str, script: str, *, venv: bool = False) -> None:
        place = self.project / ".venv/bin" / name if venv else self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o755)

    def run(self, command: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        self.calls.unlink(missing_ok=True)
        self.calls.touch()
        return subprocess.run(
            [self.project / command, *arguments],
            env={"PATH": str(self.path), **environment},
            cwd=self.room,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_demo_is_quiet_when_nothing_is_missing(machine: Machine) -> None:
    done = machine.run("bin/demo", HOME=str(machine.room))
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.asked()[-1] == "python -m app demo"
    assert [call for call in machine.asked() if "sync" in call] == [
        "uv sync --frozen --no-dev --inexact --check --quiet"
    ]


def test_an_empty_environment_is_enough_and_a_relative_folder_is_meant_from_here(machine: Machine) -> None:
    machine.stand_in(
        "python", '[ "$1" = -c ] || echo "$HOME $LANG $APLUS_VAR ${VIRTUAL_ENV-none}"', venv=True
    )
    done = machine.run("bin/demo", APLUS_VAR="ici", VIRTUAL_ENV="elsewhere")
    home = f"{machine.project}/var/home"
    assert done.stdout.split() == [home, "C.UTF-8", f"{machine.room}/ici", "none"], done


def test_without_rights_the_exact_command_is_said(machine: Machine) -> None:
    (machine.path / "chromium-headless-shell").unlink()
    machine.stand_in("python3", 'case "$1" in -) cat >/dev/null; echo libpango-1.0-0 ;; esac')
    done = machine.run("bin/test")
    assert done.returncode == 1
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libpango-1.0-0" in done.stderr
    )
    assert "chromium-headless-shell" in done.stderr
    assert not [call for call in machine.asked() if call.startswith("apt-get")]


def test_root_gets_what_is_missing_uv_included(machine: Machine) -> None:
    machine.stand_in("id", "echo 0")
    machine.stand_in("uv", "exit 127")
    own_uv = machine.project / "var/uv/bin"
    machine.stand_in(
        "python3",
        f"""case "$1 $2" in
        "- ") cat >/dev/null ;;
        "-c import ensurepip"*) exit 1 ;;
        "-m venv") mkdir -p {own_uv}; printf '#!/bin/sh\\necho "own $*" >> {machine.calls}\\n' > {own_uv}/python
            cat {own_uv}/python > {own_uv}/uv; chmod 755 {own_uv}/python {own_uv}/uv ;;
        esac""",
    )
    done = machine.run("bin/demo")
    assert done.returncode == 0, done
    apt = [call for call in machine.asked() if call.startswith("apt-get")]
    assert apt[0].startswith("apt-get update")
    assert apt[1].startswith("apt-get install -y --no-install-recommends") and "python3-venv" in apt[1]
    assert "chromium" not in apt[1]
    assert [call for call in machine.asked() if "pip install" in call]


def test_an_old_python_is_refused_with_the_command(machine: Machine) -> None:
    machine.stand_in("python3", "exit 1")
    done = machine.run("bin/demo")
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr and "sudo apt-get install -y python3" in done.stderr


@pytest.mark.parametrize("is_whole", [True, False])
def test_debians_own_python_comes_first_where_it_can_make_an_environment(
    machine: Machine, is_whole: bool
) -> None:
    machine.usual.parent.mkdir(parents=True)
    (machine.path / "python3").rename(machine.usual)
    machine.stand_in("python3", 'case "$1" in -) cat >/dev/null ;; esac')
    if not is_whole:
        machine.usual.write_text("#!/bin/sh\nexit 1\n")
    (machine.project / ".venv/bin/python").unlink()
    machine.run("bin/demo")
    [*_, sync] = [call for call in machine.asked() if call.startswith("uv sync")]
    assert f"--python {machine.usual if is_whole else machine.path / 'python3'}" in sync


def test_everything_is_checked_and_the_last_line_is_pytests(machine: Machine) -> None:
    done = machine.run(".ci/run")
    assert done.returncode == 0, done
    assert sorted(call for call in machine.asked() if not call.startswith("uv")) == [
        "lint-imports ",
        "mypy ",
        "python -m pytest --color=no --numprocesses=2 --dist=loadfile --no-loadscope-reorder",
        "ruff check",
        "ruff format --check",
    ]
    assert done.stdout.splitlines()[-1] == "3 passed in 0.01s"


@pytest.mark.parametrize("tool", ["ruff", "lint-imports", "mypy", "python"])
def test_a_failure_is_shown_and_told(machine: Machine, tool: str) -> None:
    machine.stand_in(tool, '[ "$1" != -c ] || exit 0; echo "something is wrong"; exit 1', venv=True)
    done = machine.run("bin/test")
    assert done.returncode == 1
    assert "something is wrong" in done.stdout


def test_a_stopped_run_lets_pytest_close_what_it_opened(machine: Machine) -> None:
    machine.stand_in(
        "python",
        f"""[ "$1" != -c ] || exit 0
        trap 'echo closed >> {machine.calls}; exit 2' INT
        echo started >> {machine.calls}
        while :; do sleep 0.05; done""",
        venv=True,
    )
    machine.calls.touch()
    running = subprocess.Popen(
        [machine.project / "bin/test"],
        env={"PATH": str(machine.path)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 60
        while "started" not in machine.asked() and time.monotonic() < until:
            time.sleep(0.02)
        assert "started" in machine.asked()
        running.terminate()
        assert running.wait(timeout=60) == 143
        assert machine.asked()[-1] == "closed"
    finally:
        # On a machine so slow that the test fails, what it started would run for ever: all of it is in one group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def test_arguments_go_to_pytest_alone(machine: Machine) -> None:
    (machine.room / "test_here.py").touch()
    machine.run("bin/test", "test_here.py::test_a b", "tests/domain", "-x")
    assert machine.asked()[-1:] == [f"python -m pytest {machine.room}/test_here.py::test_a b tests/domain -x"]
