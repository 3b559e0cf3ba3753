"""A list of people pasted from a spreadsheet, as lines of accounts."""

import csv
import io
import re

from app.domain.groupes.comptes import LIGNES_MAX, LigneCompte
from app.domain.mots.folding import fold
from app.domain.regles.roles import Role

#: The columns a sheet may name, by what their folded name starts with; in the order they are taken without a header.
COLONNES = {
    "prenom": ("prenom",),
    "nom": ("nom",),
    "fonction": ("fonction", "qualite", "poste", "metier"),
    "email": ("e-mail", "email", "mail", "courriel", "adresse"),
    "telephone": ("telephone", "tel", "portable", "mobile"),
    "roles": ("role",),
    "collectif": ("compte", "collectif", "partage"),
}
_ROLE = re.compile(r"(aidante?|instructeur|instructrice|responsable|collectif)s?|et")
_NUMERO = re.compile(r"[\d\s+().\-/]{6,}")


def read_collage(texte: str) -> list[LigneCompte]:
    """One line of account per line of the sheet, one more than LIGNES_MAX at most: the caller says it is too many.

    Columns are found by their header; without one, by what stands in them: the address has its « @ », the telephone
    its digits, the roles their name, and the others come as prénom, nom, fonction.
    """
    lines = [line for line in texte.splitlines() if line.strip(" \t;,")]
    separator = (
        "\t" if any("\t" in line for line in lines) else ";" if any(";" in line for line in lines) else ","
    )
    rows = [
        [" ".join(cell.split()) for cell in row]
        for row in csv.reader(io.StringIO("\n".join(lines[: LIGNES_MAX + 2])), delimiter=separator)
        if row
    ]
    if not rows:
        return []
    header = _read_header(rows[0])
    body = rows[1:] if header else rows
    return [_ligne_of(row, header) for row in body[: LIGNES_MAX + 1]]


def _read_header(row: list[str]) -> dict[int, str]:
    """Where each column stands; empty when this row is somebody."""
    if any("@" in cell for cell in row):
        return {}
    found: dict[int, str] = {}
    for n, cell in enumerate(row):
        name = next((c for c, starts in COLONNES.items() if fold(cell).startswith(starts)), "")
        if name and name not in found.values():
            found[n] = name
    return found if "email" in found.values() else {}


def _ligne_of(row: list[str], header: dict[int, str]) -> LigneCompte:
    cells: dict[str, str] = {}
    if header:
        cells = {header[n]: cell for n, cell in enumerate(row) if n in header}
    else:
        free = ["prenom", "nom", "fonction"]
        for cell in row:
            kind = _kind_of(cell)
            if kind and kind not in cells:
                cells[kind] = cell
            elif free:
                cells[free.pop(0)] = cell
    roles = frozenset(role for role in Role if role[:5] in fold(cells.get("roles", "")))
    shared = fold(cells.get("collectif", ""))
    return LigneCompte(
        prenom=cells.get("prenom", ""),
        nom=cells.get("nom", ""),
        fonction=cells.get("fonction", ""),
        email=cells.get("email", ""),
        telephone=cells.get("telephone", ""),
        roles=roles or frozenset({Role.AIDANT}),
        is_collectif="collectif" in fold(cells.get("roles", ""))
        or shared in {"oui", "x", "1", "vrai", "collectif"},
    )


def _kind_of(cell: str) -> str:
    if "@" in cell:
        return "email"
    if _NUMERO.fullmatch(cell):
        return "telephone"
    # « Responsable d’accueil » is a fonction: a cell is the roles when it says nothing else.
    words = re.findall(r"[a-z]+", fold(cell))
    return "roles" if words and all(_ROLE.fullmatch(word) for word in words) else ""
