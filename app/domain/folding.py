"""Text without accents, case or typographic variants: what two people typing the same word have in common."""

import unicodedata

#: Letters Unicode does not decompose but that French keyboards replace.
_LETTRES = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ı": "i",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
}
_LETTRES_TABLE = str.maketrans(_LETTRES)

#: What stands for « nothing is seen here » in :func:`fold_same_length`: accents written apart, invisible
#: characters.
INVISIBLE = "\u00ad"


def _without_marks(texte: str) -> str:
    """Drop combining marks and format characters (zero-width spaces, soft hyphens)."""
    return "".join(c for c in texte if c.isascii() or unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def fold(texte: str) -> str:
    """The text as it is searched and compared: no accent, no case, « oe » for œ, ’ straight, single spaces.

    ``fold(fold(t)) == fold(t)``. Used for search (product.md §6), the usager's fingerprint and the
    personal-data guard.
    """
    if texte.isascii():
        return " ".join(texte.lower().split())
    plain = _without_marks(unicodedata.normalize("NFKD", texte)).translate(_LETTRES_TABLE).casefold()
    # Case folding can give back letters that decompose (« İ », some Greek): once more settles it.
    plain = _without_marks(unicodedata.normalize("NFKD", plain)).translate(_LETTRES_TABLE)
    return " ".join(plain.split())


def _fold_character(character: str) -> str:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return INVISIBLE
    if unicodedata.category(character) == "Zs":
        return " "
    plain = fold(character)
    return plain if len(plain) == 1 else character.lower() if len(character.lower()) == 1 else character


def _same_length_table() -> dict[int, str]:
    # Latin, Greek, Cyrillic and their marks, Arabic…, typographic spaces, full-width forms, styled digits.
    pages = ((0x80, 0x2500), (0x3000, 0x3001), (0xFE00, 0xFE10), (0xFEFF, 0xFFF0))
    table = {code: _fold_character(chr(code)) for page in pages for code in range(*page)}
    table |= {code: str((code - 0x1D7CE) % 10) for code in range(0x1D7CE, 0x1D800)}
    table[ord("\t")] = " "
    return table


_SAME_LENGTH = _same_length_table()


def fold_same_length(texte: str) -> str:
    """Like :func:`fold`, but each character keeps its place: a find has the same bounds in the real text.

    Letters that would become two (œ, ß) stay; what is not seen becomes :data:`INVISIBLE`; line breaks stay.
    """
    # The table covers « İ », the only character whose lower case is longer; lower() does the rest.
    return texte.translate(_SAME_LENGTH).lower()
