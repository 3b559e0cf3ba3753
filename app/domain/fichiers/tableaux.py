"""Reading a spreadsheet as rows of texts: CSV of any usual encoding and separator, ODS, XLSX. Pure.

Only the limited child calls it (`app/lecteur.py`): what people bring may be a bomb. Whatever the file holds, a cell is
a text, a date is AAAA-MM-JJ and a whole number has no decimals.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.fichiers.encodages import decode

LIGNES_MAX = 20_000
COLONNES_MAX = 100
CELLULE_MAX = 2_000
SEPARATEURS = (";", "\t", ",", "|")
#: The encodings somebody may choose when the accents were read wrong.
ENCODAGES = ("utf-8-sig", "cp1252", "mac_roman", "cp850")
#: Excel writes and reads this line, which says what cuts the others.
DIT = re.compile(r'\s*"?sep=(?P<signe>[;,|\t])"?[ ;,|\t]*(?:\r\n?|\n)', re.IGNORECASE)
#: How many lines are looked at to guess what cuts them.
VUES = 30
#: Written so that a spreadsheet takes a number for a text: ="0612345678", '0612345678.
GARDE = re.compile(r"=\"([^\"]*)\"|'(?=[-=+@\d])")
UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
AUTRE_CHOSE = re.compile(r"\s*(?:<[!?a-z]|%PDF|\{\\rt)", re.IGNORECASE)
PAS_UN_TABLEAU = "Ce fichier n’est pas un tableau\u00a0: enregistrez-le en CSV, en ODS ou en XLSX."
ANCIEN = (
    "Ce classeur est dans un ancien format (xls), ou protégé par un mot de passe\u00a0: enregistrez-le en XLSX, en ODS "
    "ou en CSV."
)


class TableauIllisible(Exception):
    """These bytes are no spreadsheet, or one too large; `phrase` says what to do, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


@dataclass(frozen=True)
class TableauLu:
    """The rows of the first sheet that holds some, empty ones left out; `separateur` is empty when it is no CSV.

    `numeros`: the number that a spreadsheet shows beside each row.
    """

    rangees: list[list[str]]
    separateur: str
    numeros: list[int]

    def list_from(self, rang: int) -> "TableauLu":
        """The rows from this one on."""
        return TableauLu(self.rangees[rang:], self.separateur, self.numeros[rang:])


def read_tableau(contenu: bytes, encodage: str = "", separateur: str = "") -> TableauLu:
    """The rows; encoding and separator are guessed unless they are given. Raises TableauIllisible."""
    if contenu.startswith(b"PK\x03\x04"):
        (above, rangees), separateur = _read_classeur(contenu), ""
    else:
        texte = _decode(contenu, encodage)
        dit = DIT.match(texte)
        texte = texte[dit.end() :] if dit else texte
        if separateur not in SEPARATEURS:
            separateur = dit["signe"] if dit else guess_separateur(texte)
        above, rangees = 0, _read_csv(texte, separateur)
    tidied = ([_tidy(cell) for cell in row[:COLONNES_MAX]] for row in rangees)
    kept = {numero: row for numero, row in enumerate(tidied, start=above + 1) if any(row)}
    if len(kept) < 2:
        raise TableauIllisible("Ce fichier ne contient pas de ligne sous celle des titres de colonnes.")
    if len(kept) > LIGNES_MAX + 1:
        raise TableauIllisible(
            f"Ce fichier dépasse {LIGNES_MAX} lignes\u00a0: importez-le en plusieurs fois."
        )
    return TableauLu([*kept.values()], separateur, [*kept])


def guess_separateur(texte: str) -> str:
    """The sign that cuts the most of the first lines into as many cells; a semicolon when nothing does."""

    def agree(separateur: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(lines, delimiter=separateur):
                widths[len(row)] += 1
        except csv.Error:
            return 0, 0
        del widths[0], widths[1]
        return max(((times, width) for width, times in widths.items()), default=(0, 0))

    lines = [line for line in texte[: VUES * CELLULE_MAX].splitlines(keepends=True) if line.strip()][:VUES]
    return max(SEPARATEURS, key=agree)


def _decode(contenu: bytes, encodage: str) -> str:
    if contenu.startswith(OLE):
        raise TableauIllisible(ANCIEN)
    texte = decode(contenu)
    if encodage in ENCODAGES:
        texte = contenu.decode(encodage, "replace")
    if texte is None or "\x00" in texte or AUTRE_CHOSE.match(texte):
        raise TableauIllisible(PAS_UN_TABLEAU)
    # MS-DOS ended its texts with this sign.
    return texte.rstrip("\x1a").lstrip("\ufeff")


def _read_csv(texte: str, separateur: str) -> list[list[str]]:
    csv.field_size_limit(100_000)
    _refuse_unclosed(texte, separateur)
    try:
        return list(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur))
    except csv.Error:
        raise TableauIllisible(
            "Ce fichier CSV est mal formé\u00a0: ouvrez-le dans un tableur, puis enregistrez-le de nouveau."
        ) from None


def _refuse_unclosed(texte: str, separateur: str) -> None:
    """A quote that is never closed would make one cell of all the lines that follow."""
    strict = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    start = 1
    try:
        for _row in strict:
            start = strict.line_num + 1
    except csv.Error as error:
        # Other faults are forgiven: « 12" » within a cell, words after a closed quote.
        if "unexpected end of data" in str(error):
            raise TableauIllisible(
                f'Un guillemet (") ouvert à la ligne {start} n’est jamais refermé\u00a0: les lignes suivantes seraient '
                "perdues. Retirez-le, puis enregistrez le fichier de nouveau."
            ) from None


def _read_classeur(contenu: bytes) -> tuple[int, list[list[str]]]:
    """How many rows are empty above the first, then the rows from there on."""
    import python_calamine  # noqa: PLC0415 - only the child process carries it

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        # « Lisez-moi » often comes before the list itself.
        sheets = map(workbook.get_sheet_by_index, range(len(workbook.sheet_names)))
        tables = (sheet for sheet in sheets if sum(map(_is_filled, sheet.iter_rows())) > 1)
        table = next(tables, workbook.get_sheet_by_index(0))
        above, rows = (table.start or (0, 0))[0], table.to_python()
    except (python_calamine.CalamineError, ValueError, IndexError, OSError):
        raise TableauIllisible(
            "Ce classeur ne s’ouvre pas (mot de passe, ou fichier abîmé)\u00a0: enregistrez-le en CSV."
        ) from None
    return above, [[_text_of(cell) for cell in row] for row in rows]


def _is_filled(row: Sequence[object]) -> bool:
    return sum(cell != "" for cell in row) > 1


def _text_of(cell: object) -> str:
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _tidy(cell: str) -> str:
    seen = " ".join(unicodedata.normalize("NFC", cell[: 2 * CELLULE_MAX].translate(UNSEEN)).split())
    texte = GARDE.sub(r"\1", seen, count=1)[:CELLULE_MAX] if seen[:1] in {"=", "'"} else seen[:CELLULE_MAX]
    return "" if texte == "-" else texte
