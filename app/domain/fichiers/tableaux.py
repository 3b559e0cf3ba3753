"""Reading a spreadsheet as rows of texts: CSV of any usual encoding and separator, ODS, XLSX. Pure.

Only the limited child calls it (`app/lecteur.py`): what people bring may be a bomb. Whatever the file holds, a cell is
a text, a date is AAAA-MM-JJ and a whole number has no decimals.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.fichiers.encodages import decode

LIGNES_MAX = 20_000
COLONNES_MAX = 100
CELLULE_MAX = 2_000
SEPARATEURS = (";", "\t", ",", "|")
#: The encodings somebody may choose when the accents were read wrong.
ENCODAGES = ("utf-8-sig", "cp1252", "mac_roman", "cp850")


class TableauIllisible(Exception):
    """These bytes are no spreadsheet, or one too large; `phrase` says what to do, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


@dataclass(frozen=True)
class TableauLu:
    """The rows of the first sheet, empty ones left out. `separateur` is empty when the file is no CSV."""

    rangees: list[list[str]]
    separateur: str


def read_tableau(contenu: bytes, encodage: str = "", separateur: str = "") -> TableauLu:
    """The rows; encoding and separator are guessed unless they are given. Raises TableauIllisible."""
    if contenu.startswith(b"PK\x03\x04"):
        rangees, separateur = _read_classeur(contenu), ""
    else:
        texte = _decode(contenu, encodage)
        separateur = separateur if separateur in SEPARATEURS else guess_separateur(texte)
        rangees = _read_csv(texte, separateur)
    kept = [[_tidy(cell) for cell in row[:COLONNES_MAX]] for row in rangees]
    kept = [row for row in kept if any(row)]
    if len(kept) < 2:
        raise TableauIllisible("Ce fichier ne contient pas de ligne sous celle des titres de colonnes.")
    if len(kept) > LIGNES_MAX + 1:
        raise TableauIllisible(
            f"Ce fichier dépasse {LIGNES_MAX} lignes\u00a0: importez-le en plusieurs fois."
        )
    return TableauLu(kept, separateur)


def guess_separateur(texte: str) -> str:
    """The sign that cuts the first line the most; a semicolon when nothing does."""
    first = texte.lstrip("\ufeff\r\n").split("\n", 1)[0]
    return max(SEPARATEURS, key=first.count)


def _decode(contenu: bytes, encodage: str) -> str:
    texte = decode(contenu)
    if encodage in ENCODAGES:
        texte = contenu.decode(encodage, "replace")
    if texte is None or "\x00" in texte:
        raise TableauIllisible(
            "Ce fichier n’est pas un tableau\u00a0: enregistrez-le en CSV, en ODS ou en XLSX."
        )
    return texte


def _read_csv(texte: str, separateur: str) -> list[list[str]]:
    csv.field_size_limit(100_000)
    try:
        return list(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur))
    except csv.Error:
        raise TableauIllisible(
            "Ce fichier CSV est mal formé\u00a0: ouvrez-le dans un tableur, puis enregistrez-le de nouveau."
        ) from None


def _read_classeur(contenu: bytes) -> list[list[str]]:
    import python_calamine  # noqa: PLC0415 - only the child process carries it

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        rows = workbook.get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, ValueError, IndexError, OSError):
        raise TableauIllisible(
            "Ce classeur ne s’ouvre pas (mot de passe, ou fichier abîmé)\u00a0: enregistrez-le en CSV."
        ) from None
    return [[_text_of(cell) for cell in row] for row in rows]


def _text_of(cell: object) -> str:
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _tidy(cell: str) -> str:
    texte = " ".join(cell[: 2 * CELLULE_MAX].split())[:CELLULE_MAX]
    return "" if texte == "-" else texte
