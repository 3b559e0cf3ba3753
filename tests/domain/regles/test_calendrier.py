"""The calendar: the law as the pinned `holidays` package states it.

A failure here after an upgrade is a change of the law, or of its reading: check it against the texts before
writing it down.
"""

import hashlib
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from app.domain.regles import calendrier
from app.domain.regles.calendrier import Calendrier


@pytest.mark.parametrize("fuseau", ["", "Paris", "Europe", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused(fuseau: str) -> None:
    with pytest.raises(ValueError, match="fuseau horaire inconnu"):
        Calendrier(fuseau, "")


@pytest.mark.parametrize("subdivision", ["67", "68", "75", "6ae"])
def test_an_unknown_subdivision_is_refused(subdivision: str) -> None:
    with pytest.raises(ValueError, match="subdivision inconnue"):
        Calendrier("Europe/Paris", subdivision)


NATIONAUX_2026 = {
    date(2026, 1, 1): "Jour de l’an",
    date(2026, 4, 6): "Lundi de Pâques",
    date(2026, 5, 1): "Fête du Travail",
    date(2026, 5, 8): "Fête de la Victoire",
    date(2026, 5, 14): "Ascension",
    date(2026, 5, 25): "Lundi de Pentecôte",
    date(2026, 7, 14): "Fête nationale",
    date(2026, 8, 15): "Assomption",
    date(2026, 11, 1): "Toussaint",
    date(2026, 11, 11): "Armistice",
    date(2026, 12, 25): "Noël",
}
ALSACE_MOSELLE = {date(2026, 4, 3): "Vendredi saint", date(2026, 12, 26): "Saint-Étienne"}
ABOLITION, SCHOELCHER = "Abolition de l’esclavage", {date(2026, 7, 21): "Fête de Victor Schoelcher"}
LOCAUX_2026: dict[str, dict[date, str]] = {
    "57": ALSACE_MOSELLE,
    "6AE": ALSACE_MOSELLE,
    "971": {date(2026, 3, 12): "Mi-Carême", date(2026, 4, 3): "Vendredi saint", date(2026, 5, 27): ABOLITION}
    | SCHOELCHER,
    "972": {date(2026, 5, 22): ABOLITION} | SCHOELCHER,
    "973": {date(2026, 6, 10): ABOLITION},
    "974": {date(2026, 12, 20): ABOLITION},
    "976": {date(2026, 4, 27): ABOLITION},
    "BL": {date(2026, 10, 9): ABOLITION},
    "MF": {date(2026, 5, 28): ABOLITION} | SCHOELCHER,
    "NC": {date(2026, 9, 24): "Fête de la Citoyenneté"},
    "PF": {
        date(2026, 3, 5): "Arrivée de l’Évangile",
        date(2026, 4, 3): "Vendredi saint",
        date(2026, 11, 20): "Matāri’i",
    },
    "PM": {},
    "TF": {},
    "WF": {
        date(2026, 4, 28): "Saint Pierre Chanel",
        date(2026, 6, 29): "Saints Pierre et Paul",
        date(2026, 7, 29): "Fête du Territoire",
    },
}
ZONES_SCOLAIRES = ("Zone A", "Zone B", "Zone C")


def test_the_subdivisions_have_not_changed() -> None:
    assert holidays.France.subdivisions == (*LOCAUX_2026, *ZONES_SCOLAIRES)


@pytest.mark.parametrize("subdivision", ["", *LOCAUX_2026, *ZONES_SCOLAIRES])
def test_the_holidays_of_2026_have_not_changed(subdivision: str) -> None:
    jours_feries = Calendrier("Europe/Paris", subdivision).jours_feries(2026)
    assert dict(jours_feries) == NATIONAUX_2026 | LOCAUX_2026.get(subdivision, {})
    assert list(jours_feries) == sorted(jours_feries)


def test_no_other_year_has_changed_either() -> None:
    lines = [
        f"{subdivision} {jour} {nom}"
        for subdivision in ("", *LOCAUX_2026)
        for annee in range(2020, 2041)
        for jour, nom in Calendrier("Europe/Paris", subdivision).jours_feries(annee).items()
    ]
    fingerprint = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert (len(lines), fingerprint[:16]) == (3945, "9b01c1af297fcd96")


def test_two_holidays_on_one_day_are_both_named() -> None:
    calendrier._jours_feries.cache_clear()  # as in a process that has just started
    assert (
        Calendrier("Europe/Paris", "").jours_feries(2008)[date(2008, 5, 1)] == "Ascension et Fête du Travail"
    )


def test_the_holidays_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        Calendrier("Europe/Paris", "").jours_feries(2026)[date(2026, 5, 15)] = "Pont"  # type: ignore[index]


def test_working_days_of_a_week_with_a_holiday() -> None:
    """Monday 11 to Sunday 17 May 2026; Thursday 14 is Ascension."""
    week = [date(2026, 5, 11) + timedelta(days=n) for n in range(7)]
    worked = [day.day for day in week if Calendrier("Europe/Paris", "").is_jour_ouvre(day)]
    assert worked == [11, 12, 13, 15]


def test_the_zone_is_the_one_named() -> None:
    assert Calendrier("Indian/Reunion", "974").zone == ZoneInfo("Indian/Reunion")
