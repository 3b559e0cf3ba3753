"""Figures in words and signs. Pure: « 1 842 », « 1,2 jour ouvré », « 84 % », « au moins 212 »."""

from dataclasses import dataclass

NBSP = "\N{NO-BREAK SPACE}"
MASQUE = "masqué"
INDISPONIBLE = "indisponible"


@dataclass(frozen=True)
class Decompte:
    """A count as a reader may know it. `valeur` None: hidden; `is_minimum`: months of a few are left out of it."""

    valeur: int | None
    is_minimum: bool = False

    def __str__(self) -> str:
        if self.valeur is None or (self.is_minimum and not self.valeur):
            return MASQUE
        return f"au moins {say_nombre(self.valeur)}" if self.is_minimum else say_nombre(self.valeur)


def say_nombre(nombre: int) -> str:
    """« 1 842 »."""
    return f"{nombre:,}".replace(",", NBSP)


def say_dixiemes(dixiemes: int | None) -> str:
    """Tenths as a decimal: « 1,2 », « 6 »."""
    if dixiemes is None:
        return INDISPONIBLE
    whole, rest = divmod(dixiemes, 10)
    return f"{say_nombre(whole)},{rest}" if rest else say_nombre(whole)


def say_jours(dixiemes: int | None, *, ouvres: bool = False) -> str:
    """« 1,2 jour ouvré », « 6 jours »; French plurals start at two."""
    if dixiemes is None:
        return INDISPONIBLE
    plural = "s" if dixiemes >= 20 else ""
    return f"{say_dixiemes(dixiemes)} jour{plural}" + (f" ouvré{plural}" if ouvres else "")


def part(nombre: int | None, total: int | None) -> int | None:
    """The share in percent, rounded; None when it says nothing."""
    return round(100 * nombre / total) if nombre is not None and total else None


def say_part(pourcent: int | None) -> str:
    """« 84 % »."""
    return INDISPONIBLE if pourcent is None else f"{pourcent}{NBSP}%"
