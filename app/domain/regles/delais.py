"""The clock: working days, deadlines, en souffrance. Pure: instants in, instants out.

The rules (product.md §2; S2 and S3, « en souffrance »):

- **3 jours ouvrés** for a first answer, from the moment the groupe was solicited: the same local time
  3 working days later. A moment outside working days counts from 00:00 of the next working day.
- **15 jours** after the last visible answer: calendar days, the same local time 15 days later.

« Local » is the wall clock of the groupe's département. When the clocks change the wall time stays: what was
sent at 10:00 falls due at 10:00. A wall time that does not exist (spring) or comes twice (autumn) has two
readings; the **later** one is kept, so that nobody is called late because of the clocks: 02:30 that does not
exist becomes 03:30, 02:30 that comes twice is the second one. France changes its clocks on Sundays, so only
the 15 days can meet such a time.

Every instant must know its time zone (ValueError otherwise) and every instant returned is in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from app.domain.regles.calendrier import Calendrier

JOURS_PREMIERE_REPONSE = 3
JOURS_SUIVI = 15

ONE_DAY = timedelta(days=1)


def echeance_premiere_reponse(
    solicited_at: datetime, calendrier: Calendrier, jours: int = JOURS_PREMIERE_REPONSE
) -> datetime:
    """When a groupe solicited at `solicited_at` becomes late if it has said nothing, in UTC.

    `jours` is a number of working days, 0 or more: with 0, the moment the delay starts to count. Always falls
    on a working day. Raises ValueError for an instant without time zone or a negative `jours`.
    Source: product.md §2; S2 and S3 « plus de 3 jours ouvrés ».
    """
    if jours < 0:
        raise ValueError("un délai ne remonte pas le temps")
    jour, heure = _start_of_count(solicited_at, calendrier)
    for _ in range(jours):
        jour = _next_jour_ouvre(jour, calendrier)
    return _instant(jour, heure, calendrier)


def echeance_suivi(answered_at: datetime, calendrier: Calendrier) -> datetime:
    """When a groupe whose last visible answer is `answered_at` becomes late: the same local time 15 calendar
    days later, in UTC.

    Raises ValueError for an instant without time zone. Source: product.md §2; S2 and S3 « plus de 15 jours ».
    """
    local = _aware(answered_at).astimezone(calendrier.zone)
    return _instant(local.date() + JOURS_SUIVI * ONE_DAY, local.time(), calendrier)


def is_en_souffrance(late_at: datetime | None, now: datetime) -> bool:
    """Whether the delay is over. « Plus de 3 jours » (S2, S3): at the instant of the deadline, not yet.

    `late_at` is None when nobody is expected to answer. Its SQL twin is `late_at < now`.
    Raises ValueError for an instant without time zone.
    """
    _aware(now)
    return late_at is not None and now > _aware(late_at)


def jours_ouvres_entre(debut: datetime, fin: datetime, calendrier: Calendrier) -> int:
    """Whole working days elapsed from `debut` to `fin` (« depuis 3 jours ouvrés »); 0 when `fin` comes first.

    Agrees with the deadline: n is reached at `echeance_premiere_reponse(debut, calendrier, n)`, not before.
    Raises ValueError for an instant without time zone.
    """
    local_fin = _aware(fin).astimezone(calendrier.zone)
    jour, heure = _start_of_count(debut, calendrier)
    if local_fin.date() <= jour:
        return 0
    span = (local_fin.date() - jour).days
    elapsed = sum(calendrier.is_jour_ouvre(jour + n * ONE_DAY) for n in range(1, span + 1))
    # The last working day counts only once the hour of the start has come; a day off is not counted at all.
    if calendrier.is_jour_ouvre(local_fin.date()) and local_fin.time() < heure:
        elapsed -= 1
    return elapsed


def _start_of_count(moment: datetime, calendrier: Calendrier) -> tuple[date, time]:
    """The local day and hour a delay counts from: the moment itself, or 00:00 of the next working day."""
    local = _aware(moment).astimezone(calendrier.zone)
    if calendrier.is_jour_ouvre(local.date()):
        return local.date(), local.time()
    return _next_jour_ouvre(local.date(), calendrier), time.min


def _next_jour_ouvre(jour: date, calendrier: Calendrier) -> date:
    following = (jour + n * ONE_DAY for n in count(1))
    return next(day for day in following if calendrier.is_jour_ouvre(day))


def _instant(jour: date, heure: time, calendrier: Calendrier) -> datetime:
    """The instant of a wall time; of two readings (a clock change) the later one."""
    wall = datetime.combine(jour, heure, calendrier.zone)
    return max(wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("un instant sans fuseau horaire ne peut pas être compté")
    return instant
