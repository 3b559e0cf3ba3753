"""A PDF that only shows pages: no program, no attached file, nothing that leaves by itself, nothing around it.

Its structure is read by qpdf (`pikepdf`), which undoes escaped names, compressed objects and harmless passwords; what
stands in strings, links and page text is never taken for an order. Actions are judged by a list of those allowed. A
file qpdf had to repair is given back as it was judged, so that no other reader repairs it into something else.
"""

import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pikepdf

from app.domain.fichiers.actions_pdf import (
    ANNOTATIONS,
    BY_ITSELF,
    FORBIDDEN,
    ON_CLICK,
    PAGES,
    PIECES,
    PROGRAMME,
    SORTIE,
    STRUCTURE,
    is_link,
)
from app.domain.fichiers.refus import (
    ABIME,
    DEUX_FORMATS,
    INHABITUEL,
    MOT_DE_PASSE,
    SUITE,
    TROP_LOURD_OUVERT,
    FichierRefuse,
)
from app.domain.fichiers.signatures import BLANKS, SHARE, ends_like_zip

START = re.compile(rb"%PDF-[12]\.\d")
END = b"%%EOF"
# Readers accept some bytes after the end; scanners and copiers do add some.
TAIL_MAX = 1024
OBJECTS_MAX = 400_000
DEPTH_MAX = 100
# One object stream, opened; a real one holds a hundred objects.
STREAM_MAX = 32 * 1024 * 1024
PAIRS_MAX = 100_000

PROTEGE = (
    "Ce PDF est protégé d’une façon que nous ne savons pas ouvrir ; imprimez-le en PDF, puis joignez le nouveau "
    "fichier."
)
# What qpdf raises, and what plain values that are not of the expected kind raise.
DAMAGED = (pikepdf.PikepdfError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError)

# What qpdf says of pages that leave out what every reader supplies.
USUAL = "Resources is missing or invalid"

# qpdf decodes nothing but the streams that hold objects.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=2 * STREAM_MAX,
    run_length_max_memory=2 * STREAM_MAX,
    png_max_memory=2 * STREAM_MAX,
    max_stream_filters=4,
)
# A document of one empty page, for objects that have to be read outside of theirs.
ALONE = (
    b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
)

Dictionary = dict[str, Any]


def check_pdf(contenu: bytes) -> bytes:
    """The PDF as it may be kept: without what stood before it, and written again if it needed repair.

    Raises FichierRefuse unless it is a whole PDF without powers.
    """
    contenu = contenu if contenu.startswith(b"%") else contenu.lstrip(BLANKS)
    if not START.match(contenu):
        raise FichierRefuse(ABIME)
    end = contenu.rfind(END)
    if ends_like_zip(contenu):
        raise FichierRefuse(DEUX_FORMATS)
    if end >= 0 and len(contenu[end + len(END) :].strip(b"\0\r\n\t ")) > TAIL_MAX:
        raise FichierRefuse(SUITE)
    try:
        return _check_structure(contenu, is_whole=end >= 0)
    except pikepdf.PasswordError:
        raise FichierRefuse(MOT_DE_PASSE) from None
    except MemoryError:
        raise FichierRefuse(TROP_LOURD_OUVERT) from None
    except DAMAGED as error:
        # qpdf has one exception for everything it cannot read: its words tell which.
        reason = str(error).lower()
        if "memory limit" in reason:
            raise FichierRefuse(TROP_LOURD_OUVERT) from None
        raise FichierRefuse(PROTEGE if "encrypt" in reason else ABIME) from None


def _check_structure(contenu: bytes, *, is_whole: bool) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(contenu), attempt_recovery=False) as document:
            return contenu if _check_document(document) else _write_again(document)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PikepdfError:
        if not is_whole:
            # Cut short on its way: what is missing may be what matters.
            raise
    with pikepdf.open(io.BytesIO(contenu)) as document:
        _check_document(document)
        return _write_again(document)


def _write_again(document: pikepdf.Pdf) -> bytes:
    """What was judged and nothing else: objects that nothing uses are left out, and every reader reads the same."""
    output = io.BytesIO()
    document.save(output, encryption=False)
    return output.getvalue()


def _check_document(document: pikepdf.Pdf) -> bool:
    """Whether qpdf found nothing to mend, once every object, used or not, was judged.

    Raises FichierRefuse, pikepdf.PikepdfError.
    """
    if not len(document.pages):
        raise FichierRefuse(ABIME)
    objects = _Objects(document)
    warnings: list[str] = []
    used = {entry.obj_stream_number for entry in document.get_xref_table().values() if entry.type == 2}
    for numero, value in objects.all():
        for dictionary in _dictionaries(value):
            _check_dictionary(dictionary, objects)
        if isinstance(value, dict) and numero[0] not in used and _is_object_stream(value):
            warnings += document.get_warnings()  # which forgets them: what comes next is of this stream
            for inner in _packed(document, document.get_object(numero)):
                for dictionary in _dictionaries(inner):
                    _check_dictionary(dictionary, objects)
    _check_catalog(objects)
    warnings += document.get_warnings()
    return all(USUAL in warning for warning in warnings)


class _Objects:
    """The objects of a document as plain Python values, read one by one."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document

    def all(self) -> Iterator[tuple[tuple[int, int], Any]]:
        objects = self._document.objects
        if len(objects) > OBJECTS_MAX:
            raise FichierRefuse(INHABITUEL)
        for value in objects:
            if isinstance(value, pikepdf.Object):
                yield value.objgen, plain(value)

    def trailer(self) -> Dictionary:
        value = plain(self._document.trailer)
        return value if isinstance(value, dict) else {}

    def follow(self, value: Any) -> Any:
        """What a reference leads to, the value itself when it is none."""
        for _ in range(8):
            if not is_reference(value):
                return value
            number, generation, _r = value.split(" ")
            found = self._document.get_object((int(number), int(generation)))
            value = plain(found) if isinstance(found, pikepdf.Object) else None
        return None


def plain(value: pikepdf.Object) -> Any:
    """Names start with /, strings with u: or b: (in hexadecimal), references are « 12 0 R »; escapes are undone."""
    return json.loads(value.to_json(dereference=True, schema_version=2))


def is_reference(value: Any) -> bool:
    """« 12 0 R »: the object stands elsewhere in the document."""
    return isinstance(value, str) and value.endswith(" R") and value[:1].isdigit()


def text_of(value: Any) -> str:
    """The words of a string, empty for anything else."""
    if not isinstance(value, str):
        return ""
    kind, _, words = value.partition(":")
    if kind == "u":
        return words
    return bytes.fromhex(words).decode("latin-1") if kind == "b" else ""


def _dictionaries(value: Any) -> Iterator[Dictionary]:
    """The dictionaries within an object, itself first."""
    waiting = [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        if depth > DEPTH_MAX:
            raise FichierRefuse(INHABITUEL)
        if isinstance(found, dict):
            yield found
            waiting += [(inner, depth + 1) for inner in found.values() if isinstance(inner, dict | list)]
        elif isinstance(found, list):
            waiting += [(inner, depth + 1) for inner in found if isinstance(inner, dict | list)]


def _check_dictionary(found: Dictionary, objects: _Objects) -> None:
    # Any of these names may stand in an object of its own.
    kind, subtype, of = (objects.follow(found.get(key)) for key in ("/S", "/Subtype", "/Type"))
    if kind in FORBIDDEN and not _is_structure(found):
        raise FichierRefuse(FORBIDDEN[kind])
    if "/Rect" in found and subtype in ANNOTATIONS:
        raise FichierRefuse(ANNOTATIONS[subtype])
    if of == "/EmbeddedFile" or objects.follow(found.get("/EF")):
        raise FichierRefuse(PIECES)
    if objects.follow(found.get("/XFA")):
        raise FichierRefuse(PROGRAMME)
    for key in ("/A", "/PA"):
        # Elsewhere /A is something else: attributes of a structure, angles.
        if _is_action(action := objects.follow(found.get(key)), objects):
            _check_action(action, ON_CLICK, objects)
    for key in ("/AA", "/OpenAction"):
        if key in found:
            _check_alone(key, objects.follow(found[key]), objects)
    _check_outside(found, objects)


def _is_structure(found: Dictionary) -> bool:
    return "/P" in found and STRUCTURE.issuperset(found)


def _is_action(value: Any, objects: _Objects) -> bool:
    if not isinstance(value, dict) or _is_structure(value):
        return False
    return str(objects.follow(value.get("/S"))).startswith("/")


def _check_alone(key: str, value: Any, objects: _Objects) -> None:
    """What happens without a click: on opening, on seeing a page, on leaving a field."""
    actions = value.values() if key == "/AA" and isinstance(value, dict) else [value]
    for action in map(objects.follow, actions):
        if isinstance(action, dict):
            _check_action(action, BY_ITSELF, objects)


def _check_action(action: Dictionary, allowed: frozenset[str], objects: _Objects) -> None:
    waiting: list[Any] = [action]
    for _ in range(1000):
        if not waiting:
            return
        found = objects.follow(waiting.pop())
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            _check_one_action(found, allowed, objects)
            waiting.append(found.get("/Next"))
    raise FichierRefuse(INHABITUEL)


def _check_one_action(action: Dictionary, allowed: frozenset[str], objects: _Objects) -> None:
    kind = objects.follow(action.get("/S"))
    if kind not in allowed:
        if kind in FORBIDDEN:
            raise FichierRefuse(FORBIDDEN[kind])
        # Nobody knows what an action that is not of the standard would do.
        raise FichierRefuse(SORTIE if kind in ON_CLICK else INHABITUEL)
    if kind == "/Named" and allowed is BY_ITSELF and objects.follow(action.get("/N")) not in PAGES:
        raise FichierRefuse(SORTIE)
    if kind == "/URI" and not is_link(text_of(objects.follow(action.get("/URI")))):
        # javascript:, file: and shares, which send the password of the session to whoever asks.
        raise FichierRefuse(SORTIE)


def _check_outside(found: Dictionary, objects: _Objects) -> None:
    """Files elsewhere: a share is never named, and no stream takes its content from outside."""
    for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac", "/Base"):
        value = objects.follow(found[key]) if key in found else None
        if SHARE.match(text_of(value).replace("\\", "/")):
            raise FichierRefuse(SORTIE)
    if "/Length" in found and (text_of(objects.follow(found.get("/F"))) or isinstance(found.get("/F"), dict)):
        raise FichierRefuse(SORTIE)
    reference = objects.follow(found.get("/Ref"))
    if isinstance(reference, dict) and "/F" in reference:
        raise FichierRefuse(SORTIE)


def _check_catalog(objects: _Objects) -> None:
    root = objects.follow(objects.trailer().get("/Root"))
    names = objects.follow(root.get("/Names")) if isinstance(root, dict) else None
    if not isinstance(names, dict):
        return
    for tree, phrase in (("/JavaScript", PROGRAMME), ("/EmbeddedFiles", PIECES)):
        if _holds_something(names.get(tree), objects):
            raise FichierRefuse(phrase)


def _holds_something(tree: Any, objects: _Objects) -> bool:
    """Does this tree of names lead to anything? What is left when everything was taken off is an empty one."""
    waiting = [tree]
    for _ in range(10_000):
        if not waiting:
            return False
        node = objects.follow(waiting.pop())
        if isinstance(node, dict):
            if objects.follow(node.get("/Names")):
                return True
            kids = objects.follow(node.get("/Kids"))
            waiting += kids if isinstance(kids, list) else []
    return True


def _is_object_stream(value: Dictionary) -> bool:
    return value.get("/Type") == "/ObjStm" or ("/First" in value and "/N" in value and "/Length" in value)


def _packed(document: pikepdf.Pdf, stream: pikepdf.Object) -> Iterator[Any]:
    """The objects packed in a stream that the document does not say it uses: read as if they were its own."""
    opened = bytes(stream.read_bytes())
    if len(opened) > STREAM_MAX:
        raise FichierRefuse(TROP_LOURD_OUVERT)
    if document.get_warnings():
        # Another reader may find in a damaged stream what qpdf gives up.
        raise FichierRefuse(ABIME)
    first = plain(stream).get("/First")
    if not isinstance(first, int) or not 0 <= first <= len(opened):
        raise FichierRefuse(INHABITUEL)
    numbers = [int(word) for word in islice(opened[:first].split(), 2 * PAIRS_MAX)]
    starts = sorted(first + offset for offset in numbers[1::2])
    bodies = [opened[start:end] for start, end in zip(starts, [*starts[1:], len(opened)], strict=True)]
    written = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, body) for number, body in enumerate(bodies, 10))
    with pikepdf.open(io.BytesIO(ALONE + written + b"trailer\n<</Root 1 0 R>>\n")) as apart:
        for _number, value in _Objects(apart).all():
            yield value
