"""When a mail leaves: a table, then properties over every département, hour and change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import referentiel
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.rythmes import Rythme, is_quiet, next_opening, release_at

PARIS = Calendrier("Europe/Paris", "")
ALSACE = Calendrier("Europe/Paris", "57")
REUNION = Calendrier("Indian/Reunion", "974")
MARTINIQUE = Calendrier("America/Martinique", "972")
CALENDRIERS = sorted({(d.fuseau, d.calendrier) for d in referentiel.departements()})
GROUPED = (Rythme.DEUX_FOIS, Rythme.PAR_JOUR)


def at(local: str, calendrier: Calendrier = PARIS) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(calendrier.fuseau))


@pytest.mark.parametrize(
    ("rythme", "calendrier", "happened", "leaves"),
    [
        (Rythme.INSTANT, PARIS, "2026-11-24T10:00:01", "2026-11-24T10:00:01"),
        (Rythme.INSTANT, PARIS, "2026-11-24T08:00", "2026-11-24T08:00"),
        (Rythme.INSTANT, PARIS, "2026-11-24T07:59:59", "2026-11-24T08:00"),
        (Rythme.INSTANT, PARIS, "2026-11-24T20:00", "2026-11-25T08:00"),
        (Rythme.INSTANT, PARIS, "2026-11-27T20:00", "2026-11-30T08:00"),  # Friday evening
        (Rythme.DEUX_FOIS, PARIS, "2026-11-24T10:59", "2026-11-24T11:00"),
        (Rythme.DEUX_FOIS, PARIS, "2026-11-24T11:00", "2026-11-24T11:00"),
        (Rythme.DEUX_FOIS, PARIS, "2026-11-24T11:00:01", "2026-11-24T15:00"),
        (Rythme.DEUX_FOIS, PARIS, "2026-11-24T15:01", "2026-11-25T11:00"),
        (Rythme.PAR_JOUR, PARIS, "2026-11-24T11:01", "2026-11-25T11:00"),
        (Rythme.PAR_JOUR, PARIS, "2026-11-27T12:00", "2026-11-30T11:00"),
        # From 1 to 11 November 2026: a Sunday and a Wednesday off.
        (Rythme.INSTANT, PARIS, "2026-10-30T21:00", "2026-11-02T08:00"),
        (Rythme.INSTANT, PARIS, "2026-11-10T20:30", "2026-11-12T08:00"),
        (Rythme.PAR_JOUR, PARIS, "2026-11-10T11:30", "2026-11-12T11:00"),
        # Good Friday and 26 December are off in Alsace-Moselle only.
        (Rythme.INSTANT, PARIS, "2026-04-03T09:00", "2026-04-03T09:00"),
        (Rythme.INSTANT, ALSACE, "2026-04-03T09:00", "2026-04-07T08:00"),
        # 20 December in La Réunion, 22 May in Martinique.
        (Rythme.INSTANT, REUNION, "2027-12-20T09:00", "2027-12-21T08:00"),
        (Rythme.DEUX_FOIS, MARTINIQUE, "2026-05-22T09:00", "2026-05-26T11:00"),
        # The nights when the clocks change: 29 March and 25 October 2026.
        (Rythme.INSTANT, PARIS, "2026-03-29T01:59", "2026-03-30T08:00"),
        (Rythme.DEUX_FOIS, PARIS, "2026-10-25T02:30", "2026-10-26T11:00"),
    ],
)
def test_the_hour_a_mail_leaves(rythme: Rythme, calendrier: Calendrier, happened: str, leaves: str) -> None:
    left = release_at(rythme, at(happened, calendrier), calendrier)
    assert left == at(leaves, calendrier)
    assert left.tzinfo is UTC


def test_never_is_never_and_an_urgent_demande_leaves_at_night() -> None:
    night = at("2026-11-29T03:00")
    assert release_at(Rythme.JAMAIS, night, PARIS) is None
    assert release_at(Rythme.INSTANT, night, PARIS, is_any_hour=True) == night
    assert release_at(Rythme.INSTANT, night, PARIS, is_any_hour=True).tzinfo is UTC  # type: ignore[union-attr]
    assert release_at(Rythme.PAR_JOUR, night, PARIS, is_any_hour=True) == at("2026-11-30T11:00")


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^un instant sans fuseau horaire ne dit pas quelle heure il est$"):
        is_quiet(datetime(2026, 11, 24, 9), PARIS)  # noqa: DTZ001 - what is refused


INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PLACES = st.sampled_from(CALENDRIERS).map(lambda place: Calendrier(*place))


@given(INSTANTS, PLACES, st.sampled_from([Rythme.INSTANT, *GROUPED]))
def test_a_mail_leaves_after_its_news_and_never_in_a_quiet_hour(
    instant: datetime, calendrier: Calendrier, rythme: Rythme
) -> None:
    leaves = release_at(rythme, instant, calendrier)
    assert leaves is not None and leaves >= instant
    assert not is_quiet(leaves, calendrier)
    assert leaves - instant < timedelta(days=6)
    assert release_at(rythme, leaves, calendrier) == leaves
    if rythme is not Rythme.INSTANT:
        local = leaves.astimezone(calendrier.zone).time()
        assert local in rythme.fiche.heures


@given(INSTANTS, PLACES)
def test_whoever_asks_for_less_is_never_told_sooner(instant: datetime, calendrier: Calendrier) -> None:
    hours = [release_at(rythme, instant, calendrier) for rythme in (Rythme.INSTANT, *GROUPED)]
    assert hours == sorted(hour for hour in hours if hour is not None)


@given(INSTANTS, INSTANTS, PLACES)
def test_what_happens_first_leaves_first(first: datetime, second: datetime, calendrier: Calendrier) -> None:
    early, late = sorted((first, second))
    assert next_opening(early, calendrier) <= next_opening(late, calendrier)
