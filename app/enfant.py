"""A warm child process for work that must not hurt the others: bare, bounded, fed by frames, killed past its time.

What reads strange documents (the printer, the judge of files) runs there: `run_child` is the child’s end, `Atelier`
the parent’s, with as many children as there are places and one queue that is fair to each agent.
"""

import asyncio
import contextlib
import os
import resource
import struct
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

RACINE = Path(__file__).resolve().parents[1]
MEMOIRE_MAX = 1 << 30  # bytes of address space, libraries included
DEMARRAGE_S = 30.0
# A child that nobody needed for five minutes ends, and its memory is given back.
REPOS_S = 300.0
OK, ECHEC = b"+", b"-"
INTERDITS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
TROP_LENT, PERDU, FILE_PLEINE, PART_PLEINE = "trop lent", "enfant perdu", "file pleine", "part pleine"


class EnfantEnEchec(Exception):
    """The work was not done. `raison`: one of the four words above, or the name of the exception of the child."""

    def __init__(self, raison: str) -> None:
        super().__init__(raison)
        self.raison = raison


# --- Frames ---------------------------------------------------------------------------------------------------------


def write_frame(tuyau: IO[bytes], marque: bytes, octets: bytes) -> None:
    """A mark, a length on 4 bytes, then the bytes."""
    tuyau.write(marque + struct.pack(">I", len(octets)))
    tuyau.write(octets)
    tuyau.flush()


def read_frame(tuyau: IO[bytes]) -> tuple[bytes, bytes]:
    """The mark and the bytes of what `write_frame` wrote; raises EOFError when the other end has gone."""
    entete = tuyau.read(5)
    if len(entete) < 5:
        raise EOFError
    (longueur,) = struct.unpack(">I", entete[1:])
    octets = tuyau.read(longueur)
    if len(octets) < longueur:
        raise EOFError
    return entete[:1], octets


# --- The child’s end ------------------------------------------------------------------------------------------------


def run_child(load: Callable[[], Callable[[bytes], bytes]], *, memoire: int = MEMOIRE_MAX) -> None:
    """Read work, write answers, until the parent closes the pipe. `load` brings the libraries and gives the worker.

    Each frame of work starts with the seconds it may take. The child opens no socket, starts no program, writes no
    file; its memory (`memoire`, bytes of address space) and its processor time are bounded.
    """
    entree, sortie = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write in the middle of an answer
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would keep names
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        work = load()
    except BaseException as erreur:
        write_frame(sortie, ECHEC, type(erreur).__name__.encode())
        return
    sys.addaudithook(_forbid)
    write_frame(sortie, OK, b"")
    while True:
        try:
            octets = read_frame(entree)[1]
        except EOFError:
            return
        (limite_s,) = struct.unpack(">d", octets[:8])
        _limit_cpu(limite_s)
        try:
            marque, reponse = OK, work(octets[8:])
        except BaseException as erreur:
            marque, reponse = ECHEC, type(erreur).__name__.encode()
        del octets  # ten megabytes are not kept while waiting for the next work
        write_frame(sortie, marque, reponse)
        del reponse


def _forbid(evenement: str, _arguments: tuple[Any, ...]) -> None:
    if evenement.startswith(INTERDITS):
        raise PermissionError(evenement)


def _limit_cpu(secondes: float) -> None:
    # RLIMIT_CPU counts the whole life of the process: the allowance is moved forward for each piece of work.
    usage = resource.getrusage(resource.RUSAGE_SELF)
    butee = int(usage.ru_utime + usage.ru_stime + secondes) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (butee, resource.RLIM_INFINITY))


# --- The parent’s end -----------------------------------------------------------------------------------------------


class Enfant:
    """One child, running `python -m module`. Raises EnfantEnEchec when it cannot start."""

    def __init__(self, module: str) -> None:
        self.rendus = 0
        self._perdu = False
        try:
            # The child gets a bare environment, so that it can read no secret, and no stderr, which could quote names.
            self.processus = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=RACINE,
                # With one arena, the threads of a library do not reserve 64 MB of the address space each.
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,
            )
        except OSError as erreur:
            raise EnfantEnEchec(PERDU) from erreur
        try:
            self._within(DEMARRAGE_S, self._read)
        except EnfantEnEchec:
            self.stop()
            raise

    def is_spent(self) -> bool:
        """Killed, crashed or short of memory: the next work deserves a clean child."""
        return self._perdu or self.processus.poll() is not None

    def ask(self, octets: bytes, limite_s: float) -> bytes:
        """Its answer; it is killed past `limite_s`. Raises EnfantEnEchec."""
        self.rendus += 1

        def exchange() -> bytes:
            assert self.processus.stdin is not None
            write_frame(self.processus.stdin, OK, struct.pack(">d", limite_s) + octets)
            return self._read()

        return self._within(limite_s, exchange)

    def stop(self) -> None:
        """Kill it at once: it keeps nothing, and a stuck one would not listen."""
        self.processus.kill()
        self.processus.wait()
        for tuyau in (self.processus.stdin, self.processus.stdout):
            with contextlib.suppress(OSError):
                if tuyau is not None:
                    tuyau.close()

    def _within(self, limite_s: float, act: Callable[[], bytes]) -> bytes:
        # Killing the child closes its pipe, which frees a blocked read.
        minuteur = threading.Timer(limite_s, self.processus.kill)
        minuteur.start()
        debut = time.monotonic()
        try:
            return act()
        except (OSError, EOFError) as erreur:
            self._perdu = True
            raise EnfantEnEchec(TROP_LENT if time.monotonic() - debut >= limite_s else PERDU) from erreur
        finally:
            minuteur.cancel()

    def _read(self) -> bytes:
        assert self.processus.stdout is not None
        marque, octets = read_frame(self.processus.stdout)
        if marque != OK:
            raison = octets.decode("ascii", "replace")
            self._perdu = raison == MemoryError.__name__
            raise EnfantEnEchec(raison)
        return octets


@dataclass
class _Travail:
    """Work that waits for its turn; `prepare` is called then, in the thread of the child."""

    prepare: Callable[[], bytes]
    par: Hashable
    limite: float  # past this instant it is refused rather than done
    rendu: Future[bytes] = field(default_factory=Future)


@dataclass
class Atelier:
    """Warm children behind one bounded queue, safe from any event loop or thread.

    `places`: children working at once. `limite_s`: seconds one piece of work may take before its child is killed.
    `attente_s`: seconds it may wait for its turn. `attente_max`: pieces accepted at once, `part_max` for one agent;
    agents are served in turn. `recyclage`: work after which a child is replaced, so that its memory never creeps up.
    """

    module: str
    places: int
    limite_s: float
    attente_s: float
    attente_max: int
    part_max: int
    recyclage: int = 500

    def __post_init__(self) -> None:
        self.enfants: dict[int, Enfant] = {}
        self._verrou = threading.Condition()
        self._files: OrderedDict[Hashable, deque[_Travail]] = OrderedDict()
        self._parts: dict[Hashable, int] = {}
        self._fils: list[threading.Thread] = []
        self._libres = 0
        self._ferme = False

    async def ask(self, prepare: Callable[[], bytes], *, par: Hashable) -> bytes:
        """The answer of a child to what `prepare` gives. Raises EnfantEnEchec, and what `prepare` raises.

        `par`: whose work it is. Never lasts beyond both limits.
        """
        return await asyncio.wrap_future(self._accept(prepare, par))

    def close(self) -> None:
        """Stop children and threads; waits for what is being done, at most `limite_s`. Asking again starts others."""
        with self._verrou:
            fils, self._fils = self._fils, []
            self._ferme = True
            self._verrou.notify_all()
        for fil in fils:
            fil.join()
        self._ferme = False

    def _accept(self, prepare: Callable[[], bytes], par: Hashable) -> Future[bytes]:
        travail = _Travail(prepare, par, time.monotonic() + self.attente_s)
        with self._verrou:
            part = self._parts.get(par, 0)
            if part >= self.part_max:
                raise EnfantEnEchec(PART_PLEINE)
            if sum(self._parts.values()) >= self.attente_max:
                raise EnfantEnEchec(FILE_PLEINE)
            self._parts[par] = part + 1
            self._files.setdefault(par, deque()).append(travail)
            en_attente = sum(len(file) for file in self._files.values())
            if en_attente > self._libres and len(self._fils) < self.places:
                place = len(self._fils)
                fil = threading.Thread(target=self._serve, args=(place,), name=self.module, daemon=True)
                self._fils.append(fil)
                fil.start()
            self._verrou.notify()
        return travail.rendu

    # --- From here on, the thread of one place.

    def _serve(self, place: int) -> None:
        while travail := self._next(place):
            tell = self._do(place, travail) if travail.rendu.set_running_or_notify_cancel() else None
            # The place is freed before the answer is told, because who hears it may ask again at once.
            self._leave(travail.par)
            if tell:
                tell()
            del travail, tell  # neither its file nor its answer is kept while waiting
        self._release(place)

    def _next(self, place: int) -> _Travail | None:
        """The next work, one agent after the other; None when the workshop closes."""
        with self._verrou:
            while not self._files:
                if self._ferme:
                    return None
                self._libres += 1
                is_woken = self._verrou.wait(REPOS_S)
                self._libres -= 1
                if not is_woken:
                    self._release(place)
            par, file = self._files.popitem(last=False)
            travail = file.popleft()
            if file:
                self._files[par] = file  # behind the others
            return travail

    def _do(self, place: int, travail: _Travail) -> Callable[[], None]:
        """Do it, and return what tells its end."""
        try:
            if time.monotonic() > travail.limite:
                raise EnfantEnEchec(FILE_PLEINE)
            reponse = self._enfant(place).ask(travail.prepare(), self.limite_s)
        except BaseException as erreur:
            return partial(travail.rendu.set_exception, erreur)
        return partial(travail.rendu.set_result, reponse)

    def _leave(self, par: Hashable) -> None:
        with self._verrou:
            self._parts[par] -= 1
            if not self._parts[par]:
                del self._parts[par]

    def _enfant(self, place: int) -> Enfant:
        enfant = self.enfants.get(place)
        if enfant is not None and (enfant.is_spent() or enfant.rendus >= self.recyclage):
            self._release(place)
            enfant = None
        if enfant is None:
            enfant = self.enfants[place] = Enfant(self.module)
        return enfant

    def _release(self, place: int) -> None:
        enfant = self.enfants.pop(place, None)
        if enfant is not None:
            enfant.stop()
