"""The timetable: what time does, when, and why. A sweep is safe to run twice.

What people wait for (a mail, an SMS, a demande that leaves by itself) has a lane of its own, which waits for no other;
everything else is woken by SAQ, at its hour. `ouvrier.py` runs both. Each sweep finds the rows that need it, does what
they need and marks them, so that the next turn finds again what a lost one left. A verb of the domain that asks for
nothing but the hour stands here as it is; a sweep that needs more (a mail server, a form) has its module. Nothing is
planned between 02:00 and 03:00, an hour that happens twice, or never, on the nights when the clocks change.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any

from saq import CronJob

from app import horloge
from app.domain.faits.courriels import CHANNEL
from app.domain.figures.blocages import look_for_surges
from app.domain.groupes.absences import turn_absences
from app.domain.notifications.inactivite import watch_inactivity
from app.domain.notifications.memos import remind
from app.domain.notifications.recapitulatif import recap_week, remind_to_close, tell_cgu
from app.domain.notifications.souffrance import climb
from app.domain.oubli.annonces import warn_of_erasure
from app.domain.oubli.dormantes import close_dormant, propose_closing
from app.domain.oubli.menages import forget_rows
from app.domain.pieces_jointes.effacement import warn_authors
from app.tasks.battements import beat_heart
from app.tasks.courriels import send_courriels, send_urgents
from app.tasks.journal import seal_journal, verify_journal
from app.tasks.mandats import end_mandats, send_ready, send_sms
from app.tasks.oubli import erase_demandes
from app.tasks.ouvrier import Lane, Sweep, told_apart
from app.tasks.pieces_jointes import draw_apercus, erase_pieces, scan_pieces
from app.tasks.rappels import send_rappels
from app.tasks.reperes import fold_former
from app.tasks.reponses import send_answers
from app.tasks.statistiques import count_souffrances, publish_figures, sum_figures

Verb = Callable[[datetime], Awaitable[object]]


def _at_now(verb: Verb) -> Sweep:
    """A verb of the domain as a sweep: all it asks for is the hour."""

    @wraps(verb)
    async def sweep(_: dict[str, Any]) -> None:
        await verb(horloge.now())

    return sweep


def _every(cron: str, sweep: Sweep, seconds: int) -> "CronJob[Any]":
    # SAQ's own defaults (10 s, UTC) fit nothing here, so each is stated. There is one attempt, because the next cron
    # is the retry.
    return CronJob(function=told_apart(sweep), cron=cron, timeout=seconds, retries=1, ttl=60)


LANES = [
    # Whoever signs in looks at their mailbox now. A round is short, so that a mail server that comes back is seen soon.
    Lane("connexion", (send_urgents,), seconds=1, channel=CHANNEL),
    # A mail leaves within a second of its commit; ten seconds catch what a nudge missed, and the retries.
    Lane("courriels", (send_courriels,), seconds=10, channel=CHANNEL),
    # The usager is often on the phone with the agent, waiting for the SMS; a demande that only waited for an OUI
    # leaves while they still are.
    Lane("sms", (send_sms, send_ready), seconds=10),
    # An answer leaves within seconds of its hour; the page also lets it leave.
    Lane("reponses", (send_answers,), seconds=5),
    # A program is told within the minute; one that does not answer makes only the others wait.
    Lane("programmes", (send_rappels,), seconds=30),
    # Nobody opens a file before the antivirus has said what it is.
    Lane("antivirus", (scan_pieces,), seconds=10),
    # A photo just sent is looked at within seconds; a file that takes its whole time to draw holds nobody else up.
    Lane("apercus", (draw_apercus,), seconds=3),
    # /sante/pret says 503 after three minutes of silence.
    Lane("coeur", (beat_heart,), seconds=15),
]

TIMETABLE = [
    # A rung of the ladder is climbed within ten minutes of its hour; the mails keep their own hours.
    _every("*/10 * * * * 35", _at_now(climb), 300),
    # A reminder comes at 8:00 of each time zone.
    _every("*/10 * * * * 55", _at_now(remind), 300),
    # Monday 10:30 comes at another time in each time zone; reminders and inactivity are looked at as often.
    _every("*/10 * * * * 45", _at_now(recap_week), 300),
    _every("12 * * * *", _at_now(remind_to_close), 300),
    _every("22 * * * *", _at_now(watch_inactivity), 600),
    _every("32 * * * *", _at_now(tell_cgu), 600),
    # A line of the journal is open to forgery until it is sealed.
    _every("* * * * *", seal_journal, 50),
    # What was tampered with is known the next morning; a year of lines is read when nobody works.
    _every("40 4 * * *", verify_journal, 1800),
    # Figures are exact without this sweep, which keeps small what is counted live.
    _every("* * * * * 20", sum_figures, 50),
    # What was published yesterday is made again before offices open; on a new base, at once.
    _every("* * * * * 40", publish_figures, 600),
    # What former versions sent is found within hours; on a base that is up to date it reads one empty index.
    _every("* * * * * 25", fold_former, 50),
    # A surge is told within the hour.
    _every("47 * * * *", _at_now(look_for_surges), 300),
    # Each time zone has its own 18:00; an hour that was missed is counted at the next one.
    _every("7 * * * *", count_souffrances, 300),
    # Each time zone has its own midnight, and what comes to somebody away must reach their substitute soon.
    _every("*/5 * * * *", _at_now(turn_absences), 240),
    # An SMS waits seven days for its answer, and a mandat lasts one year.
    _every("27 * * * *", end_mandats, 300),
    # Links, sessions, attempts and drafts do not outlive their time by more than an hour.
    _every("17 * * * *", _at_now(forget_rows), 300),
    # What is promised for the ninetieth day goes within the hour; a run that was cut short is taken up by the next.
    _every("52 * * * *", erase_demandes, 3000),
    # A file is erased within the hour of its fifteenth day; after the drafts, whose files go with them.
    _every("37 * * * *", erase_pieces, 1800),
    # Authors are told once a day, early enough for them to act the same day.
    _every("5 9 * * *", _at_now(warn_authors), 600),
    _every("10 9 * * *", _at_now(warn_of_erasure), 600),
    # Proposals come in the morning too; what closes was proposed fifteen days before.
    _every("15 9 * * *", _at_now(close_dormant), 1800),
    _every("20 9 * * *", _at_now(propose_closing), 1800),
]
