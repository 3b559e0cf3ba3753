"""The calendar of a territory: its time zone and its public holidays. Pure.

A working day is Monday to Friday minus the public holidays of the département (product.md §2): Alsace-Moselle
and the outre-mer have their own. The `holidays` package is the source: its version is pinned, and a snapshot
in `tests/domain/regles/test_calendrier.py` holds its content, so that an upgrade cannot move a deadline unnoticed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

SATURDAY = 5


@dataclass(frozen=True)
class Calendrier:
    """Where a groupe works: `fuseau`, an IANA name; `subdivision`, a code of `holidays` ("" for national).

    Both are checked when the calendar is made: an unknown one raises ValueError there, not at the first use.
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


@lru_cache(maxsize=64)
def _refuse_unknown_subdivision(subdivision: str) -> None:
    try:
        holidays.country_holidays("FR", subdiv=subdivision or None)
    except NotImplementedError as error:
        raise ValueError(f"subdivision inconnue : {subdivision!r}") from error


# The cache holds 20 territories over a few years: a process asks for them thousands of times a second.
@lru_cache(maxsize=1024)
def _jours_feries(subdivision: str, annee: int) -> Mapping[date, str]:
    jours = holidays.country_holidays("FR", subdiv=subdivision or None, years=annee, language="fr")
    return MappingProxyType({jour: _french_name(nom) for jour, nom in sorted(jours.items())})


def _french_name(nom: str) -> str:
    # The library writes two holidays of one day as « Ascension; Fête du Travail », and its apostrophes are straight.
    return nom.replace("; ", " et ").replace("'", "’")
