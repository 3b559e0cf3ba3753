"""A text or a sheet of an office suite (docx, xlsx, odt, ods): no macro, hidden program or outside order."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from app.domain.fichiers.archives import Budget, list_entries, read_entries
from app.domain.fichiers.refus import ABIME, MACROS, MOT_DE_PASSE, TROP_LOURD_OUVERT, FichierRefuse
from app.domain.fichiers.signatures import ARCHIVE, EXECUTABLES, INCONNU, OLE, ZIP_MEMBER

CONTENT_TYPES = "[Content_Types].xml"
MAINS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
MACRO_TYPES = re.compile(r"macroenabled|vbaproject|activex|macrosheet", re.IGNORECASE)
MACRO_NAMES = re.compile(
    r"^(?:basic|scripts|dialogs)/|(?:^|/)(?:vbaproject\.bin|vbadata\.xml)$|/(?:macrosheets|dialogsheets|activex)/",
    re.IGNORECASE,
)
ODF_MACROS = re.compile(
    rb":event-listener[\s/>]|:execute-macro[\s/>]|vnd\.sun\.star\.(?:script|macro)|href=[\"'](?:macro|application|service):"
)
ODF_ORDERS = re.compile(rb":(?:dde-connection|dde-connection-decl|dde-source|floating-frame|applet)[\s/>]")
PROGRAM_NAMES = re.compile(
    r"\.(?:exe|dll|com|scr|msi|bat|cmd|ps1|vb[se]|jse?|ws[fh]|hta|jar|lnk|py|sh|s?html?|mht(?:ml)?|swf|class|rtf)$",
    re.IGNORECASE,
)
DDE = re.compile(rb"(?:^|[\s>])DDE(?:AUTO)?\s", re.IGNORECASE)
# Never fails once begun: what does not close is read to its end once, not again from each of its words.
INSTRUCTIONS = re.compile(rb"instrText[^<>]*+>?([^<]*+)|:instr=[\"']([^\"']*+)")
# A list of the parts, or of the links of one: read as a tree, which takes fifty times its size.
MAX_TREE = 2 * 1024 * 1024
# Another machine than this one, once \\ is written /: a share reached by its name, or anything on the web.
SHARE = re.compile(r"\s*(?:file:)?(?://[^/]|/{4})", re.IGNORECASE)
WEB = re.compile(r"\s*(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)

OBJETS = (
    "Ce document contient un objet ou un programme incorporé ; enregistrez-le en PDF, puis joignez le PDF."
)
LIENS = (
    "Ce document va chercher son contenu ailleurs (modèle, cadre, DDE) ; enregistrez-le en PDF, puis "
    "joignez le PDF."
)


def check_bureautique(contenu: bytes) -> str:
    """docx, xlsx, odt or ods, by content. Raises FichierRefuse. Opens 100 MiB at most."""
    return _check(contenu, Budget(), is_inner=False)


def _check(contenu: bytes, budget: Budget, *, is_inner: bool) -> str:
    parts = dict(read_entries(contenu, list_entries(contenu), budget))
    _check_names(parts)
    if "encrypted-package" in parts:
        raise FichierRefuse(MOT_DE_PASSE)
    if next(iter(parts)) == "mimetype" and "META-INF/manifest.xml" in parts:
        kind = _check_odf(parts)
    elif CONTENT_TYPES in parts:
        kind = _check_ooxml(parts)
    else:
        raise FichierRefuse(ARCHIVE)
    for part in parts.values():
        if part.startswith(ZIP_MEMBER):
            # The sheet behind a chart; one level is all that office suites write.
            if is_inner:
                raise FichierRefuse(OBJETS)
            _check(part, budget, is_inner=True)
    return kind


def _check_names(parts: dict[str, bytes]) -> None:
    if any(MACRO_NAMES.search(name) for name in parts):
        raise FichierRefuse(MACROS)
    if any(PROGRAM_NAMES.search(name) for name in parts):
        raise FichierRefuse(OBJETS)
    if any(part.startswith((OLE, *EXECUTABLES)) for part in parts.values()):
        raise FichierRefuse(OBJETS)


def _check_odf(parts: dict[str, bytes]) -> str:
    kind = MIMETYPES.get(parts["mimetype"].strip())
    if kind is None:
        raise FichierRefuse(INCONNU)
    for name, part in parts.items():
        if not name.endswith((".xml", ".rdf")):
            continue
        _check_plain_xml(part, b"<!ENTITY")
        if name == "META-INF/manifest.xml" and b"encryption-data" in part:
            raise FichierRefuse(MOT_DE_PASSE)
        if ODF_MACROS.search(part):
            raise FichierRefuse(MACROS)
        if ODF_ORDERS.search(part):
            raise FichierRefuse(LIENS)
    return kind


def _check_ooxml(parts: dict[str, bytes]) -> str:
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            _check_plain_xml(part, b"<!DOCTYPE")
        if name.endswith(".rels"):
            _check_relations(part)
        if b":ddeLink" in part or b"<ddeLink" in part or _orders_dde(part):
            raise FichierRefuse(LIENS)
    types = [element.get("ContentType", "") for element in _elements(parts[CONTENT_TYPES])]
    if any(MACRO_TYPES.search(declared) for declared in types):
        raise FichierRefuse(MACROS)
    kinds = {MAINS[declared] for declared in types if declared in MAINS}
    if len(kinds) != 1:
        raise FichierRefuse(INCONNU)
    return kinds.pop()


def _check_plain_xml(part: bytes, forbidden: bytes) -> None:
    # Words are searched as bytes: an encoding that hides them, or entities that make them, are not accepted.
    if b"\0" in part[:64] or part.startswith((b"\xff\xfe", b"\xfe\xff", b"+/v")):
        raise FichierRefuse(ABIME)
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([^\"']+)", part.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared.group(1).lower() not in {b"utf-8", b"us-ascii", b"iso-8859-1", b"windows-1252"}:
        raise FichierRefuse(ABIME)
    if forbidden in part:
        raise FichierRefuse(ABIME)


def _check_relations(part: bytes) -> None:
    for relation in _elements(part):
        if relation.get("TargetMode", "").lower() != "external":
            continue
        nature = relation.get("Type", "").rpartition("/")[2].lower()
        target = relation.get("Target", "").replace("\\", "/")
        # Followed only when someone clicks, or asks the sheet to update.
        if nature in {"hyperlink", "externallinkpath", "externallinkpathmissing"}:
            continue
        # A picture on the web is what pasting a courriel leaves; on a share, it would send a password.
        if SHARE.match(target) or (nature != "image" and WEB.match(target)):
            raise FichierRefuse(LIENS)


def _orders_dde(part: bytes) -> bool:
    # An instruction may be cut into several runs of text.
    if b"instr" not in part:
        return False
    instructions = (first or second for first, second in INSTRUCTIONS.findall(part))
    return bool(DDE.search(b" " + b"".join(instructions) + b" "))


def _elements(part: bytes) -> Iterable[ElementTree.Element]:
    if len(part) > MAX_TREE:
        raise FichierRefuse(TROP_LOURD_OUVERT)
    try:
        # Neither DTD nor entities get here.
        return ElementTree.fromstring(part)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError):
        raise FichierRefuse(ABIME) from None
