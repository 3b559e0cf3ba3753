"""Text without accents, case or typographic variants: what two people typing the same word have in common."""

import re
import unicodedata

#: What keyboards, telephones and copied pages write for an apostrophe: the name is the same (N´Guessan, O`Neil, Oʻahu).
_APOSTROPHES = "’‘‛´`′ʹʻʼʽˈˊˋ＇ꞌ"
#: Unicode does not decompose these letters, but people who lack them on a keyboard type the letters on the right.
_LETTRES: dict[str, str | None] = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ı": "i",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
}
#: In :func:`fold_same_length`, this sign takes the place of what is not seen: accents written apart, invisible signs.
INVISIBLE = "\u00ad"


def _is_unseen(character: str) -> bool:
    """Combining marks and format characters (zero-width spaces, soft hyphens)."""
    return unicodedata.category(character) in ("Mn", "Me", "Cf")


#: Every mark that could be written on a letter, rare scripts included. Unicode sorts the marks of a letter, which takes
#: the square of their number: they are dropped before, as they would be after.
_MARKS = dict.fromkeys(code for code in range(0x80, 0x20000) if _is_unseen(chr(code)))
_FOLDED: dict[int, str | None] = {
    **{code: None for code in _MARKS if code < 0x10000},
    **{ord(lettre): simple for lettre, simple in _LETTRES.items()},
}
#: For `str.translate`.
APOSTROPHE = {ord(sign): "'" for sign in _APOSTROPHES}
#: These two calligraphic signs decompose into whole sentences, which would make 100 kB weigh 2 MB.
_PHRASES = re.compile("[\ufdfa\ufdfb]")


def fold(texte: str) -> str:
    """The text as it is searched and compared: no accent, no case, « oe » for œ, ’ straight, single spaces.

    ``fold(fold(t)) == fold(t)``. Used for search (product.md §6), the usager's fingerprint and the
    personal-data guard.
    """
    plain = texte.replace("`", "'")
    if not plain.isascii():
        # Apostrophes are replaced before the decomposition, because Unicode reads some of them as accents over a space.
        plain = _PHRASES.sub(" ", plain).translate(APOSTROPHE)
        plain = unicodedata.normalize("NFKD", plain.translate(_MARKS)).translate(_FOLDED).casefold()
    if not plain.isascii():
        # Case folding can give letters that decompose again (« İ », some Greek ones), so they are decomposed once more.
        plain = unicodedata.normalize("NFKD", plain).translate(_FOLDED)
    return " ".join(plain.lower().split())


_MOT = re.compile(r"[a-z0-9]+")


def split_mots(texte: str) -> tuple[str, ...]:
    """The words without accents, case, nor the mark of the plural."""
    return tuple(word.rstrip("sx") if len(word) > 3 else word for word in _MOT.findall(fold(texte)))


def _fold_character(character: str) -> str:
    if _is_unseen(character):
        return INVISIBLE
    if unicodedata.category(character) == "Zs":
        return " "
    plain = fold(character)
    return plain if len(plain) == 1 else character.lower() if len(character.lower()) == 1 else character


def _same_length_table() -> dict[int, str]:
    # These pages hold Latin, Greek, Cyrillic, Arabic and their marks, the typographic spaces and full-width forms.
    pages = ((0x80, 0x2500), (0x3000, 0x3001), (0xFE00, 0xFE10), (0xFEFF, 0xFFF0))
    table = {code: _fold_character(chr(code)) for page in pages for code in range(*page)}
    table |= {code: str((code - 0x1D7CE) % 10) for code in range(0x1D7CE, 0x1D800)}
    table[ord("\t")] = " "
    table |= APOSTROPHE
    return table


_SAME_LENGTH = _same_length_table()


def fold_same_length(texte: str) -> str:
    """Like :func:`fold`, but each character keeps its place: a find has the same bounds in the real text.

    Letters that would become two (œ, ß) stay; what is not seen becomes :data:`INVISIBLE`; line breaks stay.
    """
    # The table covers « İ », the only character whose lower case is longer; lower() does the rest.
    return texte.translate(_SAME_LENGTH).lower()


_TIRETS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def drop_unseen(texte: str) -> str:
    """A pasted address, code or number without what nobody sees: direction marks, zero widths; dashes and spaces plain.

    Copied from a mail or a directory, a number comes between marks of direction that no field shows.
    """
    if texte.isascii():
        return texte
    seen = "".join(
        " " if unicodedata.category(character) == "Zs" else character
        for character in _TIRETS.sub("-", texte)
        if unicodedata.category(character) not in ("Cf", "Cc") or character in "\t\n"
    )
    return unicodedata.normalize("NFKC", seen)
