"""The tones that confirm a word on screen. Pure: the word says it all, its tone only helps the eye."""

from enum import StrEnum


class Ton(StrEnum):
    """The tones of a badge, as the stylesheet names them."""

    NEUTRE = "neutre"
    INFO = "info"
    SUCCES = "succes"
    ALERTE = "alerte"
    ERREUR = "erreur"
