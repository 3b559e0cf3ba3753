"""A mail server that says nothing while 10 000 mails wait, then answers: the sign-in mails leave first (quality R9).

    python -m bench.arrieres [mails]

Then the worker is killed (`kill -9`) and another one started: nothing is lost, and what is given twice bears the same
Message-ID. The mail server is ours, on 127.0.0.1; the drill ends after five minutes, whatever still waits then.
"""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

from app import database
from app.domain.faits.courriels import Pli, post_courriels
from bench.site import Site, kill, print_row, running_site
from tests.smtp import smtp_server

MAILS = 10_000
SIGN_INS = 5
KILLED_AFTER = 500
# How long a mail of this drill may take to be the fifth one after recovery, and the whole drill.
GOAL_SECONDS = 5.0
MOST_SECONDS = 300.0


async def until(what: Callable[[], bool], ends_at: float) -> float:
    """The instant when it became true. Raises TimeoutError at the end of the drill."""
    while not what():
        if time.monotonic() > ends_at:
            raise TimeoutError
        await asyncio.sleep(0.02)
    return time.monotonic()


async def post(count: int, name: str, *, is_urgent: bool = False) -> None:
    """So many mails in the outbox, a thousand at a time."""
    for start in range(0, count, 1000):
        plis = [
            Pli("connexion_inconnue", f"{name}{n}@exemple.fr") for n in range(start, min(start + 1000, count))
        ]
        await post_courriels(plis, contexte={}, now=datetime.now(UTC), is_urgent=is_urgent)


@dataclass
class Recus:
    """Who was written to, and under which Message-IDs. Told of each mail as it comes: to look at ten thousand of them fifty
    times a second took more than to send them.
    """

    by_reader: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    urgents: set[str] = field(default_factory=set)

    def note(self, mail: EmailMessage) -> None:
        """One more."""
        to = str(mail["To"])
        self.by_reader[to].append(str(mail["Message-ID"]))
        if to.startswith("presse"):
            self.urgents.add(to)


async def play(site: Site, mails: int) -> bool:
    """The whole drill; whether every goal is kept."""
    ends_at = time.monotonic() + MOST_SECONDS
    async with smtp_server() as server:
        server.is_silent, recus = True, Recus()
        server.on_message = recus.note
        site.environment["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
        site.join()
        await database.open_pool(site.environment["DATABASE_URL"], 2)
        try:
            await database.fetch("delete from courriels")
            await post(mails, "attend")
            worker = site.start("worker")
            await until(lambda: server.calls > 0, ends_at)
            await post(SIGN_INS, "presse", is_urgent=True)
            await asyncio.sleep(10)
            assert not server.taken

            server.is_silent = False
            recovered_at = time.monotonic()
            signed_at = await until(lambda: len(recus.urgents) == SIGN_INS, ends_at)
            before = len(server.taken) - SIGN_INS

            await until(lambda: len(server.taken) >= min(mails // 2, KILLED_AFTER), ends_at)
            await asyncio.to_thread(kill, worker)
            worker = site.start("worker")
            await until(lambda: len(recus.by_reader) == mails + SIGN_INS, ends_at)
        except TimeoutError:
            print("the time of the drill is over")
        finally:
            ended_at = time.monotonic()
            worker.terminate()
            await asyncio.to_thread(worker.wait)
            [left] = await database.fetch(
                # The timetable writes some of its own meanwhile.
                "select count(*) as count from courriels where fait = 'connexion_inconnue' and sent_at is null"
            )
            await database.close_pool()
    given = recus.by_reader
    twice = [to for to, ids in given.items() if len(ids) > 1]
    is_same = all(len(set(given[to])) == 1 for to in twice)
    lost, after = mails + SIGN_INS - len(given) - left["count"], signed_at - recovered_at
    print_row(
        acts=mails + SIGN_INS,
        kills=1,
        lost=lost,
        doubled=len(twice),
        same_message_id="yes" if is_same else "no",
        sign_in_mails_left_s_after_recovery=f"{after:.1f}",
        others_before_them=before,
        still_waiting=left["count"],
        ended_s_after_recovery=f"{ended_at - recovered_at:.0f}",
        mails_a_second=f"{len(given) / (ended_at - recovered_at):.0f}",
    )
    # Each of two lanes gives one mail at a time: those that were being given when the worker was killed may come twice.
    return lost == 0 and is_same and len(twice) <= 2 and after <= GOAL_SECONDS


def main() -> None:
    """Exit 1 when something was lost, or a sign-in mail left late."""
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else MAILS
    with running_site() as site:
        is_kept = asyncio.run(play(site, mails))
        sys.exit(int(not is_kept or "Traceback" in site.said()))


if __name__ == "__main__":
    main()
