"""What people typed, made safe to read: no input, however malformed, raises from here, but a field that comes twice."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

ID_MAX = 2**31 - 1
NUMERO_MAX = 2**53
# What turns a line around goes too: one that is never closed turns the words of the page that follow, and those that
# are copied with a number are seen by nobody. Arabic or Hebrew are written without them.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNWANTED_IN_LINE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MARKS_MAX = 30


def _piles_of(marks: Iterable[str]) -> re.Pattern[str]:
    """More of these marks in a row than Unicode itself admits (UAX #15, stream-safe text)."""
    mark = f"[{''.join(marks)}]"
    # The pattern reads a mark, then looks at what is before it, so that the engine jumps from mark to mark.
    return re.compile(f"({mark}(?<!{mark}.){mark}{{{MARKS_MAX - 1}}}){mark}+")


# A mark is written on the character before (accents, vowels). Sorting marks takes the square of their number, so
# that an anonymous post of 80 kB of them would hold everyone up for eight seconds.
_MARKS = [
    char
    for char in map(chr, range(0x300, 0x20000))
    if unicodedata.combining(unicodedata.normalize("NFKD", char)[0])
]
_PILES_RARE = _piles_of(_MARKS)
# The scripts beyond U+FFFF are left out, which makes the pattern a hundred times faster.
_PILES = _piles_of(mark for mark in _MARKS if mark <= "\uffff")


def clean(texte: str) -> str:
    """NFC, unix line ends; without NUL, control characters, lone surrogates, what turns lines around, piles of marks;
    outer spaces off.
    """
    texte = _UNWANTED.sub("", texte.replace("\r\n", "\n").replace("\r", "\n"))
    if not texte.isascii():
        piles = _PILES if max(texte) <= "\uffff" else _PILES_RARE
        texte = unicodedata.normalize("NFC", piles.sub(r"\1", texte))
    return texte.strip()


#: The fields that stand as often as there are answers: those that are read as lists, and no other.
REPETES = {
    *("aidants", "autre_libelle", "autre_nature", "autre_valeur", "champs", "cles", "collegues"),
    *("demandes", "documents", "doublons_vus", "essais", "groupes", "numeros", "organismes"),
    *("proposes", "qualites", "relances", "sujets_ecartes", "themes", "trouvees"),
}
#: What follows the typing carries no file: each one chosen comes as its name, which nobody reads.
NOMS_DE_FICHIERS = "fichiers"


class ChampRepete(Exception):
    """A field of one value came with two: what checks it and what acts on it could each read another one. 400."""

    phrase = "Un même champ est arrivé deux fois\u00a0: rien n’a été fait."


#: The fields where one writes at length, by the words that say them back.
ECRITS = {
    "titre": "Titre",
    "description": "Description",
    "texte": "Message",
    "motif": "Explication",
    "commentaire": "Commentaire",
    "procedure": "Procédure standard",
    "note": "Note aux aidants",
    "message": "Message pendant la pause",
    "changements": "Ce qui change",
    "collage": "Liste collée",
}


def list_ecrits(champs: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """What was written in a form, to be read again: label and text."""
    return [(libelle, champs[nom][-1]) for nom, libelle in ECRITS.items() if any(champs.get(nom, []))]


def clean_line(texte: str) -> str:
    """A path in which NUL, control characters, lone surrogates and line ends are what cannot be read, and no other."""
    return _UNWANTED_IN_LINE.sub("\ufffd", texte)


@dataclass(frozen=True)
class Formulaire:
    """A form or a query string: names to lists of values."""

    champs: Mapping[str, list[str]] = field(default_factory=dict)
    fichiers: Mapping[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[str, Any]]) -> "Formulaire":
        """A posted form, from decoded pairs; what is not text is a file. Raises ChampRepete."""
        made = cls.of_query(pairs)
        several = {nom for nom, valeurs in made.champs.items() if len(valeurs) > 1}
        if several - REPETES - {NOMS_DE_FICHIERS}:
            raise ChampRepete
        return made

    @classmethod
    def of_query(cls, pairs: Iterable[tuple[str, Any]]) -> "Formulaire":
        """What an address asks for. No address is an error: nothing acts on it, and the last of two values counts."""
        champs: dict[str, list[str]] = {}
        fichiers: dict[str, list[Any]] = {}
        for nom, valeur in pairs:
            if isinstance(valeur, str):
                champs.setdefault(nom, []).append(clean(valeur))
            else:
                fichiers.setdefault(nom, []).append(valeur)
        return cls(champs, fichiers)

    def texte(self, nom: str) -> str:
        """The value typed, cleaned; empty when absent. An address may give several: the last."""
        valeurs = self.champs.get(nom)
        return valeurs[-1] if valeurs else ""

    def textes(self, nom: str) -> list[str]:
        """Every value of a repeated field, empty ones left out."""
        return [valeur for valeur in self.champs.get(nom, []) if valeur]

    def is_checked(self, nom: str) -> bool:
        """A box is ticked when it is sent with anything but nothing or 0."""
        return self.texte(nom) not in {"", "0"}

    def identifiant(self, nom: str) -> int | None:
        """A row id; None when absent or absurd."""
        return as_id(self.texte(nom))

    def identifiants(self, nom: str) -> list[int]:
        """Row ids without repeats, in order; absurd ones left out."""
        return list(dict.fromkeys(i for i in map(as_id, self.champs.get(nom, [])) if i is not None))

    def cle(self, nom: str) -> uuid.UUID | None:
        """A UUID; None when absent or malformed."""
        return as_uuid(self.texte(nom))

    def jour(self, nom: str) -> date | None:
        """A day typed by a date field (ISO) or by hand (17/11/2026); None when absent or impossible."""
        texte = self.texte(nom)
        french = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", texte)
        if french:
            texte = f"{french[3]}-{int(french[2]):02}-{int(french[1]):02}"
        try:
            return date.fromisoformat(texte)
        except ValueError:
            return None

    def has_files(self) -> bool:
        """A file was sent."""
        return any(self.fichiers.values())

    def page(self) -> int:
        """The page number asked, at least 1."""
        return as_id(self.texte("page")) or 1


def as_id(texte: str, maximum: int = ID_MAX) -> int | None:
    """A positive whole number that fits its column, or None."""
    if not (texte.isascii() and texte.isdecimal()) or len(texte) > 17:
        return None
    number = int(texte)
    return number if 0 < number <= maximum else None


def as_uuid(texte: str) -> uuid.UUID | None:
    """A UUID in its usual form, or None."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", texte):
        return None
    return uuid.UUID(texte)
