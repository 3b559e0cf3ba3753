"""Read XML by pieces, whatever its encoding, without ever holding it whole: elements pass by, nothing is kept."""

import re
from collections.abc import Callable, Iterable
from itertools import chain
from xml.parsers import expat

from app.domain.fichiers.refus import ABIME, INHABITUEL, FichierRefuse

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], None]
# Byte order marks, and « < » in UTF-16 without one.
STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
TOLD_UTF16 = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,60}encoding=[\"']utf-16", re.IGNORECASE)
UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
ENCODINGS = {
    expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}


def looks_like_xml(start: bytes) -> bool:
    """Would a reader take it for XML, by its first bytes?"""
    return start.lstrip(b" \t\r\n").startswith(STARTS)


def local(name: str) -> str:
    """The name of an element or attribute without its prefix, which each writer chooses."""
    return name.rpartition(":")[2]


class LectureXml:
    """One part, read for `on_start`; set `on_text` while the text of an element is wanted, `on_end` to hear of ends."""

    def __init__(self, on_start: OnElement, *, may_have_doctype: bool) -> None:
        self._on_start = on_start
        self._may_have_doctype = may_have_doctype
        self._parser = expat.ParserCreate()

    def listen(
        self, on_text: Callable[[str], None] | None, on_end: Callable[[str], None] | None = None
    ) -> None:
        """Hear of the text and of the ends of elements from now on; None: no more."""
        self._parser.CharacterDataHandler = on_text
        self._parser.EndElementHandler = on_end

    def read(self, pieces: Iterable[bytes]) -> None:
        """Raises FichierRefuse when it is not XML, or uses what office suites never write."""
        pieces = iter(pieces)
        start = next(pieces, b"")
        if start.startswith(UTF32):
            raise FichierRefuse(INHABITUEL)
        self._open("utf-8" if is_told_utf16_wrongly(start) else None)
        try:
            for piece in chain([start], pieces):
                self._parser.Parse(piece, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FichierRefuse(INHABITUEL if error.code in ENCODINGS else ABIME) from None
        except (LookupError, ValueError):
            # An encoding nobody knows, or one of several bytes that the reader cannot decode.
            raise FichierRefuse(INHABITUEL) from None

    def _open(self, encoding: str | None) -> None:
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._on_start
        # Entities make words that are written nowhere.
        self._parser.EntityDeclHandler = _refuse
        if not self._may_have_doctype:
            self._parser.StartDoctypeDeclHandler = _refuse


def is_told_utf16_wrongly(start: bytes) -> bool:
    """Programs write « utf-16 » at the head of a part, then save it in UTF-8: nobody could read it as it says."""
    return b"\0" not in start and TOLD_UTF16.match(start) is not None


def _refuse(*_: object) -> None:
    raise FichierRefuse(INHABITUEL)
