"""Which encoding a French text was saved in: UTF-8 or UTF-16 say so; the others are told by the words they give.

`charset-normalizer` was tried: made for long texts of any language, it misreads half of the short French lists people
bring (« Noël » becomes Chinese). Four encodings are enough here, and accents tell them apart.
"""

import re
import unicodedata
from collections import Counter

# Windows, a Mac, Excel « MS-DOS » and old Unix programs.
ENCODINGS = ("cp1252", "mac_roman", "cp850", "iso8859_15")
# Where most bytes of one side are zero, the text is in UTF-16 and forgot to say so.
MOSTLY = 0.4
SAMPLE = 64 * 1024
TELLING = 16 * 1024
# How French each character is; what is not here counts against, other letters less than signs.
WEIGHTS = {
    "é": 6,
    **dict.fromkeys("èà", 5),
    **dict.fromkeys("É", 5),
    **dict.fromkeys("êçôîûâùëïœ", 4),
    **dict.fromkeys("ÀÈÇÊÔÎŒ", 3),
    **dict.fromkeys("ÂÙÛËÏöüäñáíóúßÿÁÍÓÚÑ", 1),
    **dict.fromkeys("’«»–—…€°§•\u00a0\u202f", 2),
    **dict.fromkeys("‘“”´²³½·", 0),
}
LETTER, SIGN, MISPLACED = -3, -5, -8
# Accents stand in some places only: « à » ends words, « è » comes before a silent « e » or an « s » and « ô » does not;
# few words begin with « ê » or « î », none with « ë »; no letter touches a figure. Only « à » is a word by itself, and
# « É. » a first name: any other is the « € », the dash or the « ½ » of another system, as « mà » is its « m… ».
ODD = re.compile(
    r"à(?=[^\W\d_])|(?<=[a-ikm-zâ-æè-ÿ])à|(?<![^\W_])[ß-öø-ÿœžš](?<![àé])(?![^\W_])|\béa\b|[oaeu]â|[aei]û|û(?=[aiou])"
    r"|è(?![b-df-hj-np-tv-z]{1,2}u?e|s\b)|\bë|\bê(?!tre|tes)|\bé(?:tre|tes)\b|\bî(?!l)|ô(?=s\b|qu|ch|gl|z|v)|iô|\boô\b"
    r"|(?<=\d)[à-ÿœ]|[à-ÿœ](?=\d)|(?<=[^\W\d_])(?:§|\xa0(?=-))|(?<=\d)[ \xa0]?§(?![ \xa0]?\d)"
)
SIGN_INSIDE = re.compile(r"(?<=[^\W\d_])[^\w\s’´\x00-\x7f](?=[^\W\d_])")
ACCENTED = re.compile(r"(?<![A-Za-z])[A-Za-z]*+[^\W\d_A-Za-z][^\W\d_]*")


def decode(contenu: bytes) -> str | None:
    """The text, or None when these bytes are not one."""
    for encoding in _declared(contenu):
        try:
            return contenu.decode(encoding)
        except UnicodeDecodeError:
            continue
    texts = {encoding: text for encoding in ENCODINGS if (text := _decode(contenu, encoding)) is not None}
    # Only the lines with an accent tell, however late they come.
    telling = b"\n".join(line for line in contenu.splitlines() if not line.isascii())[:TELLING]
    found = max(texts, key=lambda encoding: _frenchness(telling.decode(encoding)), default="")
    return texts.get(found)


def _declared(contenu: bytes) -> tuple[str, ...]:
    if contenu.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return ("utf-32",)
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
    """How French these letters are, and where they stand in their words."""
    weight = sum(times * _weight(char) for char, times in Counter(text).items() if char > "\x7f")
    misplaced = len(ODD.findall(text.lower())) + len(SIGN_INSIDE.findall(text))
    return weight + MISPLACED * (misplaced + sum(1 for word in ACCENTED.findall(text) if _is_mixed(word)))


def _weight(char: str) -> int:
    found = WEIGHTS.get(char)
    if found is None:
        return LETTER if unicodedata.category(char).startswith("L") else SIGN
    return found


def _is_mixed(word: str) -> bool:
    """« CRêDIT », « aÉ »: capitals and small letters that nobody mixes so."""
    return word.isalpha() and not (word.islower() or word.isupper() or word[1:].islower())
