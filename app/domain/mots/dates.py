"""Dates, hours, ages and sizes in French words, in the reader's time zone. Pure.

Plain tables rather than `locale`, which is one setting for the whole process. A no-break space (U+00A0) keeps
a number with its symbol: « 9 h 12 », « 212 ko », « n° 4812 »; before a whole word (« 30 minutes »,
« 17 novembre ») an ordinary space lets narrow screens wrap.

`now` and `zone` decide what is « hier » and whether the year must be said. Instants must know their time zone
(ValueError otherwise); where a day is enough, a plain `date` is taken as it is.
"""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

#: The clock of what is the same for the whole country.
PARIS = ZoneInfo("Europe/Paris")

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
MOIS_COURTS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juill.", "août", "sept.", "oct.", "nov.", "déc."),
)

_COURT = dict(zip(MOIS, MOIS_COURTS, strict=True))
_MOIS_DANS_UNE_PHRASE = re.compile(f" ({'|'.join(MOIS)})")

PROCHES = {-1: "hier", 0: "aujourd’hui", 1: "demain"}

NBSP = "\N{NO-BREAK SPACE}"
ONE_DAY = timedelta(days=1)


def jour(d: date, zone: tzinfo) -> str:
    """The whole day: « vendredi 15 mai 2026 », « mardi 1er décembre 2026 »."""
    day = _day(d, zone)
    return f"{JOURS[day.weekday()]} {_quantieme(day)} {day.year}"


def day_in_paris(now: datetime) -> date:
    """The day it is for what is the same for the whole country."""
    return _day(now, PARIS)


def say_version(nom: str) -> str:
    """« du 22 novembre 2026 » for a version named by its day, its name otherwise."""
    try:
        day = date.fromisoformat(nom)
    except ValueError:
        return nom
    return f"du {_quantieme(day)} {day.year}"


def jour_court(instant: date, now: datetime, zone: tzinfo) -> str:
    """The day as one says it: « aujourd’hui », « hier », « demain », « 17 novembre », « 2 mars 2025 »."""
    day, today = _day(instant, zone), _day(now, zone)
    return _proche(day, today) or _jour_mois(day, today)


def le_jour(instant: date, now: datetime, zone: tzinfo) -> str:
    """`jour_court` with its article, to stand in a sentence: « envoyée le 17 novembre », « envoyée hier »."""
    day, today = _day(instant, zone), _day(now, zone)
    return _proche(day, today) or f"le {_jour_mois(day, today)}"


def heure(instant: datetime, zone: tzinfo) -> str:
    """The hour: « 9 h 05 », « 17 h »."""
    return _heure(_local(instant, zone))


def read_heure(texte: str) -> time | None:
    """« 14:30 », « 14 h 30 », « 9h »; None when it is no hour."""
    found = re.fullmatch(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)\s*", texte, re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))


def heure_precise(instant: datetime, zone: tzinfo) -> str:
    """The hour with its seconds, for what happens within the minute: « 9 h 05 min 07 s »."""
    local = _local(instant, zone)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}{NBSP}min{NBSP}{local.second:02}{NBSP}s"


def instant_court(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """Day and hour of something that happened: « 18 novembre, 9 h 12 », with the year when it is another.

    Never « hier »: it stands in the thread, which is printed and kept.
    """
    return f"{_jour_mois(_day(instant, zone), _day(now, zone))}, {heure(instant, zone)}"


def avant(late_at: datetime, now: datetime, zone: tzinfo) -> str:
    """A deadline to come: « aujourd’hui avant 17 h », « avant demain, 10 h 40 », « avant vendredi 27 novembre ».

    Beyond tomorrow the day alone is said: an hour so far away tells nobody anything. At midnight too, because
    « 0 h » leaves a doubt on the night. A deadline that has passed is said with `depuis`.
    """
    local, today = _local(late_at, zone), _day(now, zone)
    if local.date() == today:
        return f"aujourd’hui avant {_heure(local)}"
    if local.date() != today + ONE_DAY:
        return f"avant {_jour_semaine(local.date(), today)}"
    return "avant demain" if (local.hour, local.minute) == (0, 0) else f"avant demain, {_heure(local)}"


def depuis(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """Since when: « depuis ce matin », « depuis hier », « depuis vendredi 20 novembre »."""
    local, today = _local(instant, zone), _day(now, zone)
    if local.date() == today:
        return f"depuis {_part_of_day(local.hour)}"
    if local.date() == today - ONE_DAY:
        return "depuis hier"
    return f"depuis {_jour_semaine(local.date(), today)}"


def abrege(phrase: str) -> str:
    """The same sentence with the usual short forms of its months, where the room is counted."""
    return _MOIS_DANS_UNE_PHRASE.sub(lambda found: f" {_COURT[found[1]]}", phrase)


def age(instant: datetime, now: datetime) -> str:
    """How long ago, at least: « à l’instant », « il y a 5 minutes », « il y a 3 jours », « il y a 4 mois ».

    Elapsed time, so no time zone; days up to 59, then months of 30 days, then years of 365. The future, which
    only two clocks that disagree can bring, is « à l’instant ».
    """
    _require_aware(instant)
    _require_aware(now)
    elapsed = now - instant
    minutes = elapsed // timedelta(minutes=1)
    if minutes < 1:
        return "à l’instant"
    if minutes < 60:
        return f"il y a {_count(minutes, 'minute')}"
    if elapsed.days < 1:
        return f"il y a {_count(minutes // 60, 'heure')}"
    if elapsed.days < 60:
        return f"il y a {_count(elapsed.days, 'jour')}"
    if elapsed.days < 365:
        return f"il y a {min(elapsed.days // 30, 11)} mois"
    return f"il y a {_count(elapsed.days // 365, 'an')}"


def duree_minutes(minutes: int) -> str:
    """A duration: « 30 minutes », « 1 heure », « 1 heure 30 minutes ». Raises ValueError below 0."""
    if minutes < 0:
        raise ValueError("une durée ne peut pas être négative")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _count(rest, "minute")
    return _count(hours, "heure") + (f" {_count(rest, 'minute')}" if rest else "")


def octets(taille: int) -> str:
    """The size of a file, in powers of ten: « 512 octets », « 212 ko », « 1,2 Mo ». ValueError below 0."""
    if taille < 0:
        raise ValueError("une taille ne peut pas être négative")
    if taille < 1000:
        return _count(taille, "octet").replace(" ", NBSP)
    # The size is rounded before its unit is chosen, so that 999 900 octets are « 1 Mo » and never « 1000 ko ».
    if (ko := _divide(taille, 1_000)) < 1000:
        return f"{ko}{NBSP}ko"
    if (tenths := _divide(taille, 100_000)) < 10_000:
        return f"{_decimal(tenths)}{NBSP}Mo"
    return f"{_decimal(_divide(taille, 100_000_000))}{NBSP}Go"


def numero(n: int) -> str:
    """The number of a demande: « n° 4812 »."""
    return f"n°{NBSP}{n}"


def _proche(day: date, today: date) -> str | None:
    return PROCHES.get((day - today).days)


def _heure(local: datetime) -> str:
    return f"{local.hour}{NBSP}h" + (f"{NBSP}{local.minute:02}" if local.minute else "")


def _part_of_day(hour: int) -> str:
    if hour < 5:
        return "cette nuit"
    if hour < 12:
        return "ce matin"
    return "cet après-midi" if hour < 18 else "ce soir"


def _quantieme(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MOIS[day.month - 1]}"


def _jour_mois(day: date, today: date) -> str:
    return _quantieme(day) + ("" if day.year == today.year else f" {day.year}")


def _jour_semaine(day: date, today: date) -> str:
    return f"{JOURS[day.weekday()]} {_jour_mois(day, today)}"


def _count(n: int, noun: str) -> str:
    # French puts the plural from 2: « 0 minute », « 1 minute », « 2 minutes ».
    return f"{n} {noun}{'s' if n >= 2 else ''}"


def _divide(n: int, by: int) -> int:
    return (n + by // 2) // by


def _decimal(tenths: int) -> str:
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth}" if tenth else str(whole)


@lru_cache(maxsize=1024)  # a page says the same few days many times, and asks for the day of `now` each time
def _day(d: date, zone: tzinfo) -> date:
    return _local(d, zone).date() if isinstance(d, datetime) else d


def _local(instant: datetime, zone: tzinfo) -> datetime:
    _require_aware(instant)
    return instant.astimezone(zone)


def _require_aware(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError("un instant sans fuseau horaire ne peut pas être écrit")
