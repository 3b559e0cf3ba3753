"""The image of `Containerfile`, built from a Debian made here, then run as `compose.yaml` runs it (issue « several machines »).

    apt-get install mmdebstrap podman runc        as root
    python -m bench.image [folder]

Nothing of a registry of images is fetched: mmdebstrap makes the base from the packages of Debian, and the folder keeps it for
the next time. Then: who it runs as, what is in it, and on a base of its own a `migrate`, a web and a worker with a root that
is read-only, without any capability; its own HEALTHCHECK, a page, a PDF, and TERM.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from app.settings import ROOT
from bench.site import find_port, make_environment, print_row, running_server, wait_for_web

BASE, IMAGE = "localhost/aplus-base", "localhost/aplus"
INCLUDED = "python3,python3-venv,ca-certificates"
CERTIFICATES = "/etc/ssl/certs"
# What no production holds: tests, drills, invented people, and what only those need.
UNWANTED = re.compile(
    r"/(tests?|bench|conftest\.py|seed\w*\.py|app/territoire|\.venv/bin/(pytest|ruff|playwright))(/|$)"
)
PDF = "from weasyprint import HTML; print(len(HTML(string='<p lang=fr>Mandat signé à Saint-Brieuc').write_pdf()) > 1000)"
# As compose.yaml says. Limits of ours: not every machine lets a container raise its own.
HARDENED = (
    *("--read-only", "--tmpfs", "/tmp:size=1g,mode=1777", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges", "--network", "host"),
    *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"),
)


class Podman:
    """podman with a store of its own, in the folder of the drill."""

    def __init__(self, folder: Path) -> None:
        store = ("--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "vfs")
        self.words = ("podman", *store, "--cgroup-manager", "cgroupfs", "--runtime", "runc")

    def run(self, *words: str) -> str:
        """One command to its end; what it said. Raises CalledProcessError."""
        return subprocess.run(
            [*self.words, *words], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def can(self, *words: str) -> bool:
        """Whether it goes well."""
        with suppress(subprocess.CalledProcessError):
            self.run(*words)
            return True
        return False


def build(podman: Podman, folder: Path) -> float:
    """The base, unless it is there, and the image; how long the image took."""
    if not podman.can("image", "exists", BASE):
        tar = folder / "base.tar"
        subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", tar], check=True
        )
        podman.run("import", str(tar), BASE)
        tar.unlink()
    started = time.monotonic()
    # The format of Docker: that of OCI knows no HEALTHCHECK.
    how = (
        "--format",
        "docker",
        "--layers=false",
        "--isolation",
        "chroot",
        "--volume",
        f"{CERTIFICATES}:{CERTIFICATES}:ro",
    )
    podman.run("build", *how, "--build-arg", f"BASE={BASE}", "--tag", IMAGE, str(ROOT))
    return time.monotonic() - started


def find_unwanted(podman: Podman) -> list[str]:
    """Files of the image that no production needs; what libraries bring is theirs."""
    find = ("--entrypoint", "find", IMAGE, "/srv/aplus", "-not", "-path", "*/.venv/lib/*")
    paths = podman.run("run", "--rm", *HARDENED, *find).splitlines()
    assert "/srv/aplus/app/main.py" in paths
    return [path for path in paths if UNWANTED.search(path)]


def serve(podman: Podman, folder: Path) -> dict[str, object]:
    """Migrate, serve, be looked at, end."""
    with running_server() as (place, server):
        port = find_port()
        given = make_environment(
            place, f"postgresql://postgres@127.0.0.1:{server.port}/postgres", PORT=str(port)
        )
        own = ("PATH", "HOME", "LANG", "APLUS_VAR")
        environment = [f"--env={name}={value}" for name, value in given.items() if name not in own]
        run = ("run", *HARDENED, *environment, "--volume", "aplus-essai:/var/lib/aplus")
        python = "/srv/aplus/.venv/bin/python"
        names = ("aplus-web", "aplus-worker")
        try:
            podman.run(*run, "--rm", IMAGE, "migrate")
            podman.run(*run, "--detach", "--name", "aplus-worker", IMAGE, "worker")
            podman.run(*run, "--detach", "--name", "aplus-web", IMAGE)
            wait_for_web(f"http://127.0.0.1:{port}")
            page = urllib.request.Request(
                f"http://127.0.0.1:{port}/connexion", headers={"host": "aplus.exemple.fr"}
            )
            with urllib.request.urlopen(page, timeout=10) as response:
                status = response.status
            found = {
                "page": status,
                "healthy": podman.can("exec", "aplus-web", *read_healthcheck(podman)),
                "root_is_read_only": not podman.can("exec", "aplus-web", "touch", "/srv/aplus/essai"),
                "pdf": podman.run("exec", "aplus-web", python, "-c", PDF) == "True",
            }
            started = time.monotonic()
            podman.run("stop", "--time", "40", *names)
            found["ended_s"] = f"{time.monotonic() - started:.1f}"
            codes = [podman.run("inspect", "--format", "{{.State.ExitCode}}", name) for name in names]
            return {**found, "exit_codes": " ".join(codes)}
        finally:
            for name in names:
                podman.can("rm", "--force", "--time", "1", name)
            podman.can("volume", "rm", "--force", "aplus-essai")


def read_healthcheck(podman: Podman) -> list[str]:
    """The words of the command that says whether a container lives."""
    [image] = json.loads(podman.run("image", "inspect", IMAGE))
    [kind, *words] = image["Healthcheck"]["Test"]
    assert kind == "CMD", kind
    return [str(word) for word in words]


def main() -> None:
    """Exit 1 when it does not build, holds what it should not, or does not serve."""
    missing = [name for name in ("mmdebstrap", "podman", "runc") if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"this drill is for root, with mmdebstrap, podman and runc; not here: {', '.join(missing)}")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/aplus-image")
    folder.mkdir(parents=True, exist_ok=True)
    podman = Podman(folder)
    built = build(podman, folder)
    [image] = json.loads(podman.run("image", "inspect", IMAGE))
    unwanted, found = find_unwanted(podman), serve(podman, folder)
    print(*unwanted, sep="\n", end="\n" if unwanted else "")
    print_row(
        built_s=f"{built:.0f}",
        MB=f"{image['Size'] / 1e6:.0f}",
        user=image["User"],
        unwanted_files=len(unwanted),
        **found,
    )
    is_well = found["page"] == 200 and all(found[name] for name in ("healthy", "root_is_read_only", "pdf"))
    sys.exit(int(bool(unwanted) or image["User"] != "aplus" or not is_well or found["exit_codes"] != "0 0"))


if __name__ == "__main__":
    main()
