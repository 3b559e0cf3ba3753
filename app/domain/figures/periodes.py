"""Which months a figure is about. Pure: a period is made of whole months, so that no count is found by moving a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.mots.dates import MOIS

DEFAUT = "12"
MOIS_MAX = 120
_MOIS = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_ANNEE = re.compile(r"20\d\d")


@dataclass(frozen=True)
class Periode:
    """From the first day of a month to the last of another; never past today."""

    code: str
    debut: date
    fin: date
    libelle: str

    @property
    def mois(self) -> tuple[date, ...]:
        """The first day of each of its months."""
        found = [self.debut]
        while (following := add_months(found[-1], 1)) <= self.fin:
            found.append(following)
        return tuple(found)

    @property
    def avant(self) -> "Periode":
        """The same days one year before."""
        fin = add_months(self.fin.replace(day=1), -12)
        last = min(self.fin.day, last_day(fin).day)
        return Periode("", add_months(self.debut, -12), fin.replace(day=last), "")

    def is_known(self, first: date | None) -> bool:
        """Whether every day of it has been counted: the first demande came before, or that day."""
        return first is not None and first <= self.debut


def add_months(mois: date, nombre: int) -> date:
    """The first day of the month that comes `nombre` months later (or before)."""
    rang = mois.year * 12 + mois.month - 1 + nombre
    return date(rang // 12, rang % 12 + 1, 1)


def last_day(mois: date) -> date:
    """Of this month."""
    return add_months(mois, 1) - timedelta(days=1)


def list_presets(today: date) -> list[tuple[str, str]]:
    """Code and words of the periods offered."""
    return [
        ("1", "Ce mois-ci"),
        ("3", "3 derniers mois"),
        ("12", "12 derniers mois"),
        (str(today.year), f"Année {today.year}"),
        (str(today.year - 1), f"Année {today.year - 1}"),
    ]


def read_periode(code: str, du: str, au: str, today: date) -> Periode:
    """The period asked by the address; anything else is the default one. `du`, `au`: AAAA-MM, or a day of it."""
    first, last = _MOIS.match(du), _MOIS.match(au)
    ici = today.replace(day=1)
    if first or last:
        debut = date(int(first[1]), int(first[2]), 1) if first else add_months(ici, -11)
        fin = min(date(int(last[1]), int(last[2]), 1) if last else ici, ici)
        debut = max(min(debut, fin), add_months(fin, 1 - MOIS_MAX))
        return _periode(f"{debut:%Y-%m}", debut, fin, today)
    if _ANNEE.fullmatch(code) and date(int(code), 1, 1) <= today:
        return _periode(code, date(int(code), 1, 1), min(date(int(code), 12, 1), ici), today)
    nombre = int(code) if code in {"1", "3", "12"} else int(DEFAUT)
    return _periode(str(nombre), add_months(ici, 1 - nombre), ici, today)


def _periode(code: str, debut: date, mois: date, today: date) -> Periode:
    fin = min(last_day(mois), today)
    return Periode(code, debut, fin, f"du {say_day(debut)} au {say_day(fin)}")


def say_day(jour: date) -> str:
    """« 1er septembre 2026 »."""
    return f"{'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"


def say_month(mois: date) -> str:
    """« septembre 2026 »."""
    return f"{MOIS[mois.month - 1]} {mois.year}"


def read_months(debut: str, fin: str, today: date, most: int = 36) -> tuple[date, date]:
    """The months a program asks for (AAAA-MM), the last twelve by default, `most` at most."""
    first, last = _MOIS.fullmatch(debut), _MOIS.fullmatch(fin)
    end = date(int(last[1]), int(last[2]), 1) if last else today.replace(day=1)
    start = date(int(first[1]), int(first[2]), 1) if first else add_months(end, -11)
    return max(min(start, end), add_months(end, 1 - most)), end
