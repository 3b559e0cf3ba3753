"""A PDF that only shows pages: no program, no attachment, no password, nothing before or after it.

This is not a PDF reader: it looks for the words that give a PDF powers, in the clear and in its compressed
object streams, and refuses what is written so that they could hide.
"""

import re
import zlib
from collections.abc import Iterator

from app.domain.fichiers.refus import ABIME, DEUX_FORMATS, TROP_LOURD_OUVERT, FichierRefuse
from app.domain.fichiers.signatures import ends_like_zip

START = re.compile(rb"%PDF-[12]\.\d")
END = b"%%EOF"
# Readers accept some bytes after the end; scanners and copiers do add some.
MAX_TAIL = 1024
MAX_STREAMS = 20_000
# All object streams together, opened; a real 10 MiB file holds a few.
MAX_OPENED = 64 * 1024 * 1024
CHUNK = 16 * 1024

PROGRAMME = (
    "Ce PDF contient un programme ou un formulaire animé ; imprimez-le en PDF (Fichier, Imprimer, "
    "Enregistrer au format PDF), puis joignez le nouveau fichier."
)
PIECES = "Ce PDF contient d’autres fichiers ; joignez-les un par un, et le PDF sans ses pièces jointes."
PROTEGE = (
    "Ce PDF est protégé (mot de passe ou droits limités) ; ouvrez-le, imprimez-le en PDF, puis joignez "
    "le nouveau fichier."
)
INHABITUEL = (
    "Ce PDF est construit de façon inhabituelle ; imprimez-le en PDF, puis joignez le nouveau fichier."
)

STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
NUMBERS_FIRST = re.compile(rb"\s*\d+\s+\d+\s")


def _names(*names: str) -> re.Pattern[bytes]:
    """These PDF names, each letter plain or written #xx (ISO 32000-1 §7.3.5), and not a longer name."""

    def letter(char: str) -> str:
        code = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(char):02x}")
        return f"(?:{char}|#{code})"

    firsts = "".join(sorted({name[0] for name in names}))
    spelled = "|".join("".join(letter(char) for char in name) for name in names)
    return re.compile(f"/(?=[{firsts}#])(?:{spelled})(?![A-Za-z0-9#_.+-])".encode())


POWERS = {
    _names("JavaScript", "Launch", "RichMedia", "XFA", "ImportData", "Movie"): PROGRAMME,
    _names("EmbeddedFile", "EmbeddedFiles", "FileAttachment", "GoToE", "Collection"): PIECES,
    re.compile(rb"/EF\s*(?:<<|\d+\s+\d+\s+R)"): PIECES,
    re.compile(rb"/JS\s*(?:[(<]|\d+\s+\d+\s+R)"): PROGRAMME,
}
ENCRYPTED = re.compile(_names("Encrypt").pattern + rb"\s*(?:<<|\d+\s+\d+\s+R)")
OBJECT_STREAM = re.compile(_names("ObjStm").pattern + rb"|/First\s+\d+(?!\d|\s+\d+\s+R)")
FIRST = _names("First")
COMPRESSED = _names("FlateDecode", "Fl")
# Filters that would hide the words from us; no writer uses them for object streams.
HIDING = _names(
    "ASCIIHexDecode",
    "AHx",
    "ASCII85Decode",
    "A85",
    "LZWDecode",
    "LZW",
    "RunLengthDecode",
    "RL",
    "Crypt",
    "Predictor",
)
FILTER_ELSEWHERE = re.compile(_names("Filter").pattern + rb"\s*\d+\s+\d+\s+R")


def check_pdf(contenu: bytes) -> None:
    """Raise FichierRefuse unless the file is a whole PDF without powers. Reads 64 MiB at most."""
    if not START.match(contenu):
        raise FichierRefuse(ABIME)
    end = contenu.rfind(END)
    if end < 0:
        raise FichierRefuse(ABIME)
    if len(contenu[end + len(END) :].strip(b"\0\r\n\t ")) > MAX_TAIL or ends_like_zip(contenu):
        raise FichierRefuse(DEUX_FORMATS)
    if ENCRYPTED.search(contenu):
        raise FichierRefuse(PROTEGE)
    _check_powers(contenu)
    for opened in _object_streams(contenu):
        _check_powers(opened)


def _check_powers(text: bytes) -> None:
    for power, phrase in POWERS.items():
        if power.search(text):
            raise FichierRefuse(phrase)


def _object_streams(contenu: bytes) -> Iterator[bytes]:
    """Each object stream, opened, and what could be read as one. Raises FichierRefuse if one hides."""
    left = MAX_OPENED
    previous = 0
    for number, keyword in enumerate(STREAM.finditer(contenu)):
        if number == MAX_STREAMS:
            raise FichierRefuse(INHABITUEL)
        before = contenu[previous : keyword.start()]
        previous = keyword.end()
        is_declared = _declares_object_stream(before)
        if not is_declared and not NUMBERS_FIRST.match(_inflate(contenu, keyword.end(), 64)[0]):
            continue
        opened, is_whole = _inflate(contenu, keyword.end(), left)
        if is_declared and len(opened) == left:
            raise FichierRefuse(TROP_LOURD_OUVERT)
        if is_declared and not is_whole and COMPRESSED.search(before):
            raise FichierRefuse(ABIME)
        left = max(left - len(opened), 1)
        yield opened


def _declares_object_stream(before: bytes) -> bool:
    """Does the dictionary ending here announce an object stream? Raises FichierRefuse if one is hidden."""
    own = before[before.rfind(b"obj") + 3 :] if b"obj" in before else before
    is_declared = bool(OBJECT_STREAM.search(before) or FIRST.search(own))
    if is_declared and (HIDING.search(own) or FILTER_ELSEWHERE.search(own)):
        raise FichierRefuse(INHABITUEL)
    return is_declared


def _inflate(contenu: bytes, start: int, limit: int) -> tuple[bytes, bool]:
    """What opens from there, at most `limit` bytes, and whether it is whole. Nothing if not compressed."""
    stream = zlib.decompressobj()
    opened = bytearray()
    while len(opened) < limit and not stream.eof and start < len(contenu):
        try:
            opened += stream.decompress(contenu[start : start + CHUNK], limit - len(opened))
        except zlib.error:
            break
        start += CHUNK
    return bytes(opened), stream.eof
