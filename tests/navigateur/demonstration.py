"""The demonstration, started once for the run: site, worker and base of its own, with the seed in it.

The stories go through its pages as people would; the base is touched only for what no page does: a session that
ends by itself, the hour that passes between two sign-in mails, the daylight somewhere in France.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any, LiteralString

import psycopg

from app import cookies
from app.database import find_database_url
from app.domain.acces.sessions import hash_jeton
from app.settings import ROOT, get_settings

READY_SECONDS = 180
OPEN_AT_CAF: LiteralString = """
select d.numero, d.titre from demandes d join agents a on a.id = d.auteur
join sollicitations s on s.demande = d.numero join groupes g on g.id = s.groupe and g.nom = 'CAF 22'
where a.email = %s and d.closed_at is null and s.traitee_at is null and s.declinee_at is null
    and exists (select 1 from mandats m where m.demande = d.numero and m.etat = 'valide')
    and not exists (select 1 from journal j where j.demande = d.numero and j.at > %s)
order by d.numero
"""
# The same situation, sent yesterday to the CAF 22 alone; nobody has read it but its author.
COPY: LiteralString = """
with m as (select d from demandes d where numero = %s),
d as (
    insert into demandes select (jsonb_populate_record(m.d, jsonb_build_object('numero', n.numero,
        'formulaire', gen_random_uuid(), 'sent_at', at, 'last_aidant_at', at, 'last_public_at', at, 'last_prive_at', at,
        'repere', n.numero || ltrim((m.d).repere, '0123456789')))).*
    from m, (select nextval(pg_get_serial_sequence('demandes', 'numero')) as numero, now() - interval '1 day' as at) n
    returning *),
s as (
    insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
    select d.numero, g.id, d.auteur, d.sent_at, d.sent_at + interval '9 days' from d, groupes g where g.nom = 'CAF 22'),
l as (insert into lectures (demande, agent, first_at, last_at) select numero, auteur, sent_at, sent_at from d)
insert into mandats
select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'demande', d.numero))).*
from d, m join mandats o on o.demande = (m.d).numero and o.etat = 'valide' limit 1
returning demande
"""

ASKED_OF_CAF_ALONE: LiteralString = """
select d.numero from demandes d join agents a on a.id = d.auteur
join sollicitations s on s.demande = d.numero join groupes g on g.id = s.groupe and g.nom = 'CAF 22'
where a.email = %s and d.closed_at is null and s.traitee_at is null and s.declinee_at is null
    and not exists (select 1 from sollicitations o where o.demande = d.numero and o.id <> s.id)
order by length(d.titre), d.numero limit 1
"""


@dataclass
class Demonstration:
    """Where it answers and what it said. `sql` reaches its base."""

    url: str
    folder: Path
    base: str
    said: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    process: "subprocess.Popen[str] | None" = None
    taken: set[int] = field(default_factory=set)
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def sql(self, text: LiteralString, *args: object) -> list[tuple[Any, ...]]:
        """Rows of one statement, kept at once."""
        with psycopg.connect(self.base, autocommit=True) as connection:
            cursor = connection.execute(text, args)
            return cursor.fetchall() if cursor.description else []

    def open_session(self, email: str) -> str:
        """The session cookie of somebody who signed in a while ago."""
        [(agent,)] = self.sql("select id from agents where email = %s", email)
        jeton, now = secrets.token_urlsafe(32), datetime.now(UTC)
        self.sql(
            "insert into sessions (cle, agent, created_at, last_seen_at, expires_at, second_facteur_at) "
            "values (%s, %s, %s, %s, %s, %s)",
            *(hash_jeton(jeton), agent, now, now, now + timedelta(hours=12), now),
        )
        return f"{agent}.{jeton}.{cookies._session_mac(str(agent), jeton).decode()}"

    def end_session(self, cookie: str) -> None:
        """What twelve hours, or « Déconnecter partout » elsewhere, do to a session."""
        [(left,)] = self.sql(
            "with gone as (delete from sessions where cle = %s returning 1) select count(*) from gone",
            hash_jeton(cookie.split(".")[1]),
        )
        assert left == 1, "this session was not open"

    def take_demande(self, auteur: str = "aline@exemple.fr") -> tuple[int, str]:
        """Number and title of a demande of this aidante, open at the CAF 22, followed by nobody; no other story has
        acted or will act in it. Once the seed has no more of them it is a copy.
        """
        untouched = self.sql(OPEN_AT_CAF, auteur, self.since)
        found = [row for row in untouched if row[0] not in self.taken]
        if not found:
            return self.copy_demande(auteur)
        numero, titre = found[0]
        self.taken.add(numero)
        self.sql("update sollicitations set taken_by = null where demande = %s", numero)
        return int(numero), str(titre)

    def copy_demande(self, auteur: str = "aline@exemple.fr") -> tuple[int, str]:
        """Number and title of one of this aidante that was sent yesterday to the CAF 22 alone: nobody has answered."""
        model, titre = self.sql(OPEN_AT_CAF, auteur, datetime.max.replace(tzinfo=UTC))[0]
        [(numero,)] = self.sql(COPY, model)
        self.taken.add(numero)
        return int(numero), str(titre)

    def find_demande(self, auteur: str) -> int:
        """Number of one asked of the CAF 22 alone, to be looked at: other stories may write in it."""
        [(numero,)] = self.sql(ASKED_OF_CAF_ALONE, auteur)
        return int(numero)

    def let_answers_leave(self, numero: int) -> None:
        """The half-minute of the answers that wait in this demande is over."""
        self.sql("update brouillons set part_at = now() where demande = %s and part_at is not null", numero)

    def let_an_hour_pass(self) -> None:
        """Sign-in mails are counted per hour (product §4); the run signs in more often than people do."""
        self.sql("delete from tentatives")


@cache
def demonstration() -> Demonstration:
    """Start it on a free port, wait until it says « Prêt »; `stop` ends it."""
    settings = get_settings()
    server = find_database_url(settings)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database navigateur")
    base = server.replace("/aplus", "/navigateur", 1)
    made = Demonstration(find_url(), Path(tempfile.mkdtemp(prefix="aplus-navigateur-")), base)
    ready = Event()
    made.process = start("demo", made, {})
    Thread(target=_listen, args=(made, ready), daemon=True).start()
    assert ready.wait(READY_SECONDS), "not ready:\n" + "".join(made.said)
    assert made.process.poll() is None, "it stopped:\n" + "".join(made.said)
    return made


@cache
def patient_site() -> Demonstration:
    """A second site beside the demonstration, where answers wait before they leave; `stop` ends it.

    They wait longer than any story lasts: `Demonstration.let_answers_leave` says when their hour has come.
    """
    return beside({"ANSWER_WAIT_SECONDS": "600"})


def beside(more: dict[str, str]) -> Demonstration:
    """Another site on the base of the demonstration, with these settings; `stop` ends it."""
    made = demonstration()
    site = Demonstration(find_url(), made.folder, made.base, taken=made.taken, since=made.since)
    serve(site, more)
    return site


def find_url() -> str:
    """An address nobody serves yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def serve(site: Demonstration, more: dict[str, str]) -> None:
    """Start this site and wait until it answers; `stop` ends it."""
    site.process = start("web", site, more)
    Thread(target=_listen, args=(site, Event()), daemon=True).start()
    until = time.monotonic() + READY_SECONDS
    while not _answers(int(site.url.rpartition(":")[2])):
        assert time.monotonic() < until and site.process.poll() is None, "\n".join(site.said)
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment_of(made: Demonstration) -> dict[str, str]:
    """What a command of this site reads."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("APLUS_")},
        "APLUS_VAR": str(made.folder),
        "DATABASE_URL": made.base,
        "PORT": made.url.rpartition(":")[2],
    }


def start(command: str, made: Demonstration, more: dict[str, str]) -> "subprocess.Popen[str]":
    """A command of this site, in a group of its own; what it says is piped."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", command],
        cwd=ROOT,
        env={**environment_of(made), **more},
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _listen(made: Demonstration, ready: Event) -> None:
    assert made.process is not None and made.process.stdout is not None
    with made.process.stdout as said:
        for line in said:
            made.said.append(line)
            if line.startswith("Prêt"):
                ready.set()
    ready.set()  # it stopped: no need to wait longer


def stop(made: Demonstration) -> None:
    """End site and worker in good order, or for good."""
    if made.process is None or made.process.poll() is not None:
        return
    made.process.terminate()
    try:
        made.process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait()
