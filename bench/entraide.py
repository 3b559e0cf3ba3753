"""The same three pages by django-helpdesk and by us, in turn on one machine: its speed is known to whoever has used it.

    python -m bench.entraide [cases]

It is installed in an environment of its own, which goes at the end, and served by two gunicorn workers, DEBUG off,
pages compressed, connections to the base kept. Both have a base of the same PostgreSQL, as many cases with five messages each,
and an agent of the same load. Its list is a page, then the JSON that the script of this page asks for: one visit is both.
"""

import asyncio
import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as but
from functools import partial
from pathlib import Path

import httpx

from app import database
from app.settings import ROOT
from bench.mesures import CLIENTS, INES, answering, say_machine, serving, sign_in
from bench.site import Serveur, Site, find_port, make_environment, running_server

CASES = 100_000
ROUNDS = 5
SECONDS = 1.0
# What was tried: another version may be faster or slower.
PACKAGES = ("django-helpdesk==2.6.1", "Django==5.2.19", "psycopg[binary]==3.3.9", "gunicorn==27.0.1")
HOST = "127.0.0.1"
SETTINGS = """
import os

SECRET_KEY, DEBUG, ALLOWED_HOSTS = os.environ["SECRET_KEY"], False, ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.humanize",
    "rest_framework", "helpdesk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "entraide", "USER": "postgres", "HOST": "127.0.0.1",
    "PORT": os.environ["BASE_PORT"], "CONN_MAX_AGE": None,
}}
ROOT_URLCONF, SITE_ID, USE_TZ, LANGUAGE_CODE = "adresses", 1, True, "fr"
STATIC_URL, MEDIA_ROOT = "/static/", os.environ["HOME"]
LOGIN_URL, LOGIN_REDIRECT_URL = "/helpdesk/login/", "/helpdesk/tickets/"
HELPDESK_TEAMS_MODE_ENABLED = False
HELPDESK_ENABLE_PER_QUEUE_STAFF_PERMISSION = bool(os.environ.get("QUEUE_RIGHTS"))
"""
ADDRESSES = """
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("helpdesk/", include("helpdesk.urls")), path("admin/", admin.site.urls)]
"""
# Fifty colleagues only: each page offers all of them, by name, to assign the ticket to.
PEOPLE = """
import os
from django.contrib.auth.models import Permission, User
from helpdesk.models import Queue

agent = User.objects.create_user("ines", "ines@exemple.fr", os.environ["MOT"], is_staff=True)
for n in range(1, 51):
    User.objects.create_user(f"foule{n}", f"foule{n}@exemple.fr", is_staff=True)
for n in range(1, 9):
    queue = Queue.objects.create(title=f"File {n}", slug=f"file{n}")
    if n == 1:
        agent.user_permissions.add(Permission.objects.get(codename=queue.permission_name.split(".")[1]))
"""
# Texts and proportions of `bench/charge.py`: one case in ten is open. The agent has the first ones, alone in her queue. The
# word that is looked for is in one case of fifty, and in fifteen of hers, which is what she finds on our site.
CASES_SQL = """
insert into helpdesk_ticket (title, queue_id, created, modified, submitter_email, assigned_to_id, status, on_hold,
        description, priority, secret_key)
    select 'Demande de charge ' || n || case when is_found then ' logement' else '' end,
        q.ids[case when is_hers then 1 else 2 + n % 7 end], at, at, 'foule' || n % {agents} || '@exemple.fr',
        u.ids[case when is_hers then 1 else 2 + n % 50 end], case when is_open then 1 else 4 end, false,
        repeat('Texte de charge. ', 20), 3, gen_random_uuid()::text
    from generate_series(1, {cases}) n
    cross join lateral (select n <= {hers} as is_hers, now() - (n % 400) * interval '1 day' as at) t
    cross join lateral (select case when is_hers then n % 7 < 2 else n % 50 = 0 end as is_found,
        case when is_hers then n <= {opened} else n % 10 = 0 end as is_open) c
    cross join (select array_agg(id order by id) as ids from auth_user) u
    cross join (select array_agg(id order by id) as ids from helpdesk_queue) q;
insert into helpdesk_followup (ticket_id, date, title, comment, public, user_id)
    select t.id, t.created + k * interval '1 hour', 'Commentaire', 'Message de charge ' || k, true, t.assigned_to_id
    from helpdesk_ticket t cross join generate_series(1, 5) k;
"""
#: How many demandes she may read here, and how many are still open: hers there are as many.
HER_LOAD = """
select count(distinct s.demande) as hers, count(distinct s.demande) filter (where s.closed_at is null) as opened,
    max(s.demande) filter (where s.closed_at is null) as numero
from sollicitations s join adhesions a on a.groupe = s.groupe where a.agent = :agent
"""
Visit = Callable[[httpx.AsyncClient], Awaitable[int]]


@dataclass
class Mesure:
    """One page of one site: the seconds of its visits, its visits a second in each turn, and its bytes as they travel."""

    times: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def told(self) -> tuple[str, str, str]:
        """Median milliseconds, visits a second, bytes."""
        median, rate = statistics.median(self.times) * 1000, statistics.median(self.rates)
        return f"{median:.1f}", f"{rate:.1f}", str(self.size)


@dataclass(frozen=True)
class Entraide:
    """django-helpdesk: its folder, its Python, and what its processes read in their environment."""

    folder: Path
    environment: dict[str, str]

    def run(self, *words: str) -> None:
        """One command of its Python to its end."""
        python = self.folder / "venv" / "bin" / "python"
        subprocess.run([python, *words], cwd=self.folder, env=self.environment, check=True)

    def install(self) -> None:
        """Its environment, made by the Python of the system, and its project of two files."""
        python = Path(sys.base_prefix) / "bin" / "python3"
        subprocess.run([python, "-m", "venv", self.folder / "venv"], check=True)
        installed = but(self, environment=dict(os.environ))
        installed.run("-m", "pip", "install", "-qq", "--disable-pip-version-check", *PACKAGES)
        (self.folder / "reglages.py").write_text(SETTINGS, encoding="utf-8")
        (self.folder / "adresses.py").write_text(ADDRESSES, encoding="utf-8")

    def load(self, server: Serveur, cases: int, hers: int, opened: int) -> None:
        """Its schema, its people and its cases."""
        server.run("createdb", "-h", HOST, "-p", str(server.port), "-U", "postgres", "entraide")
        self.run("-m", "django", "migrate", "--verbosity", "0")
        self.run("-m", "django", "shell", "--verbosity", "0", "-c", PEOPLE)
        sql = CASES_SQL.format(cases=cases, hers=hers, opened=opened, agents=max(1000, cases // 10))
        base = server.url.removesuffix("postgres") + "entraide"
        for statement in (sql, "vacuum analyze"):
            server.run("psql", "-q", "-v", "ON_ERROR_STOP=1", base, "-c", statement)

    @contextmanager
    def serving(self, port: int, **more: str) -> Iterator[None]:
        """Two workers that answer on this port."""
        words = ("--workers", "2", "--timeout", "300", "--bind", f"{HOST}:{port}", "--log-level", "warning")
        gunicorn = str(self.folder / "venv" / "bin" / "gunicorn")
        command = (gunicorn, *words, "django.core.wsgi:get_wsgi_application()")
        with answering(command, port, self.environment | more, self.folder):
            yield

    @asynccontextmanager
    async def signed_in(self, port: int) -> AsyncIterator[httpx.AsyncClient]:
        """The agent, by the form of the sign-in."""
        async with reading(port) as client:
            page = await client.get("/helpdesk/login/")
            [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[:1]
            form = {"username": "ines", "password": self.environment["MOT"], "csrfmiddlewaretoken": token}
            signed = await client.post("/helpdesk/login/", data=form)
            assert signed.status_code == httpx.codes.FOUND, signed.text
            yield client


def reading(port: int, **headers: str) -> httpx.AsyncClient:
    """Who reads a site: the same client for both."""
    address, common = f"http://{HOST}:{port}", {"host": HOST, "accept-encoding": "gzip"}
    return httpx.AsyncClient(base_url=address, headers=common | headers, timeout=300)


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """One answer, which is a page and not a way elsewhere."""
    answer = await client.get(path)
    assert answer.status_code == httpx.codes.OK, (path, answer.status_code)
    return answer


async def visit_page(client: httpx.AsyncClient, path: str) -> int:
    """One page; its bytes as they travelled."""
    return (await read(client, path)).num_bytes_downloaded


async def visit_list(client: httpx.AsyncClient, path: str) -> int:
    """A list of django-helpdesk: the page, then the rows that its script asks for, as many as a page of ours shows."""
    page = await read(client, path)
    [rows] = re.findall(r'"(/helpdesk/datatables_ticket_list/[^"]*)"', page.text)
    answer = await read(client, f"{rows}?draw=1&start=0&length=25")
    assert answer.json()["data"], path
    return page.num_bytes_downloaded + answer.num_bytes_downloaded


async def take_turn(client: httpx.AsyncClient, visit: Visit, mesure: Mesure) -> None:
    """Eight clients for one turn; a visit that has begun comes to its end, and counts."""
    times: list[float] = []
    began = time.monotonic()

    async def visit_again() -> None:
        while (started := time.monotonic()) < began + SECONDS:
            mesure.size = await visit(client)
            times.append(time.monotonic() - started)

    await asyncio.gather(*(visit_again() for _ in range(CLIENTS)))
    mesure.rates.append(len(times) / (time.monotonic() - began))
    mesure.times += times


async def compare(
    nom: str, theirs: tuple[httpx.AsyncClient, Visit], ours: tuple[httpx.AsyncClient, Visit]
) -> str:
    """A row of the table: both in pairs of turns, of which the first warms."""
    them, us = Mesure(), Mesure()
    for turn in range(ROUNDS + 1):
        await take_turn(*theirs, them)
        await take_turn(*ours, us)
        if not turn:
            them, us = Mesure(), Mesure()
    ratio = statistics.median(our / their for our, their in zip(us.rates, them.rates, strict=True))
    load = f"{os.getloadavg()[0]:.1f}"
    return "| " + " | ".join((nom, *them.told, *us.told, f"{ratio:.1f}", load)) + " |"


async def measure(entraide: Entraide, environment: dict[str, str], cases: int, server: Serveur) -> list[str]:
    """Both sites loaded, served and read."""
    await database.open_pool(server.url, 2, is_for_pages=True)
    try:
        agent, cookie = await sign_in(INES)
        [load] = await database.fetch(HER_LOAD, agent=agent)
    finally:
        await database.close_pool()
    hers, opened = int(load["hers"]), int(load["opened"])
    started = time.monotonic()
    await asyncio.to_thread(entraide.load, server, cases, hers, opened)
    print(
        f"{cases} tickets loaded in {time.monotonic() - started:.0f} s; the agent reads {hers}, {opened} open"
    )
    shipped, by_queue, port = find_port(), find_port(), find_port()
    with (
        entraide.serving(shipped),
        entraide.serving(by_queue, QUEUE_RIGHTS="1"),
        serving("app", "web", port=port, environment=environment),
    ):
        async with (
            entraide.signed_in(shipped) as anybody,
            entraide.signed_in(by_queue) as agent_of_queue,
            reading(port, cookie=cookie) as us,
        ):
            # Her own ticket, as the list of her open ones shows it: the first tickets are hers.
            own = "/helpdesk/tickets/?assigned_to=1&status=1&status=2"
            every, found = "/helpdesk/tickets/", "/helpdesk/tickets/?q=logement"
            liste = (us, partial(visit_page, path="/demandes/recues"))
            demande = (us, partial(visit_page, path=f"/demandes/{load['numero']}"))
            recherche = (us, partial(visit_page, path="/demandes/recherche?q=logement"))
            return [
                await compare("list", (agent_of_queue, partial(visit_list, path=own)), liste),
                await compare("one case", (agent_of_queue, partial(visit_page, path=f"{every}1/")), demande),
                await compare("search", (agent_of_queue, partial(visit_list, path=found)), recherche),
                await compare("list, as it ships", (anybody, partial(visit_list, path=every)), liste),
                await compare("search, as it ships", (anybody, partial(visit_list, path=found)), recherche),
            ]


def main(cases: int) -> None:
    """Print the table."""
    with running_server() as (folder, server):
        environment = make_environment(folder, server.url)
        demo = environment | {"APLUS_ENV": "demo", "SMTP_URL": "", "BASE_URL": "http://127.0.0.1"}
        words = (sys.executable, "-m", "bench.charge", str(cases))
        subprocess.run(words, env=demo, cwd=ROOT, check=True)
        Site(folder, environment).join()
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(folder),
            "DJANGO_SETTINGS_MODULE": "reglages",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "MOT": secrets.token_urlsafe(16),
            "BASE_PORT": str(server.port),
        }
        entraide = Entraide(folder, own)
        entraide.install()
        lines = asyncio.run(measure(entraide, environment, cases, server))
    print(
        f"{say_machine()} {', '.join(PACKAGES)}; {CLIENTS} clients, {ROUNDS} pairs of turns of {SECONDS:.0f} s.\n"
    )
    print(
        "| page | its median ms | pages/s | bytes | our median ms | pages/s | bytes | ours / its pages/s | load |"
    )
    print("|---|---|---|---|---|---|---|---|---|", *lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
