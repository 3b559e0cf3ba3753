"""Spreadsheets as they leave: CSV that Excel opens as it is, and ODS; both streamed, whatever the number of rows.

A cell is what it is: a text, a number, a day, an instant (already in the reader's clock) or nothing. A text that a
spreadsheet would run as a formula is kept a text (quality S7).
"""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote
from xml.sax.saxutils import escape

from app.archive import Archive

Cellule = str | int | float | Decimal | date | datetime | None
Rangee = Sequence[Cellule]

CSV = "text/csv"  # the response says its charset, as of every text
ODS = "application/vnd.oasis.opendocument.spreadsheet"
BLOC = 32_768  # bytes gathered before they leave

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


async def write_csv(entetes: Sequence[str], rangees: AsyncIterable[Rangee]) -> AsyncIterator[bytes]:
    """UTF-8 with its mark, `;`, decimal comma, days as AAAA-MM-JJ: what Excel reads in French."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    sheet.write("\ufeff")
    writer.writerow([_csv(entete) for entete in entetes])
    # The first row may take the base a while: the browser already knows that a file comes.
    yield _drain(sheet)
    async for rangee in rangees:
        writer.writerow([_csv(cellule) for cellule in rangee])
        if sheet.tell() >= BLOC:
            yield _drain(sheet)
    yield _drain(sheet)


async def write_ods(
    entetes: Sequence[str], rangees: AsyncIterable[Rangee], *, titre: str
) -> AsyncIterator[bytes]:
    """One sheet named `titre`, its first row the headers; the file is built as it leaves."""
    archive = Archive()
    for nom, contenu in (("mimetype", ODS.encode()), ("META-INF/manifest.xml", _MANIFEST.encode())):
        yield archive.keep(nom, contenu) + contenu
    yield archive.open("content.xml")
    sheet = io.StringIO()
    sheet.write(_OPENING.format(titre=_xml(titre.replace("/", "-"), is_attribute=True)))
    sheet.write(_row(entetes))
    async for rangee in rangees:
        sheet.write(_row(rangee))
        if sheet.tell() >= BLOC:
            yield archive.write(_drain(sheet))
    sheet.write(_CLOSING)
    yield archive.write(_drain(sheet))
    yield archive.close() + archive.end()


async def as_stream(rangees: Iterable[Rangee]) -> AsyncIterator[Rangee]:
    """Rows already at hand, as the writers take them."""
    for rangee in rangees:
        yield rangee


def attachment(nom: str) -> str:
    """Content-Disposition (RFC 6266): a plain name for old browsers, the true one beside it."""
    plain = "".join(char if " " <= char < "\x7f" and char not in '"\\%' else "_" for char in nom)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(nom, safe='')}"


def _drain(sheet: io.StringIO) -> bytes:
    texte = sheet.getvalue()
    sheet.seek(0)
    sheet.truncate()
    return texte.encode("utf-8", "replace")


def _csv(cellule: Cellule) -> str:
    if cellule is None:
        return ""
    if isinstance(cellule, datetime):
        return cellule.strftime("%Y-%m-%d %H:%M")
    if isinstance(cellule, date):
        return cellule.isoformat()
    if isinstance(cellule, str):
        texte = cellule.replace("\x00", "")
        # Spreadsheets skip blanks before they look for a formula.
        return f"'{texte}" if texte.lstrip(" \u00a0").startswith(_FORMULA) else texte
    return str(cellule).replace(".", ",")


def _row(rangee: Rangee) -> str:
    return f"<table:table-row>{''.join(_ods(cellule) for cellule in rangee)}</table:table-row>"


def _ods(cellule: Cellule) -> str:
    if cellule is None:
        return "<table:table-cell/>"
    if isinstance(cellule, datetime):
        value = f'office:value-type="date" office:date-value="{cellule:%Y-%m-%dT%H:%M:%S}"'
        style, texte = ' table:style-name="instant"', f"{cellule:%Y-%m-%d %H:%M}"
    elif isinstance(cellule, date):
        value = f'office:value-type="date" office:date-value="{cellule.isoformat()}"'
        style, texte = ' table:style-name="jour"', cellule.isoformat()
    elif isinstance(cellule, str):
        value, style, texte = 'office:value-type="string"', "", cellule
    else:
        value, style, texte = f'office:value-type="float" office:value="{cellule}"', "", str(cellule)
    lines = "".join(f"<text:p>{_xml(line)}</text:p>" for line in texte.splitlines() or [""])
    return f"<table:table-cell {value}{style}>{lines}</table:table-cell>"


def _xml(texte: str, *, is_attribute: bool = False) -> str:
    """A character XML forbids would make the whole sheet unreadable."""
    clean = texte.translate(_CONTROL).encode("utf-8", "replace").decode()
    return escape(clean, {'"': "&quot;"} if is_attribute else {})


_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>'
    '<number:date-style style:name="d"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '</number:date-style><number:date-style style:name="i"><number:year number:style="long"/>'
    '<number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/><number:text> </number:text><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/></number:date-style>'
    '<style:style style:name="jour" style:family="table-cell" style:data-style-name="d"/>'
    '<style:style style:name="instant" style:family="table-cell" style:data-style-name="i"/>'
    '</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="{titre}">'
)
_CLOSING = "</table:table></office:spreadsheet></office:body></office:document-content>"
