"""The clock. The table was worked out by hand on a paper calendar: it is the law, the code follows it.

Every local time carries its offset, so that no line of the table relies on the time zone data it checks.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import referentiel
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import (
    echeance_premiere_reponse,
    echeance_suivi,
    is_en_souffrance,
    jours_ouvres_entre,
)
from tests.cas import read_cas

PARIS = Calendrier("Europe/Paris", "")
ALSACE = Calendrier("Europe/Paris", "6AE")
MOSELLE = Calendrier("Europe/Paris", "57")
GUADELOUPE = Calendrier("America/Guadeloupe", "971")
MARTINIQUE = Calendrier("America/Martinique", "972")
GUYANE = Calendrier("America/Cayenne", "973")
REUNION = Calendrier("Indian/Reunion", "974")
MAYOTTE = Calendrier("Indian/Mayotte", "976")
ST_BARTH = Calendrier("America/St_Barthelemy", "BL")
ST_MARTIN = Calendrier("America/Marigot", "MF")
MIQUELON = Calendrier("America/Miquelon", "PM")
CALEDONIE = Calendrier("Pacific/Noumea", "NC")
POLYNESIE = Calendrier("Pacific/Tahiti", "PF")
WALLIS = Calendrier("Pacific/Wallis", "WF")
TERRITOIRES = (
    *(PARIS, ALSACE, MOSELLE, GUADELOUPE, MARTINIQUE, GUYANE, REUNION, MAYOTTE),
    *(ST_BARTH, ST_MARTIN, MIQUELON, CALEDONIE, POLYNESIE, WALLIS),
)


def at(text: str) -> datetime:
    """An instant from « 2026-11-17 10:05+01:00 »."""
    return datetime.fromisoformat(text).astimezone(UTC)


# (territory, solicited, late, why). In 2026 Easter is 5 April, Ascension 14 May, Whit Monday 25 May.
PREMIERE_REPONSE = [
    # An ordinary week: from Monday 16 November 2026.
    (PARIS, "2026-11-16 10:40+01:00", "2026-11-19 10:40+01:00", "lundi → jeudi"),
    (PARIS, "2026-11-17 10:05+01:00", "2026-11-20 10:05+01:00", "mardi → vendredi"),
    (PARIS, "2026-11-18 09:00+01:00", "2026-11-23 09:00+01:00", "mercredi → lundi"),
    (PARIS, "2026-11-19 09:00+01:00", "2026-11-24 09:00+01:00", "jeudi → mardi"),
    (PARIS, "2026-11-20 18:00+01:00", "2026-11-25 18:00+01:00", "vendredi 18 h → mercredi 18 h"),
    (PARIS, "2026-11-20 23:59+01:00", "2026-11-25 23:59+01:00", "last minute of Friday"),
    (PARIS, "2026-11-21 00:00+01:00", "2026-11-26 00:00+01:00", "first minute of Saturday"),
    (PARIS, "2026-11-21 14:30+01:00", "2026-11-26 00:00+01:00", "Saturday counts from Monday 00:00"),
    (PARIS, "2026-11-22 23:59+01:00", "2026-11-26 00:00+01:00", "last minute of Sunday"),
    (PARIS, "2026-11-23 00:00+01:00", "2026-11-26 00:00+01:00", "Monday at midnight exactly"),
    (PARIS, "2026-11-23 00:01+01:00", "2026-11-26 00:01+01:00", "one minute after midnight"),
    (PARIS, "2026-11-23 23:59:59.999999+01:00", "2026-11-26 23:59:59.999999+01:00", "microseconds kept"),
    # Easter Monday, 6 April 2026.
    (PARIS, "2026-04-02 10:00+02:00", "2026-04-08 10:00+02:00", "Good Friday is worked in Paris"),
    (PARIS, "2026-04-03 10:00+02:00", "2026-04-09 10:00+02:00", "over Easter Monday"),
    (PARIS, "2026-04-05 10:00+02:00", "2026-04-10 00:00+02:00", "Easter Sunday counts from Tuesday"),
    # 1 May 2026, a Friday.
    (PARIS, "2026-04-29 09:00+02:00", "2026-05-05 09:00+02:00", "Wednesday before 1 May"),
    (PARIS, "2026-04-30 16:00+02:00", "2026-05-06 16:00+02:00", "eve of 1 May"),
    (PARIS, "2026-05-01 10:00+02:00", "2026-05-07 00:00+02:00", "1 May itself"),
    (PARIS, "2026-05-02 10:00+02:00", "2026-05-07 00:00+02:00", "Saturday after 1 May"),
    # 8 May 2026, a Friday, then Ascension on Thursday 14.
    (PARIS, "2026-05-05 11:00+02:00", "2026-05-11 11:00+02:00", "over 8 May"),
    (PARIS, "2026-05-07 15:00+02:00", "2026-05-13 15:00+02:00", "eve of 8 May"),
    (PARIS, "2026-05-08 08:00+02:00", "2026-05-15 00:00+02:00", "8 May, then Ascension"),
    (PARIS, "2026-05-11 10:00+02:00", "2026-05-15 10:00+02:00", "vendredi 15 mai (le 14 est férié)"),
    (PARIS, "2026-05-13 17:00+02:00", "2026-05-19 17:00+02:00", "eve of Ascension; the Friday is worked"),
    (PARIS, "2026-05-14 12:00+02:00", "2026-05-20 00:00+02:00", "Ascension itself"),
    (PARIS, "2026-05-15 09:30+02:00", "2026-05-20 09:30+02:00", "the bridge Friday counts"),
    # Whit Monday, 25 May 2026.
    (PARIS, "2026-05-21 14:00+02:00", "2026-05-27 14:00+02:00", "over Whit Monday"),
    (PARIS, "2026-05-23 14:00+02:00", "2026-05-29 00:00+02:00", "Saturday before Whit Monday"),
    (PARIS, "2026-05-25 09:00+02:00", "2026-05-29 00:00+02:00", "Whit Monday itself"),
    # 14 July (Tuesday in 2026), 15 August (Saturday in 2026, Friday in 2025).
    (PARIS, "2026-07-13 10:00+02:00", "2026-07-17 10:00+02:00", "eve of 14 July"),
    (PARIS, "2026-07-14 10:00+02:00", "2026-07-20 00:00+02:00", "14 July itself"),
    (PARIS, "2026-08-14 10:00+02:00", "2026-08-19 10:00+02:00", "a holiday on Saturday costs nothing"),
    (PARIS, "2025-08-14 10:00+02:00", "2025-08-20 10:00+02:00", "15 August on a Friday"),
    # 11 November: Wednesday in 2026, Tuesday in 2025.
    (PARIS, "2026-11-10 10:00+01:00", "2026-11-16 10:00+01:00", "eve of 11 November"),
    (PARIS, "2026-11-11 10:00+01:00", "2026-11-17 00:00+01:00", "11 November itself"),
    (PARIS, "2025-11-10 09:00+01:00", "2025-11-14 09:00+01:00", "11 November on a Tuesday"),
    # Christmas and the year ends.
    (PARIS, "2025-12-23 10:00+01:00", "2025-12-29 10:00+01:00", "Christmas on a Thursday"),
    (PARIS, "2025-12-30 10:00+01:00", "2026-01-05 10:00+01:00", "1 January on a Thursday"),
    (PARIS, "2025-12-31 15:00+01:00", "2026-01-06 15:00+01:00", "31 December"),
    (PARIS, "2026-12-23 12:00+01:00", "2026-12-29 12:00+01:00", "Christmas on a Friday"),
    (PARIS, "2026-12-24 18:00+01:00", "2026-12-30 18:00+01:00", "24 December, evening"),
    (PARIS, "2026-12-25 10:00+01:00", "2026-12-31 00:00+01:00", "Christmas itself"),
    (PARIS, "2026-12-30 10:00+01:00", "2027-01-05 10:00+01:00", "over the new year"),
    (PARIS, "2026-12-31 23:59+01:00", "2027-01-06 23:59+01:00", "last minute of the year"),
    (PARIS, "2027-01-01 00:00+01:00", "2027-01-07 00:00+01:00", "first minute of the year"),
    (PARIS, "2027-12-24 10:00+01:00", "2027-12-29 10:00+01:00", "Christmas on a Saturday"),
    (PARIS, "2027-12-31 10:00+01:00", "2028-01-05 10:00+01:00", "1 January on a Saturday"),
    # 29 February.
    (PARIS, "2024-02-26 10:00+01:00", "2024-02-29 10:00+01:00", "late on a leap day"),
    (PARIS, "2024-02-27 10:00+01:00", "2024-03-01 10:00+01:00", "over a leap day"),
    (PARIS, "2024-02-29 10:00+01:00", "2024-03-05 10:00+01:00", "from a leap day"),
    (PARIS, "2028-02-29 08:15+01:00", "2028-03-03 08:15+01:00", "leap day on a Tuesday"),
    (PARIS, "2027-02-26 10:00+01:00", "2027-03-03 10:00+01:00", "February of 28 days"),
    # Several holidays in a row: 8 May and Ascension touch in 2024; 1 May is Ascension in 2008.
    (PARIS, "2024-05-06 10:00+02:00", "2024-05-13 10:00+02:00", "Monday before two holidays"),
    (PARIS, "2024-05-07 10:00+02:00", "2024-05-14 10:00+02:00", "eve of two holidays"),
    (PARIS, "2024-05-08 10:00+02:00", "2024-05-15 00:00+02:00", "first of two holidays"),
    (PARIS, "2024-05-09 23:00+02:00", "2024-05-15 00:00+02:00", "second of two holidays"),
    (PARIS, "2008-04-30 10:00+02:00", "2008-05-06 10:00+02:00", "1 May and Ascension the same day"),
    (PARIS, "2008-05-07 10:00+02:00", "2008-05-14 10:00+02:00", "8 May then Whit Monday"),
    (PARIS, "2027-05-05 10:00+02:00", "2027-05-11 10:00+02:00", "Ascension, then 8 May on a Saturday"),
    # The clocks change on 29 March and 25 October 2026, both Sundays: the wall time stays.
    (PARIS, "2026-03-26 10:00+01:00", "2026-03-31 10:00+02:00", "spring, 10:00 stays 10:00"),
    (PARIS, "2026-03-27 02:30+01:00", "2026-04-01 02:30+02:00", "spring, over the missing hour"),
    (PARIS, "2026-03-28 23:00+01:00", "2026-04-02 00:00+02:00", "Saturday before the spring change"),
    (PARIS, "2026-03-29 03:30+02:00", "2026-04-02 00:00+02:00", "the Sunday of the spring change"),
    (PARIS, "2026-10-22 18:00+02:00", "2026-10-27 18:00+01:00", "autumn, 18:00 stays 18:00"),
    (PARIS, "2026-10-23 10:00+02:00", "2026-10-28 10:00+01:00", "Friday before the autumn change"),
    (PARIS, "2026-10-25 02:30+02:00", "2026-10-29 00:00+01:00", "the repeated hour, first time"),
    (PARIS, "2026-10-25 02:30+01:00", "2026-10-29 00:00+01:00", "the repeated hour, second time"),
    (PARIS, "2027-10-29 10:00+02:00", "2027-11-04 10:00+01:00", "the change, then Toussaint on a Monday"),
    # The day is the local one, not the UTC one.
    (PARIS, "2026-11-22 23:30+00:00", "2026-11-26 00:30+01:00", "Sunday in UTC, Monday in Paris"),
    (PARIS, "2026-11-20 23:30+00:00", "2026-11-26 00:00+01:00", "Friday in UTC, Saturday in Paris"),
    (PARIS, "2026-07-10 22:30+00:00", "2026-07-17 00:00+02:00", "Friday in UTC, then 14 July"),
    # Alsace-Moselle: Good Friday 3 April 2026, 26 December 2025 a Friday.
    (ALSACE, "2026-04-02 10:00+02:00", "2026-04-09 10:00+02:00", "over Good Friday"),
    (ALSACE, "2026-04-03 10:00+02:00", "2026-04-10 00:00+02:00", "Good Friday itself"),
    (MOSELLE, "2026-04-01 10:00+02:00", "2026-04-08 10:00+02:00", "Wednesday before Good Friday"),
    (ALSACE, "2025-12-24 10:00+01:00", "2025-12-31 10:00+01:00", "Christmas and Saint-Étienne"),
    (PARIS, "2025-12-24 10:00+01:00", "2025-12-30 10:00+01:00", "the same day in Paris"),
    (MOSELLE, "2025-12-26 10:00+01:00", "2026-01-02 00:00+01:00", "Saint-Étienne itself"),
    (ALSACE, "2026-12-24 10:00+01:00", "2026-12-30 10:00+01:00", "Saint-Étienne on a Saturday"),
    # Mayotte: 27 April 2026, a Monday.
    (MAYOTTE, "2026-04-24 10:00+03:00", "2026-04-30 10:00+03:00", "over 27 April"),
    (MAYOTTE, "2026-04-27 10:00+03:00", "2026-05-04 00:00+03:00", "27 April itself, then 1 May"),
    (PARIS, "2026-04-24 10:00+02:00", "2026-04-29 10:00+02:00", "27 April is worked in Paris"),
    # Martinique: 22 May 2026, a Friday, then Whit Monday. Guadeloupe: 27 May, a Wednesday.
    (MARTINIQUE, "2026-05-21 10:00-04:00", "2026-05-28 10:00-04:00", "22 May then Whit Monday"),
    (MARTINIQUE, "2026-05-22 09:00-04:00", "2026-05-29 00:00-04:00", "22 May itself"),
    (GUADELOUPE, "2026-05-26 10:00-04:00", "2026-06-01 10:00-04:00", "eve of 27 May"),
    (GUADELOUPE, "2026-05-27 02:00+00:00", "2026-06-01 22:00-04:00", "27 May in UTC, still the 26th there"),
    (GUADELOUPE, "2026-05-27 10:00-04:00", "2026-06-02 00:00-04:00", "27 May itself"),
    (GUADELOUPE, "2026-03-11 10:00-04:00", "2026-03-17 10:00-04:00", "over Mi-Carême, 12 March"),
    (MARTINIQUE, "2026-03-11 10:00-04:00", "2026-03-16 10:00-04:00", "Mi-Carême is worked in Martinique"),
    (MARTINIQUE, "2026-07-20 10:00-04:00", "2026-07-24 10:00-04:00", "over 21 July, Victor Schœlcher"),
    # Guyane: 10 June 2026, a Wednesday.
    (GUYANE, "2026-06-09 10:00-03:00", "2026-06-15 10:00-03:00", "eve of 10 June"),
    (GUYANE, "2026-06-10 20:00-03:00", "2026-06-16 00:00-03:00", "10 June, evening"),
    # Réunion: 20 December, a Monday in 2027, a Wednesday in 2028; UTC + 4.
    (REUNION, "2027-12-17 10:00+04:00", "2027-12-23 10:00+04:00", "over 20 December"),
    (REUNION, "2028-12-19 20:30+00:00", "2028-12-27 00:00+04:00", "the 19th in UTC, the 20th there"),
    (REUNION, "2028-12-19 19:30+00:00", "2028-12-26 23:30+04:00", "the 19th there too"),
    # Polynésie, UTC − 10, often the day before: 20 November 2026 is a Friday, 29 June is worked since 2025.
    (POLYNESIE, "2026-11-14 06:00+00:00", "2026-11-18 20:00-10:00", "Saturday in UTC, Friday there"),
    (POLYNESIE, "2026-11-16 08:00+00:00", "2026-11-19 00:00-10:00", "Monday in UTC, Sunday there"),
    (POLYNESIE, "2026-11-19 10:00-10:00", "2026-11-25 10:00-10:00", "eve of Matāri’i"),
    (POLYNESIE, "2026-11-21 05:00+00:00", "2026-11-26 00:00-10:00", "Saturday in UTC, Matāri’i there"),
    (POLYNESIE, "2026-03-04 10:00-10:00", "2026-03-10 10:00-10:00", "over 5 March"),
    (POLYNESIE, "2026-04-02 10:00-10:00", "2026-04-09 10:00-10:00", "over Good Friday"),
    (POLYNESIE, "2026-06-26 10:00-10:00", "2026-07-01 10:00-10:00", "29 June is worked"),
    # Nouvelle-Calédonie, UTC + 11: 24 September 2026, a Thursday.
    (CALEDONIE, "2026-09-23 10:00+11:00", "2026-09-29 10:00+11:00", "eve of 24 September"),
    (CALEDONIE, "2026-11-15 14:00+00:00", "2026-11-19 01:00+11:00", "Sunday in UTC, Monday there"),
    (CALEDONIE, "2026-11-20 13:30+00:00", "2026-11-26 00:00+11:00", "Friday in UTC, Saturday there"),
    # Saint-Pierre-et-Miquelon changes its clocks on 8 March and 1 November 2026.
    (MIQUELON, "2026-03-06 10:00-03:00", "2026-03-11 10:00-02:00", "spring, on the American date"),
    (MIQUELON, "2026-10-30 10:00-02:00", "2026-11-04 10:00-03:00", "autumn, on the American date"),
    (MIQUELON, "2026-11-17 02:30+00:00", "2026-11-19 23:30-03:00", "Tuesday in UTC, Monday there"),
    # Saint-Barthélemy, Saint-Martin, Wallis-et-Futuna.
    (ST_BARTH, "2026-10-08 10:00-04:00", "2026-10-14 10:00-04:00", "eve of 9 October"),
    (ST_MARTIN, "2026-05-27 10:00-04:00", "2026-06-02 10:00-04:00", "eve of 28 May"),
    (WALLIS, "2026-04-27 10:00+12:00", "2026-05-04 10:00+12:00", "28 April, then 1 May"),
    (WALLIS, "2026-07-28 10:00+12:00", "2026-08-03 10:00+12:00", "eve of 29 July"),
]


@pytest.mark.parametrize(("calendrier", "solicited", "late", "why"), PREMIERE_REPONSE)
def test_premiere_reponse(calendrier: Calendrier, solicited: str, late: str, why: str) -> None:
    echeance = echeance_premiere_reponse(at(solicited), calendrier)
    assert echeance == at(late), why
    assert echeance.tzinfo is UTC
    # The figure in words agrees with the deadline: « 3 jours ouvrés » from that instant on, not before.
    assert jours_ouvres_entre(at(solicited), echeance, calendrier) == 3
    assert jours_ouvres_entre(at(solicited), echeance - timedelta(microseconds=1), calendrier) == 2


@pytest.mark.parametrize(
    ("jours", "late"),
    [(0, "2026-11-23 00:00+01:00"), (1, "2026-11-24 00:00+01:00"), (5, "2026-11-30 00:00+01:00")],
)
def test_another_number_of_days(jours: int, late: str) -> None:
    assert echeance_premiere_reponse(at("2026-11-21 09:00+01:00"), PARIS, jours) == at(late)


SUIVI = [
    (PARIS, "2026-11-18 09:12+01:00", "2026-12-03 09:12+01:00", "15 days, week-ends included"),
    (PARIS, "2026-12-17 10:00+01:00", "2027-01-01 10:00+01:00", "may fall on a holiday"),
    (PARIS, "2028-02-14 10:00+01:00", "2028-02-29 10:00+01:00", "on a leap day"),
    (PARIS, "2027-02-14 10:00+01:00", "2027-03-01 10:00+01:00", "over a February of 28 days"),
    (PARIS, "2026-03-20 10:00+01:00", "2026-04-04 10:00+02:00", "over the spring change"),
    (PARIS, "2026-10-20 10:00+02:00", "2026-11-04 10:00+01:00", "over the autumn change"),
    (PARIS, "2026-03-14 02:30+01:00", "2026-03-29 03:30+02:00", "02:30 does not exist: 03:30"),
    (PARIS, "2026-10-10 02:30+02:00", "2026-10-25 02:30+01:00", "02:30 comes twice: the second"),
    (PARIS, "2026-10-25 02:30+02:00", "2026-11-09 02:30+01:00", "from the repeated hour"),
    (PARIS, "2026-11-17 23:30+00:00", "2026-12-03 00:30+01:00", "the local day"),
    (MIQUELON, "2026-02-25 10:00-03:00", "2026-03-12 10:00-02:00", "over the American change"),
    (POLYNESIE, "2026-03-20 10:00-10:00", "2026-04-04 10:00-10:00", "no clock change there"),
]


@pytest.mark.parametrize(("calendrier", "answered", "late", "why"), SUIVI)
def test_suivi(calendrier: Calendrier, answered: str, late: str, why: str) -> None:
    echeance = echeance_suivi(at(answered), calendrier)
    assert echeance == at(late), why
    assert echeance.tzinfo is UTC


@pytest.mark.parametrize(
    "cas", read_cas("calendrier"), ids=lambda cas: f"{cas['departement']} {cas['sollicite']}"
)
def test_the_cases_people_brought_are_late_when_they_say(cas: dict[str, str]) -> None:
    """In the calendar the project ships for that département; what stands in brackets says why."""
    [lieu] = [d for d in referentiel.departements() if d.code == cas["departement"]]
    calendrier = Calendrier(lieu.fuseau, lieu.calendrier)
    sollicite = datetime.fromisoformat(cas["sollicite"]).replace(tzinfo=calendrier.zone)
    late_at = echeance_premiere_reponse(sollicite, calendrier).astimezone(calendrier.zone)
    assert f"{late_at:%Y-%m-%d %H:%M}" == cas["juste"].partition(" (")[0]


def test_en_souffrance_starts_after_the_deadline() -> None:
    late_at = at("2026-11-20 10:05+01:00")
    assert not is_en_souffrance(late_at, late_at - timedelta(seconds=1))
    assert not is_en_souffrance(late_at, late_at)
    assert is_en_souffrance(late_at, late_at + timedelta(microseconds=1))
    assert not is_en_souffrance(None, late_at)


@pytest.mark.parametrize(
    ("debut", "fin", "jours"),
    [
        ("2026-11-17 10:05+01:00", "2026-11-17 18:00+01:00", 0),
        ("2026-11-17 10:05+01:00", "2026-11-18 10:04+01:00", 0),
        ("2026-11-17 10:05+01:00", "2026-11-18 10:05+01:00", 1),
        ("2026-11-20 18:00+01:00", "2026-11-22 23:59+01:00", 0),
        ("2026-11-19 18:00+01:00", "2026-11-21 09:00+01:00", 1),
        ("2026-11-21 09:00+01:00", "2026-11-22 09:00+01:00", 0),
        ("2026-11-21 09:00+01:00", "2026-11-24 00:00+01:00", 1),
        ("2026-05-13 09:00+02:00", "2026-05-18 09:00+02:00", 2),
        ("2026-01-02 09:00+01:00", "2026-12-31 09:00+01:00", 251),
        ("2026-11-18 09:00+01:00", "2026-11-16 09:00+01:00", 0),
        ("2026-11-18 09:00+01:00", "2026-11-18 08:00+01:00", 0),
    ],
)
def test_jours_ouvres_entre(debut: str, fin: str, jours: int) -> None:
    assert jours_ouvres_entre(at(debut), at(fin), PARIS) == jours


NAIVE = datetime(2026, 11, 17, 10, 5)  # noqa: DTZ001
AWARE = NAIVE.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "verb",
    [
        lambda: echeance_premiere_reponse(NAIVE, PARIS),
        lambda: echeance_suivi(NAIVE, PARIS),
        lambda: is_en_souffrance(NAIVE, AWARE),
        lambda: is_en_souffrance(AWARE, NAIVE),
        lambda: is_en_souffrance(None, NAIVE),
        lambda: jours_ouvres_entre(NAIVE, AWARE, PARIS),
        lambda: jours_ouvres_entre(AWARE, NAIVE, PARIS),
    ],
)
def test_an_instant_without_time_zone_is_refused(verb: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^un instant sans fuseau horaire ne peut pas être compté$"):
        verb()


def test_a_negative_delay_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^un délai ne remonte pas le temps$"):
        echeance_premiere_reponse(AWARE, PARIS, -1)


# --- Properties, against an oracle that shares nothing with the code but the names of the territories.


def easter(year: int) -> date:
    """Meeus, Jones, Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m, n = (32 + 2 * e + 2 * i - h - k) % 7, h
    shift = (a + 11 * n + 22 * m) // 451
    month, day = divmod(n + m - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_worked(day: date, subdivision: str) -> bool:
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    movable = {1, 39, 50}
    if subdivision in {"57", "6AE"}:
        fixed, movable = fixed | {(12, 26)}, movable | {-2}
    if subdivision == "974":
        fixed = fixed | {(12, 20)}
    return (
        day.isoweekday() <= 5
        and (day.month, day.day) not in fixed
        and (day - easter(day.year)).days not in movable
    )


def worked_time(start: datetime, end: datetime, calendrier: Calendrier) -> timedelta:
    """Time elapsed on working days between two instants: walk the days, add what each one holds of it."""
    zone = ZoneInfo(calendrier.fuseau)
    total, day = timedelta(), start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        opens = datetime.combine(day, time.min, zone).astimezone(UTC)
        closes = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
        if is_worked(day, calendrier.subdivision):
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return total


QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None)
NAIVE_YEARS = st.datetimes(datetime(2020, 1, 1), datetime(2039, 12, 1))  # noqa: DTZ001
INSTANTS = NAIVE_YEARS.map(lambda moment: moment.replace(tzinfo=UTC))
KNOWN_TO_THE_ORACLE = st.sampled_from([PARIS, ALSACE, MOSELLE, REUNION, MIQUELON])


@QUICK
@given(INSTANTS, KNOWN_TO_THE_ORACLE, st.integers(1, 8))
def test_a_deadline_leaves_exactly_that_many_worked_days(
    start: datetime, calendrier: Calendrier, jours: int
) -> None:
    echeance = echeance_premiere_reponse(start, calendrier, jours)
    assert worked_time(start, echeance, calendrier) == timedelta(days=jours)
    assert echeance - start >= timedelta(days=jours)
    assert is_worked(echeance.astimezone(calendrier.zone).date(), calendrier.subdivision)


@QUICK
@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=20)), st.sampled_from(TERRITOIRES))
def test_who_is_solicited_later_is_never_late_earlier(
    start: datetime, gap: timedelta, calendrier: Calendrier
) -> None:
    first, second = (echeance_premiere_reponse(moment, calendrier) for moment in (start, start + gap))
    assert first <= second
    assert second - start >= gap + timedelta(days=3)


@QUICK
@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=60)), KNOWN_TO_THE_ORACLE)
def test_elapsed_days_agree_with_the_deadlines(
    start: datetime, gap: timedelta, calendrier: Calendrier
) -> None:
    end = start + gap
    elapsed = jours_ouvres_entre(start, end, calendrier)
    assert elapsed == 0 or echeance_premiere_reponse(start, calendrier, elapsed) <= end
    assert end < echeance_premiere_reponse(start, calendrier, elapsed + 1)
    # Five days worked since Monday 00:00 become « 5 jours ouvrés » on the next Monday, not on Saturday.
    assert timedelta(days=elapsed) <= worked_time(start, end, calendrier) <= timedelta(days=elapsed + 1)


@QUICK
@given(INSTANTS, st.sampled_from(TERRITOIRES))
def test_suivi_keeps_the_wall_time_to_an_hour(start: datetime, calendrier: Calendrier) -> None:
    echeance = echeance_suivi(start, calendrier)
    assert abs(echeance - start - timedelta(days=15)) <= timedelta(hours=1)
    before, after = start.astimezone(calendrier.zone), echeance.astimezone(calendrier.zone)
    assert after.date() == before.date() + timedelta(days=15)
    assert after.time() == before.time() or after.isoweekday() == 7
