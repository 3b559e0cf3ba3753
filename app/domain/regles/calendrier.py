"""The calendar of a territory: its time zone and its public holidays. Pure.

A working day is Monday to Friday minus the public holidays of the département (product.md §2): Alsace-Moselle
and the outre-mer have their own. The `holidays` package is the source: its version is pinned, and a snapshot
in `tests/domain/regles/test_calendrier.py` holds its content, so that an upgrade cannot move a deadline unnoticed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

SATURDAY = 5
#: The years whose holidays are counted: a day beyond would be kept, and change no deadline.
FIRST_YEAR, LAST_YEAR = 2018, 2040
JOUR_LOCAL = "Jour férié local"


@dataclass(frozen=True)
class Calendrier:
    """Where a groupe works: `fuseau`, an IANA name; `subdivision`, a code of `holidays` ("" for national).

    The days of a département of its own follow the code (`write_subdivision`): every machine reads them with the
    calendar. Both are checked when the calendar is made: an unknown one raises ValueError there, not at the first use.
    """

    fuseau: str
    subdivision: str

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.fuseau)
        except (ZoneInfoNotFoundError, OSError, ValueError) as error:
            raise ValueError(f"fuseau horaire inconnu : {self.fuseau!r}") from error
        _refuse_unknown_subdivision(self.subdivision)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose wall clock counts the delays."""
        return ZoneInfo(self.fuseau)

    def jours_feries(self, annee: int) -> Mapping[date, str]:
        """The public holidays of one year, in order, with their French names. Read-only."""
        return _jours_feries(self.subdivision, annee)

    def is_jour_ouvre(self, jour: date) -> bool:
        """Monday to Friday, no public holiday here (product.md §2; S2 « hors weekend et jours fériés »)."""
        return jour.weekday() < SATURDAY and jour not in self.jours_feries(jour.year)


def write_subdivision(code: str, feries: Collection[date], ouvres: Collection[date]) -> str:
    """A code of `holidays`, the days that are holidays here only, and those on which people work here all the same.

    « 57;+2026-12-24;-2026-11-11 ».
    """
    return ";".join(
        [code, *(f"+{jour}" for jour in sorted(feries)), *(f"-{jour}" for jour in sorted(ouvres))]
    )


def read_subdivision(subdivision: str) -> tuple[str, tuple[date, ...], tuple[date, ...]]:
    """What `write_subdivision` wrote. Raises ValueError."""
    code, *jours = subdivision.split(";")
    feries = tuple(date.fromisoformat(jour[1:]) for jour in jours if jour.startswith("+"))
    ouvres = tuple(date.fromisoformat(jour[1:]) for jour in jours if jour.startswith("-"))
    return code, feries, ouvres


@lru_cache(maxsize=64)
def _refuse_unknown_subdivision(subdivision: str) -> None:
    code, _, _ = read_subdivision(subdivision)
    try:
        holidays.country_holidays("FR", subdiv=code or None)
    except NotImplementedError as error:
        raise ValueError(f"subdivision inconnue : {subdivision!r}") from error


# The cache holds 20 territories over a few years: a process asks for them thousands of times a second.
@lru_cache(maxsize=1024)
def _jours_feries(subdivision: str, annee: int) -> Mapping[date, str]:
    code, feries, ouvres = read_subdivision(subdivision)
    jours = dict(holidays.country_holidays("FR", subdiv=code or None, years=annee, language="fr"))
    jours = {jour: JOUR_LOCAL for jour in feries if jour.year == annee} | jours
    return MappingProxyType(
        {jour: _french_name(nom) for jour, nom in sorted(jours.items()) if jour not in ouvres}
    )


def _french_name(nom: str) -> str:
    # The library writes two holidays of one day as « Ascension; Fête du Travail », and its apostrophes are straight.
    return nom.replace("; ", " et ").replace("'", "’")
