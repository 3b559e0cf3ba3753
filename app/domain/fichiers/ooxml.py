"""What a Word or Excel document (docx, xlsx) may hold: read part by part, refused when it gives an order."""

import re
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import unquote

from app.domain.fichiers.refus import INHABITUEL, LIENS, MACROS, OBJETS, TROP_LOURD_OUVERT, FichierRefuse
from app.domain.fichiers.signatures import AVEC_MACROS, INCONNU, SHARE, WEB, XLSB
from app.domain.fichiers.xml_par_morceaux import Attributes, LectureXml, local

CONTENT_TYPES = "[Content_Types].xml"
MAINS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
MACRO_TYPES = re.compile(r"macroenabled|vbaproject|activex|macrosheet", re.IGNORECASE)
MAIN_WITH_MACROS = re.compile(r"macroenabled(?:template)?\.main\+xml$", re.IGNORECASE)
MAIN_BINARY = re.compile(r"binary\.macroenabled\.main$", re.IGNORECASE)
MACRO_LINKS = frozenset(
    {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "control", "activexcontrol"}
)
# A page or a text of another program, whatever the name of its part: Word opens it as what its type says.
FOREIGN = re.compile(
    r"(?:text/(?:html|rtf)|message/rfc822|application/(?:xhtml\+xml|rtf|msword|x-mimearchive))\b", re.I
)
PRINTER = re.compile(r"(?:^|/)printersettings/[^/]+\.bin$")
# Followed only when someone clicks, or asks the sheet to update.
FOLLOWED = frozenset({"hyperlink", "externallinkpath", "externallinkpathmissing"})
# A sheet of Excel holds 65 530 links.
LINKS_MAX = 100_000
INSTRUCTION_MAX = 64 * 1024
DDE = re.compile(r"(?:^|[\s>])DDE(?:AUTO)?\s", re.IGNORECASE)
FIRST_WORD_DDE = re.compile(r"[\s\"]*DDE(?:AUTO)?\b", re.IGNORECASE)
# A text or a picture taken from elsewhere when the fields are brought up to date. Each \ is written twice there.
INCLUDED = re.compile(
    r"[\s\"]*(?:(INCLUDEPICTURE|IMPORT)|INCLUDETEXT|INCLUDE|RD|LINK\s+[\w.]+)\s+\"?([^\"]*)", re.IGNORECASE
)
# What a ribbon of its own would call: there is no macro here, so that it can only be one of another document.
CALLBACK = re.compile(r"(?:on|get)[A-Z]|loadImage$")


class Ooxml:
    """One document, of these parts. `kind` is asked once every part was read."""

    POWERS: ClassVar = frozenset({MACROS, LIENS})

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {unquote(name).casefold() for name in names}
        self._overrides: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        self._links = 0

    def read_mimetype(self, start: bytes) -> None:
        """A part of the other family means nothing here."""

    def read_part(self, name: str, pieces: Iterable[bytes]) -> None:
        """Raises FichierRefuse."""
        if name == CONTENT_TYPES:
            LectureXml(self._on_type, may_have_doctype=False).read(pieces)
        elif name.lower().endswith(".rels"):
            LectureXml(self._on_link, may_have_doctype=False).read(pieces)
        else:
            _Instructions().read(pieces)

    def kind(self) -> str:
        """docx or xlsx. Raises FichierRefuse for macros that are there, and for the others of the family."""
        declared = {*self._overrides.values(), *self._defaults.values()}
        if any(MAIN_BINARY.search(each) for each in self._overrides.values()):
            raise FichierRefuse(XLSB)
        if any(MAIN_WITH_MACROS.search(each) for each in declared):
            raise FichierRefuse(AVEC_MACROS)
        if any(MACRO_TYPES.search(self._type_of(name)) for name in self._names):
            raise FichierRefuse(MACROS)
        if any(FOREIGN.match(self._type_of(name)) for name in self._names):
            raise FichierRefuse(OBJETS)
        kinds = {MAINS[each] for each in declared if each in MAINS}
        if len(kinds) != 1:
            raise FichierRefuse(INHABITUEL if kinds else INCONNU)
        return kinds.pop()

    def _type_of(self, name: str) -> str:
        """What the list of types says of a part that is there."""
        # A default counts for what nothing else says; the settings of a printer are never a program.
        is_printer = PRINTER.search(name) is not None
        return self._overrides.get(name) or (
            "" if is_printer else self._defaults.get(name.rpartition(".")[2], "")
        )

    def _on_type(self, name: str, attributes: Attributes) -> None:
        declared = attributes.get("ContentType", "")
        if local(name) == "Override":
            self._overrides[unquote(attributes.get("PartName", "")).lstrip("/").casefold()] = declared
        elif local(name) == "Default":
            self._defaults[attributes.get("Extension", "").casefold()] = declared

    def _on_link(self, _name: str, attributes: Attributes) -> None:
        self._links += 1
        if self._links > LINKS_MAX:
            raise FichierRefuse(TROP_LOURD_OUVERT)
        nature = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "").replace("\\", "/")
        is_elsewhere = attributes.get("TargetMode", "").lower() == "external" or WEB.match(target)
        if not is_elsewhere and not SHARE.match(target):
            last = unquote(target).rpartition("/")[2].casefold()
            if nature in MACRO_LINKS and any(name.rpartition("/")[2] == last for name in self._names):
                raise FichierRefuse(MACROS)
            return
        # A picture on the web is what pasting a courriel leaves; on a share, it would send a password.
        if nature not in FOLLOWED and (SHARE.match(target) or (nature != "image" and WEB.match(target))):
            raise FichierRefuse(LIENS)


class _Instructions:
    """The fields of a text, each read as one whatever the number of runs it is cut into; and the links of a sheet."""

    def __init__(self) -> None:
        self._open: list[str] = []  # the instruction of each field not yet closed, the innermost last
        self._loose = ""
        self._is_ribbon = False
        self._lecture = LectureXml(self._on_element, may_have_doctype=False)

    def read(self, pieces: Iterable[bytes]) -> None:
        self._lecture.read(pieces)
        for instruction in self._open:
            _check_instruction(instruction)
        if DDE.search(f" {self._loose} "):
            raise FichierRefuse(LIENS)

    def _on_element(self, name: str, attributes: Attributes) -> None:
        self._check_ribbon(name, attributes)
        match local(name):
            case "ddeLink":
                raise FichierRefuse(LIENS)
            case "connection" | "queryTable" if _attribute(attributes, "refreshOnLoad") in {"1", "true"}:
                raise FichierRefuse(LIENS)
            case "fldSimple":
                _check_instruction(_attribute(attributes, "instr"))
            case "fldChar":
                self._on_field(_attribute(attributes, "fldCharType"))
            case "instrText" | "delInstrText":
                self._lecture.listen(self._on_text, self._on_end)

    def _check_ribbon(self, name: str, attributes: Attributes) -> None:
        self._is_ribbon = self._is_ribbon or local(name) == "customUI"
        if self._is_ribbon and any(CALLBACK.match(key) for key in attributes):
            raise FichierRefuse(MACROS)

    def _on_field(self, kind: str) -> None:
        if kind == "begin":
            self._open.append("")
        elif self._open:
            _check_instruction(self._open[-1])
            if kind == "end":
                self._open.pop()

    def _on_text(self, text: str) -> None:
        kept = (self._open[-1] if self._open else self._loose) + text
        if len(kept) > INSTRUCTION_MAX or len(self._open) > INSTRUCTION_MAX:
            raise FichierRefuse(INHABITUEL)
        if self._open:
            self._open[-1] = kept
        else:
            self._loose = kept

    def _on_end(self, name: str) -> None:
        if local(name) in {"instrText", "delInstrText"}:
            self._lecture.listen(None)


def _attribute(attributes: Attributes, wanted: str) -> str:
    return next((value for key, value in attributes.items() if local(key) == wanted), "")


def _check_instruction(instruction: str) -> None:
    if FIRST_WORD_DDE.match(instruction):
        raise FichierRefuse(LIENS)
    if included := INCLUDED.match(instruction):
        is_picture, address = included[1], included[2].replace("\\", "/")
        if SHARE.match(address) or (WEB.match(address) and not is_picture):
            raise FichierRefuse(LIENS)
