"""Spreadsheets are imported as their CSV is: a small invented one always, the real list of 2020 where it is at hand."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

import pytest

from app import database
from app.domain.acces.sessions import Signed
from app.domain.administration import imports
from app.domain.administration.imports import (
    create_import,
    get_import,
    load_connus,
    plan_import,
    write_import,
)
from app.domain.administration.lignes import Colonne, Connus, find_titres, guess_colonnes, read_lignes
from app.domain.administration.plan_import import BilanImport
from app.domain.faits.scellement import trousseau
from app.domain.fichiers.tableaux import read_tableau
from app.domain.regles.roles import Role
from app.tableur import as_stream, write_ods
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.house.sources import ROOT

#: Public data (Caisse des Dépôts, Licence Ouverte), never copied into the project.
REEL = ROOT.parent / "shared" / "data" / "france-services-2020.csv"
INVENTE = [
    ["MATRICULE", "DEPARTEMENT", "FRANCE SERVICES", "CONTACT MAIL"],
    ["1", "01", "Valserhône", "contact@valserhone.fr"],
    ["2", "2A", "Ajaccio & Alata", ""],
    ["3", "35", "", "sans-nom@rennes.fr"],
]
Rows = Sequence[Sequence[str]]

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LIENS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _sheet(rows: Rows) -> str:
    lines = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    return f'<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>'


def write_xlsx(*sheets: Rows) -> bytes:
    """The least that makes a workbook: every cell is a text of its own."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(f'<sheet name="Feuille {n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{LIENS}">'
        f'<Relationship Id="r1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LIENS}">{links}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": _sheet(rows) for n, rows in zip(numbers, sheets, strict=True)},
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return written.getvalue()


async def ods_of(rows: Rows) -> bytes:
    """The same rows as we export them ourselves."""
    return b"".join([piece async for piece in write_ods(rows[0], as_stream(rows[1:]), titre="Structures")])


async def bring(ada: Signed, nom: str, contenu: bytes, now: datetime) -> tuple[int, BilanImport]:
    """Read, then written to its end, however many times that takes."""
    numero = await create_import(ada, nom, contenu, now)
    total = (await get_import(ada, numero)).total
    while (lu := await write_import(ada, numero, now)).ended_at is None:
        pass
    return total, lu.bilan


async def check_twice(rows: Rows, now: datetime) -> BilanImport:
    """The workbook writes what the CSV says, then the other form of the same rows changes nothing."""
    ada = await signed_as(CAST.ada, now)
    total, first = await bring(ada, "structures.xlsx", write_xlsx(rows), now)
    assert total == len(rows) - 1 and first.groupes > 0
    again, second = await bring(ada, "structures.ods", await ods_of(rows), now)
    assert again == total
    assert second == BilanImport(inchangees=first.groupes + first.inchangees, erreurs=first.erreurs)
    return first


def list_rows() -> list[Rows]:
    """The invented list, and the real one when it is at hand."""
    return [INVENTE, *([read_tableau(REEL.read_bytes()).rangees] if REEL.exists() else [])]


def test_a_workbook_reads_as_its_rows() -> None:
    assert read_tableau(write_xlsx(INVENTE)).rangees == INVENTE


def test_the_sheet_that_holds_the_list_is_read() -> None:
    """People keep a sheet of advice before their list; a list of one column stays one."""
    advice = [["Comment remplir ce tableau"], ["Une ligne par agent."]]
    assert read_tableau(write_xlsx(advice, [], INVENTE)).rangees == INVENTE
    assert read_tableau(write_xlsx(advice)).rangees == advice


@pytest.mark.parametrize("rows", list_rows(), ids=lambda rows: f"{len(rows)} rows")
async def test_a_list_is_imported_from_both_forms(rows: Rows, now: datetime) -> None:
    first = await check_twice(rows, now)
    assert len(rows) > 500 or (first.groupes, first.erreurs) == (2, 1)


CONNUS = Connus(
    {"caf": "CAF"},
    {"caf": "caf"},
    {
        "22": "22",
        "cotes-d'armor": "22",
        "01": "01",
        "ain": "01",
        "2a": "2A",
        "corse-du-sud": "2A",
        "974": "974",
    },
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        *(
            (typed, ("22",))
            for typed in ("22", "Côtes-d’Armor", "COTES D ARMOR", "Côtes d'Armor", "22 - Côtes-d’Armor")
        ),
        *(
            (typed, ("22",))
            for typed in ("Côtes-d’Armor (22)", "22 Côtes-d’Armor", "22 : cotes d'armor", "22–Côtes-d’Armor")
        ),
        *((typed, ("01",)) for typed in ("1", "01", "Ain (01)", "1 - Ain")),
        *((typed, ("2A",)) for typed in ("2a", "2A - Corse-du-Sud", "Corse du Sud (2A)")),
        ("22, 974", ("22", "974")),
        ("22 - Ain", ()),
        ("Bretagne (22)", ()),
    ],
)
def test_a_departement_is_read_as_people_write_it(typed: str, codes: tuple[str, ...]) -> None:
    colonnes = {0: Colonne.GROUPE, 1: Colonne.DEPARTEMENT}
    (ligne,) = read_lignes([["Groupe", "Dép."], ["CAF 22", typed]], [1, 2], colonnes, "caf", CONNUS)
    assert ligne.departements == codes
    assert bool(ligne.erreurs) is not bool(codes)


def test_an_account_is_read_as_people_write_it() -> None:
    titles = [
        "NOM *",
        "Prénom(s) :",
        "Adresse électronique",
        "Fonction",
        "Groupe",
        "Département(s)",
        "Rôles",
        "Portable",
    ]
    colonnes = guess_colonnes(titles)
    assert len(colonnes) == len(titles)
    typed = [
        "Lefèvre",
        "Zoé",
        "d’arc@exemple.fr",
        "Agente",
        "CAF 22",
        "22",
        "Aidante et instructrice",
        "Tél. 612345678",
    ]
    (ligne,) = read_lignes([titles, typed], [1, 2], colonnes, "caf", CONNUS)
    assert not ligne.erreurs
    assert (ligne.email, ligne.telephone) == ("d'arc@exemple.fr", "06 12 34 56 78")
    assert ligne.roles == {Role.AIDANT, Role.INSTRUCTEUR}


def test_the_titles_are_found_below_that_of_the_sheet() -> None:
    table = [["Prénom", "Nom", "E-mail"], ["Zoé", "Lefèvre", "zoe@exemple.fr"]]
    assert find_titres([["Liste des agents 2026"], ["Mis à jour le 3 mars", "", ""], *table]) == 2
    assert find_titres(table) == 0
    # Nothing says what these columns are: the first row stays, and the page asks.
    unknown = [["Agents"], ["Zoé", "Lefèvre", "zoe@exemple.fr"]]
    assert find_titres(unknown) == 0


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
async def test_a_line_has_the_number_that_its_sheet_shows(form: str, now: datetime) -> None:
    """Empty rows and a title above the list count, as they do in the sheet where lines are corrected."""
    rows: Rows = [
        *([], ["Liste des agents"], []),
        *(["Groupe", "Département"], ["CAF 22", "22"], [], ["CAF de nulle part", "999"], ["CAF 22", "22"]),
    ]
    written = {
        "csv": "\n".join(map(";".join, rows)).encode(),
        "xlsx": write_xlsx(rows),
        "ods": await ods_of(rows),
    }
    signed = await signed_as(CAST.ada, now)
    numero = await create_import(signed, f"liste.{form}", written[form], now)
    await imports.reread_import(
        signed, numero, imports.OptionsImport({"0": "groupe", "1": "departement"}, "caf")
    )
    planned = await plan_import(await get_import(signed, numero), await load_connus())
    assert [one.ligne.n for one in planned] == [5, 7, 8]
    assert "la ligne 5" in planned[-1].ligne.erreurs[0]


async def test_lines_kept_before_rows_had_numbers_are_counted_from_their_titles(now: datetime) -> None:
    signed = await signed_as(CAST.ada, now)
    numero = await create_import(signed, "liste.csv", b"\nGroupe;D\xc3\xa9partement\nCAF 22;22\n", now)
    rows = trousseau().seal_text('[["Groupe", "Département"], ["CAF 22", "22"]]', f"import-lignes:{numero}")
    await database.fetch("update imports set lignes_scellees = $1 where id = $2", rows, numero)
    assert (await get_import(signed, numero)).numeros == [1, 2]


async def test_a_list_under_its_title_is_imported(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    rows = [["Structures du département", "", "", ""], *INVENTE]
    total, first = await bring(ada, "structures.xlsx", write_xlsx(rows), now)
    assert (total, first.groupes, first.erreurs) == (len(INVENTE) - 1, 2, 1)
