"""When a mail leaves: how fast an agent asked for it, and the hours when nothing leaves (product.md §9). Pure.

Every hour is the wall clock of the agent's département. Nothing leaves between 20:00 and 8:00, at week-ends or on the
public holidays of that département, except what may leave at any hour. No hour said here is ever skipped or repeated
by a change of clocks, which happens at night.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from app.domain.regles.calendrier import Calendrier
from app.domain.regles.mots_fermes import MotFerme

OPENING, CLOSING = time(8), time(20)
ONE_DAY = timedelta(days=1)
AT_11, AT_15 = time(11), time(15)


@dataclass(frozen=True)
class FicheRythme:
    """`heures` are the hours of the day a grouped mail leaves at; none when it leaves at once, or never."""

    libelle: str
    heures: tuple[time, ...] = ()


class Rythme(MotFerme):
    """How fast an agent is told, in the order it is offered."""

    fiche: FicheRythme

    INSTANT = "instant", FicheRythme("À l’instant")
    DEUX_FOIS = "deux_fois", FicheRythme("À 11\u00a0h et 15\u00a0h", (AT_11, AT_15))
    PAR_JOUR = "par_jour", FicheRythme("Une fois par jour", (AT_11,))
    JAMAIS = "jamais", FicheRythme("Jamais")


@dataclass(frozen=True)
class FichePrereglage:
    """A set of choices made at once."""

    libelle: str
    aide: str


class Prereglage(MotFerme):
    """The three ready-made sets of choices (product.md §9)."""

    fiche: FichePrereglage

    TOUT_DE_SUITE = "tout_de_suite", FichePrereglage("Tout de suite", "un courriel à chaque événement")
    REGROUPE = "regroupe", FichePrereglage("Regroupé", "deux courriels par jour, à 11\u00a0h et 15\u00a0h")
    MINIMUM = "minimum", FichePrereglage("Minimum", "un courriel par jour, et les demandes urgentes")


def is_quiet(instant: datetime, calendrier: Calendrier) -> bool:
    """Whether nothing leaves now, but what may leave at any hour. Raises ValueError without a time zone."""
    local = _local(instant, calendrier)
    return not calendrier.is_jour_ouvre(local.date()) or not OPENING <= local.time() < CLOSING


def next_opening(instant: datetime, calendrier: Calendrier) -> datetime:
    """This instant when something may leave, else the next 8:00 of a working day, in UTC."""
    if not is_quiet(instant, calendrier):
        return instant.astimezone(UTC)
    return _next_hour(instant, calendrier, (OPENING,))


def release_at(
    rythme: Rythme, happened_at: datetime, calendrier: Calendrier, *, is_any_hour: bool = False
) -> datetime | None:
    """When the news of `happened_at` leaves, in UTC, never before it; None when the agent wants no mail of it.

    `is_any_hour` lets what leaves at once leave at night too. Raises ValueError for an instant without time zone.
    """
    if rythme is Rythme.JAMAIS:
        return None
    if rythme is not Rythme.INSTANT:
        return _next_hour(happened_at, calendrier, rythme.fiche.heures)
    return happened_at.astimezone(UTC) if is_any_hour else next_opening(happened_at, calendrier)


def _next_hour(instant: datetime, calendrier: Calendrier, heures: tuple[time, ...]) -> datetime:
    """The first of these hours of a working day that is not before this instant."""
    start = _local(instant, calendrier).date()
    candidates = (
        _instant(start + n * ONE_DAY, heure, calendrier)
        for n in count()
        if calendrier.is_jour_ouvre(start + n * ONE_DAY)
        for heure in heures
    )
    return next(moment for moment in candidates if moment >= instant)


def _instant(jour: date, heure: time, calendrier: Calendrier) -> datetime:
    return datetime.combine(jour, heure, calendrier.zone).astimezone(UTC)


def _local(instant: datetime, calendrier: Calendrier) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("un instant sans fuseau horaire ne dit pas quelle heure il est")
    return instant.astimezone(calendrier.zone)
