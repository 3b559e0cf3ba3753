"""A real clamd, with a signature of our own: up, slow, down, started again (quality S6).

    apt-get install clamav-daemon
    python -m bench.virus

Files are sent as people send them, to a site of its own. None is given to anybody before clamd has said what it is; those
that came while it was slow or down are judged once it is back, and `/sante/pret` rings meanwhile.
"""

import asyncio
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from app import database
from bench.site import Site, Visiteur, find_port, kill, print_row, running_site, signed_in, wait_for_port

# A word that no other file holds, and clamd’s name for it.
VIRUS = b"APLUS-EXERCICE-DE-VIRUS-7f3a91"
SIGNATURE = f"Exercice.Aplus:0:*:{VIRUS.hex()}\n"
FILES = 5
JUDGED_SECONDS = 40.0


@dataclass
class Clamd:
    """The daemon on a port of ours."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """It knows one virus: the official signatures would take a minute and a gigabyte."""
        (self.folder / "exercice.ndb").write_text(SIGNATURE)
        conf = self.folder / "clamd.conf"
        conf.write_text(
            f"TCPSocket {self.port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {self.folder}\nForeground yes\n"
            f"MaxThreads 4\nPidFile {self.folder}/pid\nTemporaryDirectory {self.folder}\n"
        )
        self.process = subprocess.Popen(
            ["clamd", "-c", conf],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for_port(self.port)

    def tell(self, what: signal.Signals) -> None:
        """Stop it in its tracks, or let it go on."""
        assert self.process is not None
        self.process.send_signal(what)

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is not None:
            kill(self.process)


@contextmanager
def clamd_in(folder: Path) -> Iterator[Clamd]:
    """A clamd of its own, dead at the end."""
    folder.mkdir()
    clamd = Clamd(folder, find_port())
    try:
        yield clamd
    finally:
        clamd.kill()


@dataclass
class Bilan:
    """What was sent, and what became of it. `unread`: given to somebody before clamd had read it."""

    clean: list[UUID] = field(default_factory=list)
    infected: list[UUID] = field(default_factory=list)
    refused: int = 0
    unread: int = 0
    slowest: float = 0.0


async def send(who: Visiteur, contenu: bytes) -> UUID | None:
    """Join one file to a form, as the page does; its id, or None when it was refused."""
    formulaire = uuid4()
    response = await who.client.post(
        "/pieces-jointes",
        data={"csrf": who.token(), "pieces_de": str(formulaire)},
        files={"fichiers": (f"{secrets.token_hex(4)}.txt", contenu)},
        headers={"hx-request": "true"},
    )
    assert response.status_code in {200, 422}, response.status_code
    rows = await database.fetch(
        "select id from pieces_jointes where brouillon = :formulaire", formulaire=formulaire
    )
    return rows[0]["id"] if rows else None


async def send_some(who: Visiteur, bilan: Bilan, *, is_read: bool) -> None:
    """Clean files and as many with a virus; while clamd does not read (`is_read`), none of them may be opened."""
    for n in range(FILES):
        for contenu, kept in ((b"bonjour %d" % n, bilan.clean), (b"%d " % n + VIRUS, bilan.infected)):
            started = time.monotonic()
            piece = await send(who, contenu)
            bilan.slowest = max(bilan.slowest, time.monotonic() - started)
            if piece is None:
                bilan.refused += 1
                continue
            kept.append(piece)
            status = await open_status(who, piece)
            bilan.unread += status == 200 and not is_read
            assert status == (200 if is_read else 409), status


async def open_status(who: Visiteur, piece: UUID) -> int:
    """What asking for this file answers."""
    return (await who.client.get(f"/pieces-jointes/{piece}")).status_code


async def judged(who: Visiteur, bilan: Bilan) -> float:
    """How long until every clean file opens and no other is left. Raises TimeoutError."""
    started = time.monotonic()
    while True:
        clean = [await open_status(who, piece) for piece in bilan.clean]
        infected = [await open_status(who, piece) for piece in bilan.infected]
        bilan.unread += infected.count(200)
        if set(clean) <= {200} and set(infected) <= {404}:
            return time.monotonic() - started
        if time.monotonic() - started > JUDGED_SECONDS:
            raise TimeoutError(f"clean {clean}, infected {infected}")
        await asyncio.sleep(0.5)


async def ready_codes(who: Visiteur) -> set[str]:
    """What `/sante/pret` says."""
    return set((await who.client.get("/sante/pret")).text.split())


async def play(site: Site, clamd: Clamd) -> bool:
    """The whole drill; whether every goal is kept."""
    bilan = Bilan()
    await asyncio.to_thread(clamd.start)
    port = find_port()
    await asyncio.to_thread(site.start_web, port)
    site.start("worker")
    site.join()
    await database.open_pool(site.environment["DATABASE_URL"], 2)
    try:
        async with signed_in(f"http://127.0.0.1:{port}", "aida@exemple.fr") as aida:
            await send_some(aida, bilan, is_read=True)
            clamd.tell(signal.SIGSTOP)
            await send_some(aida, bilan, is_read=False)
            clamd.tell(signal.SIGCONT)
            after_slow = await judged(aida, bilan)

            clamd.kill()
            await send_some(aida, bilan, is_read=False)
            before = await ready_codes(aida)
            # Ten minutes pass for those that wait.
            await database.fetch(
                "update pieces_jointes set uploaded_at = uploaded_at - interval '11 minutes' "
                "where verdict = 'en_attente'"
            )
            rung = await ready_codes(aida)
            await asyncio.to_thread(clamd.start)
            after_down = await judged(aida, bilan)
            after = await ready_codes(aida)
    finally:
        await database.close_pool()
    print_row(
        acts=len(bilan.clean) + len(bilan.infected) + bilan.refused,
        kills=1,
        given_unread=bilan.unread,
        refused_at_once=bilan.refused,
        erased_later=len(bilan.infected),
        slowest_post_s=f"{bilan.slowest:.1f}",
        judged_s_after_slow=f"{after_slow:.1f}",
        judged_s_after_restart=f"{after_down:.1f}",
        alarm="rang and stopped" if "antivirus" in rung - before - after else "did not ring",
    )
    return bilan.unread == 0 and bilan.refused == FILES and "antivirus" in rung - before - after


def main() -> None:
    """Exit 1 when a file was given unread, or the alarm did not ring."""
    if shutil.which("clamd") is None:
        sys.exit("clamd is not there: apt-get install clamav-daemon")
    with running_site() as site, clamd_in(site.folder / "clamd") as clamd:
        site.environment["CLAMD_URL"] = clamd.url
        sys.exit(int(not asyncio.run(play(site, clamd))))


if __name__ == "__main__":
    main()
