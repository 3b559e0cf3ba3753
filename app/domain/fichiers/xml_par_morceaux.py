"""Read XML by pieces, whatever its encoding, without ever holding it whole: elements pass by, nothing is kept."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from app.domain.fichiers.refus import ABIME, INHABITUEL, FichierRefuse

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], None]
# Byte order marks, and « < » in UTF-16 without one.
STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
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
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = on_start
        # Entities make words that are written nowhere.
        self._parser.EntityDeclHandler = _refuse
        if not may_have_doctype:
            self._parser.StartDoctypeDeclHandler = _refuse

    def listen(
        self, on_text: Callable[[str], None] | None, on_end: Callable[[str], None] | None = None
    ) -> None:
        """Hear of the text and of the ends of elements from now on; None: no more."""
        self._parser.CharacterDataHandler = on_text
        self._parser.EndElementHandler = on_end

    def read(self, pieces: Iterable[bytes]) -> None:
        """Raises FichierRefuse when it is not XML, or uses what office suites never write."""
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FichierRefuse(INHABITUEL if error.code in ENCODINGS else ABIME) from None
        except (LookupError, ValueError):
            # An encoding nobody knows, or one of several bytes that the reader cannot decode.
            raise FichierRefuse(INHABITUEL) from None


def _refuse(*_: object) -> None:
    raise FichierRefuse(INHABITUEL)
