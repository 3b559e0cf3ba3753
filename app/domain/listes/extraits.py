"""Shows where a word was found, in the text as it was written: it keeps accents, capitals and « œ ». Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.mots.folding import fold

AVANT = 60
LARGEUR = 200


@dataclass(frozen=True)
class Morceau:
    """A piece of an excerpt; `is_trouve` when it is what was looked for."""

    texte: str
    is_trouve: bool = False


def contains_any(texte: str, mots: Sequence[str]) -> bool:
    """Whether one of these folded words stands in this text."""
    folded = fold(texte)
    return any(mot in folded for mot in mots)


def mark_words(texte: str, mots: Sequence[str]) -> tuple[Morceau, ...]:
    """The whole text in pieces, every place of these folded words marked."""
    morceaux: list[Morceau] = []
    end = 0
    for start, stop in _places(texte, mots):
        if start > end:
            morceaux.append(Morceau(texte[end:start]))
        morceaux.append(Morceau(texte[start:stop], is_trouve=True))
        end = stop
    if end < len(texte):
        morceaux.append(Morceau(texte[end:]))
    return tuple(morceaux)


def make_extrait(texte: str, mots: Sequence[str]) -> tuple[Morceau, ...]:
    """Some two hundred characters around the first find, on one line, with « … » where text was left out."""
    texte = " ".join(texte.split())
    places = _places(texte, mots)
    start = max(0, places[0][0] - AVANT) if places else 0
    if start:
        start = texte.find(" ", start, places[0][0]) + 1 or start
    stop = min(len(texte), start + LARGEUR)
    if stop < len(texte):
        space = texte.rfind(" ", start + LARGEUR // 2, stop)
        stop = space if space > (places[0][1] if places else start) else stop
    before, after = "… " if start else "", " …" if stop < len(texte) else ""
    return tuple(
        morceau
        for morceau in (Morceau(before), *mark_words(texte[start:stop], mots), Morceau(after))
        if morceau.texte
    )


def _places(texte: str, mots: Sequence[str]) -> list[tuple[int, int]]:
    """Where these folded words stand in the text, left to right, without overlap."""
    folded, origins = _fold_with_origins(texte)
    longest_first = sorted((mot for mot in mots if mot), key=len, reverse=True)
    if not longest_first:
        return []
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return [(origins[m.start()], origins[m.end() - 1] + 1) for m in pattern.finditer(folded)]


def _fold_with_origins(texte: str) -> tuple[str, list[int]]:
    """`fold`, and for each character of it the one of the text it comes from."""
    letters = [_fold_letter(character) for character in texte]
    plain = "".join(letters)
    if len(plain) == len(texte) and "  " not in plain and plain[:1] != " " and all(letters):
        # Nearly every text: each character gives one letter, and each letter stands where its character did.
        return plain, list(range(len(plain)))
    folded: list[str] = []
    origins: list[int] = []
    for position, character_letters in enumerate(letters):
        for letter in character_letters:
            if letter == " " and (not folded or folded[-1] == " "):
                continue
            folded.append(letter)
            origins.append(position)
    return "".join(folded), origins


@lru_cache(maxsize=4096)
def _fold_letter(character: str) -> str:
    return " " if character.isspace() else fold(character)
