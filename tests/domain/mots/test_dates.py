"""French words for dates, hours, ages and sizes. `~` in an expected text is a no-break space (U+00A0)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.mots import dates

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
TAHITI = ZoneInfo("Pacific/Tahiti")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def nbsp(text: str) -> str:
    return text.replace("~", "\N{NO-BREAK SPACE}")


NOW = at("2026-11-21 10:40+01:00")  # a Saturday


@pytest.mark.parametrize(
    ("day", "zone", "words"),
    [
        (date(2026, 5, 15), PARIS, "vendredi 15 mai 2026"),
        (date(2026, 12, 1), PARIS, "mardi 1er décembre 2026"),
        (date(2026, 2, 11), PARIS, "mercredi 11 février 2026"),
        (date(2026, 8, 31), PARIS, "lundi 31 août 2026"),
        (at("2026-11-21 23:30+01:00"), PARIS, "samedi 21 novembre 2026"),
        (at("2026-11-21 23:30+01:00"), REUNION, "dimanche 22 novembre 2026"),
        (at("2026-11-21 09:30+01:00"), TAHITI, "vendredi 20 novembre 2026"),
    ],
)
def test_jour(day: date, zone: ZoneInfo, words: str) -> None:
    assert dates.jour(day, zone) == words


def test_every_month_and_every_day_has_its_name() -> None:
    months = [dates.jour(date(2026, month, 2), PARIS).split()[2] for month in range(1, 13)]
    assert " ".join(months) == (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    )
    days = [dates.jour(date(2026, 11, 16 + n), PARIS).split()[0] for n in range(7)]
    assert " ".join(days) == "lundi mardi mercredi jeudi vendredi samedi dimanche"


@pytest.mark.parametrize(
    ("instant", "short", "in_a_sentence"),
    [
        (at("2026-11-21 00:00+01:00"), "aujourd’hui", "aujourd’hui"),
        (at("2026-11-20 23:59+01:00"), "hier", "hier"),
        (at("2026-11-20 00:00+01:00"), "hier", "hier"),
        (at("2026-11-19 23:59+01:00"), "19 novembre", "le 19 novembre"),
        (at("2026-11-22 08:00+01:00"), "demain", "demain"),
        (at("2026-11-17 10:05+01:00"), "17 novembre", "le 17 novembre"),
        (at("2026-12-01 10:05+01:00"), "1er décembre", "le 1er décembre"),
        (at("2025-11-17 10:05+01:00"), "17 novembre 2025", "le 17 novembre 2025"),
        (at("2027-01-01 10:05+01:00"), "1er janvier 2027", "le 1er janvier 2027"),
        (date(2026, 12, 3), "3 décembre", "le 3 décembre"),
        (date(2026, 11, 20), "hier", "hier"),
    ],
)
def test_jour_court(instant: date, short: str, in_a_sentence: str) -> None:
    assert dates.jour_court(instant, NOW, PARIS) == short
    assert dates.le_jour(instant, NOW, PARIS) == in_a_sentence


def test_yesterday_is_the_readers() -> None:
    sent = at("2026-11-20 23:30+01:00")
    assert dates.jour_court(sent, NOW, PARIS) == "hier"
    assert dates.jour_court(sent, NOW, REUNION) == "aujourd’hui"


def test_what_is_the_same_for_everybody_follows_the_clock_of_paris() -> None:
    assert dates.day_in_paris(at("2026-11-24T22:59+00:00")) == date(2026, 11, 24)
    assert dates.day_in_paris(at("2026-11-24T23:00+00:00")) == date(2026, 11, 25)


def test_the_year_is_the_readers() -> None:
    new_year = at("2026-12-31 23:00+01:00")  # already 2027 in Réunion
    assert dates.jour_court(at("2026-12-29 12:00+01:00"), new_year, PARIS) == "29 décembre"
    assert dates.jour_court(at("2026-12-29 12:00+01:00"), new_year, REUNION) == "29 décembre 2026"


@pytest.mark.parametrize(
    ("instant", "zone", "words"),
    [
        ("2026-11-18 09:12+01:00", PARIS, "9~h~12"),
        ("2026-11-18 09:05+01:00", PARIS, "9~h~05"),
        ("2026-11-18 17:00+01:00", PARIS, "17~h"),
        ("2026-11-18 00:30+01:00", PARIS, "0~h~30"),
        ("2026-07-14 10:40+02:00", PARIS, "10~h~40"),
        ("2026-11-18 09:12+01:00", REUNION, "12~h~12"),
    ],
)
def test_heure(instant: str, zone: ZoneInfo, words: str) -> None:
    assert dates.heure(at(instant), zone) == nbsp(words)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2026-11-18 09:12+01:00", "18 novembre, 9~h~12"),
        ("2026-11-21 09:00+01:00", "21 novembre, 9~h"),
        ("2026-11-01 09:05+01:00", "1er novembre, 9~h~05"),
        ("2025-11-18 09:12+01:00", "18 novembre 2025, 9~h~12"),
    ],
)
def test_instant_court(instant: str, words: str) -> None:
    assert dates.instant_court(at(instant), NOW, PARIS) == nbsp(words)


@pytest.mark.parametrize(
    ("late_at", "words"),
    [
        ("2026-11-27 10:40+01:00", "avant vendredi 27 novembre"),
        ("2026-12-01 17:00+01:00", "avant mardi 1er décembre"),
        ("2027-01-05 10:00+01:00", "avant mardi 5 janvier 2027"),
        ("2026-11-22 10:40+01:00", "avant demain, 10~h~40"),
        ("2026-11-21 17:00+01:00", "aujourd’hui avant 17~h"),
        ("2026-11-21 10:41+01:00", "aujourd’hui avant 10~h~41"),
        ("2026-11-26 00:00+01:00", "avant jeudi 26 novembre"),
        ("2026-11-22 00:00+01:00", "avant demain"),
        ("2026-11-26 00:05+01:00", "avant jeudi 26 novembre"),
    ],
)
def test_avant(late_at: str, words: str) -> None:
    assert dates.avant(at(late_at), NOW, PARIS) == nbsp(words)


@pytest.mark.parametrize(
    ("instant", "now", "words"),
    [
        ("2026-11-20 10:05+01:00", "2026-11-21 10:40+01:00", "depuis hier"),
        ("2026-11-20 10:05+01:00", "2026-11-23 10:40+01:00", "depuis vendredi 20 novembre"),
        ("2026-12-01 10:05+01:00", "2026-12-04 10:40+01:00", "depuis mardi 1er décembre"),
        ("2026-12-30 10:05+01:00", "2027-01-04 10:40+01:00", "depuis mercredi 30 décembre 2026"),
        ("2026-11-20 00:00+01:00", "2026-11-20 10:40+01:00", "depuis cette nuit"),
        ("2026-11-20 05:00+01:00", "2026-11-20 10:40+01:00", "depuis ce matin"),
        ("2026-11-20 11:59+01:00", "2026-11-20 20:00+01:00", "depuis ce matin"),
        ("2026-11-20 12:00+01:00", "2026-11-20 20:00+01:00", "depuis cet après-midi"),
        ("2026-11-20 18:00+01:00", "2026-11-20 20:00+01:00", "depuis ce soir"),
    ],
)
def test_depuis(instant: str, now: str, words: str) -> None:
    assert dates.depuis(at(instant), at(now), PARIS) == words


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(seconds=-30), "à l’instant"),
        (timedelta(days=-3), "à l’instant"),
        (timedelta(), "à l’instant"),
        (timedelta(seconds=59), "à l’instant"),
        (timedelta(minutes=1), "il y a 1 minute"),
        (timedelta(minutes=59, seconds=59), "il y a 59 minutes"),
        (timedelta(hours=1), "il y a 1 heure"),
        (timedelta(hours=23, minutes=59), "il y a 23 heures"),
        (timedelta(days=1), "il y a 1 jour"),
        (timedelta(days=3, hours=12), "il y a 3 jours"),
        (timedelta(days=59), "il y a 59 jours"),
        (timedelta(days=60), "il y a 2 mois"),
        (timedelta(days=125), "il y a 4 mois"),
        (timedelta(days=364), "il y a 11 mois"),
        (timedelta(days=365), "il y a 1 an"),
        (timedelta(days=800), "il y a 2 ans"),
    ],
)
def test_age(elapsed: timedelta, words: str) -> None:
    assert dates.age(NOW - elapsed, NOW) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minute"),
        (1, "1 minute"),
        (30, "30 minutes"),
        (60, "1 heure"),
        (61, "1 heure 1 minute"),
        (90, "1 heure 30 minutes"),
        (120, "2 heures"),
    ],
)
def test_duree_minutes(minutes: int, words: str) -> None:
    assert dates.duree_minutes(minutes) == words


@pytest.mark.parametrize(
    ("taille", "words"),
    [
        (0, "0~octet"),
        (1, "1~octet"),
        (999, "999~octets"),
        (1_000, "1~ko"),
        (1_500, "2~ko"),
        (212_000, "212~ko"),
        (999_499, "999~ko"),
        (999_500, "1~Mo"),
        (1_240_000, "1,2~Mo"),
        (10_000_000, "10~Mo"),
        (10_485_760, "10,5~Mo"),
        (999_949_999, "999,9~Mo"),
        (999_950_000, "1~Go"),
        (2_500_000_000, "2,5~Go"),
    ],
)
def test_octets(taille: int, words: str) -> None:
    assert dates.octets(taille) == nbsp(words)


def test_numero() -> None:
    assert dates.numero(4812) == nbsp("n°~4812")


@pytest.mark.parametrize("below_zero", [lambda: dates.duree_minutes(-1), lambda: dates.octets(-1)])
def test_less_than_nothing_is_refused(below_zero: Callable[[], str]) -> None:
    with pytest.raises(ValueError, match="négative"):
        below_zero()


NAIVE = datetime(2026, 11, 17, 10, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    "words",
    [
        lambda: dates.jour(NAIVE, PARIS),
        lambda: dates.jour_court(NAIVE, NOW, PARIS),
        lambda: dates.jour_court(NOW, NAIVE, PARIS),
        lambda: dates.le_jour(NAIVE, NOW, PARIS),
        lambda: dates.heure(NAIVE, PARIS),
        lambda: dates.instant_court(NOW, NAIVE, PARIS),
        lambda: dates.avant(NAIVE, NOW, PARIS),
        lambda: dates.depuis(NOW, NAIVE, PARIS),
        lambda: dates.age(NAIVE, NOW),
        lambda: dates.age(NOW, NAIVE),
    ],
)
def test_an_instant_without_time_zone_is_refused(words: Callable[[], str]) -> None:
    with pytest.raises(ValueError, match="fuseau horaire"):
        words()


def test_a_version_is_said_by_its_day() -> None:
    assert dates.say_version("2026-11-22") == "du 22 novembre 2026"
    assert dates.say_version("2026-12-01") == "du 1er décembre 2026"
    assert dates.say_version("pilote 3") == "pilote 3"


@pytest.mark.parametrize(
    ("texte", "dit"),
    [("14:30", "14:30"), ("9h", "09:00"), ("9 h 05", "09:05"), ("24:00", ""), ("9", ""), ("9h60", "")],
)
def test_an_hour_is_read_as_people_write_it(texte: str, dit: str) -> None:
    heure = dates.read_heure(texte)
    assert (f"{heure:%H:%M}" if heure else "") == dit
