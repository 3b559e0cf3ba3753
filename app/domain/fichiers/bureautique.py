"""A text or a sheet of an office suite (docx, xlsx, odt, ods): no macro, hidden program or outside order.

Parts are opened one by one; what counts is what they hold, not what the list of parts says of parts that are not there.
"""

import re
import zipfile
from collections.abc import Iterator
from itertools import chain

from app.domain.fichiers.archives import WORDS, Budget, list_entries, open_entry
from app.domain.fichiers.odf import LIBRARIES, Odf
from app.domain.fichiers.ooxml import CONTENT_TYPES, Ooxml
from app.domain.fichiers.refus import ABIME, DEUX_FORMATS, MACROS, MOT_DE_PASSE, OBJETS, FichierRefuse
from app.domain.fichiers.signatures import ARCHIVE, EXECUTABLES, INCONNU, IWORK, LIVRE, OLE, ZIP_MEMBER
from app.domain.fichiers.xml_par_morceaux import looks_like_xml

MACRO_NAMES = re.compile(
    r"^(?:basic|scripts|dialogs)/|(?:^|/)vbaproject\.bin$|/(?:macrosheets|dialogsheets|activex)/",
    re.IGNORECASE,
)
PROGRAM_NAMES = re.compile(
    r"\.(?:exe|dll|com|scr|msi|bat|cmd|ps1|vb[se]|jse?|ws[fh]|hta|jar|lnk|py|sh|s?html?|mht(?:ml)?|swf|class|rtf)$",
    re.IGNORECASE,
)
MIMETYPE, MANIFEST = "mimetype", "META-INF/manifest.xml"


def check_bureautique(contenu: bytes) -> str:
    """docx, xlsx, odt or ods, by content. Raises FichierRefuse. Opens 64 MiB at most."""
    return _check(contenu, Budget(), is_inner=False)


def _check(contenu: bytes, budget: Budget, *, is_inner: bool) -> str:
    entries = list_entries(contenu)
    names = [entry.filename for entry in entries]
    if "encrypted-package" in names:
        raise FichierRefuse(MOT_DE_PASSE)
    suite = _suite_of(names)
    # What is left of macros taken off is no macro: a part without a byte, a list without a module.
    filled = [entry.filename for entry in entries if entry.file_size]
    if any(MACRO_NAMES.search(name) and not LIBRARIES.match(name) for name in filled):
        raise FichierRefuse(MACROS)
    if any(PROGRAM_NAMES.search(name) for name in names):
        raise FichierRefuse(OBJETS)
    for entry in entries:
        _check_part(contenu, entry, suite, budget, is_inner=is_inner)
    return suite.kind()


def _suite_of(names: list[str]) -> Odf | Ooxml:
    """By the parts each suite cannot do without. Raises FichierRefuse for other archives, said by what they are."""
    is_odf, is_ooxml = MIMETYPE in names or MANIFEST in names, CONTENT_TYPES in names
    if is_odf and is_ooxml:
        raise FichierRefuse(DEUX_FORMATS)
    if is_ooxml:
        return Ooxml(names)
    if is_odf and ("content.xml" in names or MANIFEST in names):
        return Odf()
    if any(name.endswith(".iwa") for name in names):
        raise FichierRefuse(IWORK)
    if "META-INF/container.xml" in names:
        raise FichierRefuse(LIVRE)
    raise FichierRefuse(ARCHIVE)


def _check_part(
    contenu: bytes, entry: zipfile.ZipInfo, suite: Odf | Ooxml, budget: Budget, *, is_inner: bool
) -> None:
    name, pieces = entry.filename, open_entry(contenu, entry, budget)
    start = next(pieces, b"")
    whole = chain([start], pieces)
    if start.startswith((OLE, *EXECUTABLES)) or start.lstrip()[:4] == b"{\\rt":
        raise FichierRefuse(OBJETS)
    if start.startswith(ZIP_MEMBER):
        # The sheet behind a chart; one level is all that office suites write.
        if is_inner:
            raise FichierRefuse(OBJETS)
        _check_inner(b"".join(whole), budget)
    elif name == MIMETYPE:
        suite.read_mimetype(start)
    elif name.lower().endswith(WORDS) and start:  # LibreOffice leaves empty ones
        _read_words(name, whole, suite)
    elif looks_like_xml(start):
        # Named as something else: a drawing, most often.
        _read_other(name, whole, suite)
    for _ in pieces:  # to its end, where its size and its sum are compared
        pass


def _check_inner(contenu: bytes, budget: Budget) -> None:
    try:
        _check(contenu, budget, is_inner=True)
    except FichierRefuse as refus:
        # What is said of a format is said of the document, not of what it holds.
        raise FichierRefuse(
            OBJETS if refus.phrase in {ARCHIVE, INCONNU, IWORK, LIVRE} else refus.phrase
        ) from None


def _read_words(name: str, pieces: Iterator[bytes], suite: Odf | Ooxml) -> None:
    try:
        suite.read_part(name, pieces)
    except FichierRefuse as refus:
        # Excel writes drawings of this kind that are no XML.
        if refus.phrase != ABIME or not name.lower().endswith(".vml"):
            raise


def _read_other(name: str, pieces: Iterator[bytes], suite: Odf | Ooxml) -> None:
    try:
        suite.read_part(name, pieces)
    except FichierRefuse as refus:
        if refus.phrase not in suite.POWERS:
            return
        raise
