"""Closed lists of words: each word is written with the row that says everything known of it. Pure."""

from enum import StrEnum
from typing import Any, Self


class MotFerme(StrEnum):
    """A word of a closed list: ``NIR = "nir", FicheIdentifiant(…)``. Its value, kept in the base, never changes.

    A list derives from this class and says the type of `fiche`. A word without its row stops the program when the
    list is read, by its name: no page can meet a word that has no label.
    """

    fiche: Any

    def __new__(cls, mot: str, fiche: Any = None) -> Self:
        if fiche is None:
            raise TypeError(f"{cls.__name__} : le mot « {mot} » n’a pas de fiche")
        member = str.__new__(cls, mot)
        member._value_ = mot
        member.fiche = fiche
        return member
