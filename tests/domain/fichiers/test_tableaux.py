"""Spreadsheets as people save them: what cuts their lines, quotes and guards."""

import unicodedata

import pytest

from app.domain.fichiers.tableaux import TableauIllisible, read_tableau
from tests.fichiers_fabriques import OLE

TITRES = ["Prénom", "Nom", "E-mail", "Rôles"]
ZOE = ["Zoé", "Lefèvre", "zoe@exemple.fr", "aidant"]
TEXTE = "\n".join(";".join(row) for row in (TITRES, ZOE, ZOE)) + "\n"
ATTENDU = [TITRES, ZOE, ZOE]


@pytest.mark.parametrize(
    "texte",
    [
        *(f"{dit}\n{TEXTE}" for dit in ("sep=;", "SEP=;", "sep=;\r", '"sep=;"', "sep=;;;;", "\ufeffsep=;")),
        f"sep=,\r\n{TEXTE.replace(';', ',')}",
        "sep=\t\n" + TEXTE.replace(";", "\t"),
        f"\ufeff\n\r\n{TEXTE}\n\n;;;\n;;;\n",
        TEXTE.replace("\n", "\r"),
        TEXTE.replace("\n", "\r\n") + "\x1a",
        unicodedata.normalize("NFD", TEXTE),
        TEXTE.replace("zoe@", "\u200bzoe@\u2060").replace("Zoé", "\u00a0Zoé\u202f"),
        TEXTE.replace("Zoé", '"Zoé"').replace("Nom", '"\nNom"'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_same_table_is_read_however_it_was_saved(texte: str, encoding: str) -> None:
    assert read_tableau(texte.encode(encoding)).rangees == ATTENDU


def test_a_sign_within_the_titles_or_the_cells_cuts_nothing() -> None:
    titles = "Nom, prénom;E-mail, téléphone;Rôles, droits, accès\nZoé;a@b.fr;aidant\n"
    assert [len(row) for row in read_tableau(titles.encode()).rangees] == [3, 3]
    above = f"Liste des agents, et de leurs rôles, et droits\n{TEXTE}"
    assert read_tableau(above.encode()).rangees[1:] == ATTENDU
    cells = "Nom;Adresse\n" + "Zoé;12, rue de la Paix, bât. B, 22000, Saint-Brieuc\n" * 5
    assert {len(row) for row in read_tableau(cells.encode()).rangees} == {2}
    quoted = '"Nom, prénom, civilité";Montant\nZoé;1,5\nLéa;2,5\n'
    assert {len(row) for row in read_tableau(quoted.encode()).rangees} == {2}


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('="0612345678"', "0612345678"),
        ("'0612345678", "0612345678"),
        ("'+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("'-12", "-12"),
        ("'t Hooft", "'t Hooft"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_makes_a_number_a_text_is_taken_off(cell: str, read: str) -> None:
    assert read_tableau(f"Nom;Téléphone\nZoé;{cell}\n".encode()).rangees[1] == ["Zoé", read]


def test_a_quote_that_is_never_closed_loses_no_line() -> None:
    with pytest.raises(TableauIllisible) as refused:
        read_tableau(f'{TEXTE}"Léa;Durand;lea@exemple.fr;aidant\n{TEXTE}'.encode())
    assert "ligne 4" in refused.value.phrase and "jamais refermé" in refused.value.phrase
    assert read_tableau(b'Nom;Objet\nZoe;12" vinyle\nLea;le "grand"\n').rangees[1:] == [
        ["Zoe", '12" vinyle'],
        ["Lea", 'le "grand"'],
    ]


@pytest.mark.parametrize(
    ("contenu", "words"),
    [
        (OLE + "Workbook".encode("utf-16-le"), "ancien format"),
        (b"<table><tr><td>Nom</td></tr>\n<tr><td>Zoe</td></tr></table>", "pas un tableau"),
        (b"%PDF-1.4\nx;y\n1;2\n", "pas un tableau"),
        (b"{\\rtf1 Nom;\n Zoe;}", "pas un tableau"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(contenu: bytes, words: str) -> None:
    with pytest.raises(TableauIllisible) as refused:
        read_tableau(contenu)
    assert words in refused.value.phrase
