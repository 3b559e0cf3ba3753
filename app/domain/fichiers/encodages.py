"""Which encoding a French text was saved in: UTF-8 or UTF-16 say so; the others are told by the words they give.

`charset-normalizer` was tried: made for long texts of any language, it misreads half of the short French lists people
bring (« Noël » becomes Chinese). Four encodings are enough here, and accents tell them apart.
"""

import unicodedata

# Windows, a Mac, Excel « MS-DOS » and old Unix programs.
ENCODINGS = ("cp1252", "mac_roman", "cp850", "iso8859_15")
# Where most bytes of one side are zero, the text is in UTF-16 and forgot to say so.
MOSTLY = 0.4
SAMPLE = 64 * 1024
# How French each character is; what is not here counts against, other letters less than signs.
WEIGHTS = {
    "é": 6,
    **dict.fromkeys("èà", 5),
    **dict.fromkeys("êçôîûâùëïœ", 4),
    **dict.fromkeys("É", 4),
    **dict.fromkeys("ÀÈÇÊ", 3),
    **dict.fromkeys("ÎÔÂÙÛËÏŒöüäñáíóúß", 1),
    **dict.fromkeys("’«»–—…€°•\u00a0\u202f", 2),
    **dict.fromkeys("‘“”²³½·", 0),
}
LETTER, SIGN = -3, -5


def decode(contenu: bytes) -> str | None:
    """The text, or None when these bytes are not one."""
    for encoding in _declared(contenu):
        try:
            return contenu.decode(encoding)
        except UnicodeDecodeError:
            continue
    texts = [text for encoding in ENCODINGS if (text := _decode(contenu, encoding)) is not None]
    return max(texts, key=lambda text: _frenchness(text[:SAMPLE]), default=None)


def _declared(contenu: bytes) -> tuple[str, ...]:
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    pairs = max(len(contenu[:SAMPLE]) // 2, 1)
    if contenu[1:SAMPLE:2].count(0) > MOSTLY * pairs:
        return ("utf-16-le", "utf-8-sig")
    if contenu[:SAMPLE:2].count(0) > MOSTLY * pairs:
        return ("utf-16-be", "utf-8-sig")
    return ("utf-8-sig",)


def _decode(contenu: bytes, encoding: str) -> str | None:
    try:
        return contenu.decode(encoding)
    except UnicodeDecodeError:
        return None


def _frenchness(text: str) -> int:
    return sum(
        _weight(char, before, after)
        for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False)
        if char > "\x7f"
    )


def _weight(char: str, before: str, after: str) -> int:
    weight = WEIGHTS.get(char)
    if weight is None:
        return LETTER if unicodedata.category(char).startswith("L") else SIGN
    if char.isupper() and before.islower():
        return LETTER  # « aÉ »: a capital inside a word
    if not char.isalpha() and char != "’" and before.isalpha() and after.isalpha():
        return LETTER  # a sign inside a word
    return weight
