"""Files of structures and accounts: read whatever their form, previewed, written once, taken up where they stopped."""

import io
from datetime import datetime
from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from app import database
from app.database import spy_queries
from app.domain.acces.sessions import Signed
from app.domain.administration import imports
from app.domain.administration.attention import list_attention
from app.domain.administration.imports import (
    create_import,
    get_import,
    list_of,
    load_connus,
    plan_import,
    write_import,
)
from app.domain.administration.lignes import Colonne, Connus, LigneLue, name_groupe, read_lignes
from app.domain.administration.plan_import import BilanImport, Sort
from app.domain.fichiers.tableaux import TableauIllisible, read_tableau
from app.domain.groupes.groupe import list_codes_couverts
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_journal, list_told

STRUCTURES = """MATRICULE;DEPARTEMENT;FRANCE SERVICES;COMMUNE;CONTACT MAIL;TELEPHONE
1;1;Valserhône;VALSERHÔNE;franceservices@ccpb01.fr;04 50 56 87 49
2;2A;Ajaccio;AJACCIO;;-
3;20;Corte;CORTE;;
4;35;;RENNES;;
5;35;Fougères;FOUGÈRES;contact(at)fougeres.fr;
6;22;Callac;CALLAC;a@callac.fr / b@callac.fr;
7;53;Callac;CALLAC-EN-MAYENNE;;
"""
ROWS = [line.split(";") for line in STRUCTURES.strip().split("\n")]
EQUIPE = """Nom du groupe;Département;Organisme;Prénom;Nom;Fonction;Adresse e-mail;Rôles
CAF 35;35;CAF;Maëlle;Trémel;Gestionnaire;maelle@caf35.fr;instructeur, responsable
CAF 35;35;CAF;Yann;Corre;Gestionnaire;yann@caf35.fr;instructeur
CAF 22;22;CAF;Ivan;Riou;Technicien;ivan@exemple.fr;instructeur
CAF 22;22;CAF;Inès;Le Goff;Gestionnaire;ines@exemple.fr;instructeur
CAF 22;22;CAF;Sans;Rôle;Agent;sans@caf22.fr;chef
CAF 22;22;CAF;;Sans prénom;Agent;anonyme@caf22.fr;aidant
"""


def ods() -> bytes:
    document, sheet = OpenDocumentSpreadsheet(), Table(name="Structures")
    for row in ROWS:
        line = TableRow()
        for cell in row:
            texte = TableCell(valuetype="string")
            texte.addElement(P(text=cell))
            line.addElement(texte)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    written = io.BytesIO()
    document.write(written)
    return written.getvalue()


async def brought(contenu: bytes, now: datetime) -> tuple[Signed, int]:
    ada = await signed_as(CAST.ada, now)
    return ada, await create_import(ada, "structures.csv", contenu, now)


async def counts(ada: Signed, numero: int) -> dict[str, int]:
    planned = await plan_import(await get_import(ada, numero), await load_connus())
    return {sort.value: len(list_of(planned, sort)) for sort in Sort if list_of(planned, sort)}


def test_a_cell_that_is_too_long_says_that_it_is_cut() -> None:
    connus = Connus({"caf": "CAF"}, {"caf": "caf"}, {"22": "22"})
    colonnes = dict(enumerate([Colonne.GROUPE, Colonne.DEPARTEMENT, Colonne.DESCRIPTION]))
    rangees = [["", "", ""], ["CAF 22", "22", "x" * 501], ["CAF 23", "22", "x" * 500]]
    long, exact = read_lignes(rangees, [1, 2, 3], colonnes, "caf", connus)
    assert long.remarques == ("«\u00a0Description\u00a0» est coupé à 500 caractères.",)
    assert (len(long.description), len(exact.description), exact.remarques) == (500, 500, ())


def test_every_usual_form_of_a_file_reads_the_same() -> None:
    tidy = [["" if cell == "-" else cell for cell in row] for row in ROWS]
    for contenu in (
        STRUCTURES.encode(),
        STRUCTURES.encode("utf-8-sig"),
        STRUCTURES.encode("cp1252"),
        STRUCTURES.encode("utf-16"),
        STRUCTURES.replace(";", "\t").replace("\n", "\r\n").encode("mac_roman"),
        STRUCTURES.replace(";", ",").encode(),
        ods(),
    ):
        read = read_tableau(contenu)
        assert [[*row, *[""] * (6 - len(row))] for row in read.rangees] == [
            [*row, *[""] * (6 - len(row))] for row in tidy
        ]
    assert read_tableau("été;à\nun;deux".encode("cp850"), "cp850", ";").rangees[0] == ["été", "à"]
    for bad in (b"", b"titre seul", b"PK\x03\x04abc", b"\x00\x01\x02"):
        with pytest.raises(TableauIllisible):
            read_tableau(bad)


def test_a_groupe_says_whose_it_is() -> None:
    assert name_groupe("Callac", "France Services") == "France Services Callac"
    assert name_groupe("France services de Callac", "France Services") == "France services de Callac"
    assert name_groupe("CAF 22", "CAF") == "CAF 22"


async def test_nothing_is_written_before_the_last_button_and_twice_changes_nothing(now: datetime) -> None:
    await database.fetch(
        "update groupes set nom = 'Autre Callac' where id = $1", CAST.groupes.france_services
    )
    ada, numero = await brought(STRUCTURES.encode("cp1252"), now)
    before = await database.fetch("select count(*) as n from groupes")
    assert await counts(ada, numero) == {"erreur": 2, "a-verifier": 2, "creer": 5}
    assert await database.fetch("select count(*) as n from groupes") == before
    lu = await write_import(ada, numero, now)
    assert lu.ended_at == now and lu.bilan == BilanImport(groupes=5, erreurs=2)
    rows = await database.fetch(
        "select id, nom, coalesce(bal, '') as bal from groupes where created_at = $1", now
    )
    made = {row["nom"]: row for row in rows}
    assert await list_codes_couverts(made["France Services Valserhône"]["id"]) == ["01"]
    assert await list_codes_couverts(made["France Services Ajaccio"]["id"]) == ["2A"]
    assert made["France Services Callac"]["bal"] == "a@callac.fr"
    assert await list_codes_couverts(made["France Services Callac (53)"]["id"]) == ["53"]
    _, again = await brought(STRUCTURES.encode(), now)
    assert await counts(ada, again) == {"erreur": 2, "a-verifier": 2, "inchangees": 5}
    assert (await write_import(ada, again, now)).bilan == BilanImport(inchangees=5, erreurs=2)
    assert len(await list_journal("groupe_cree")) == 5
    assert [line["details"]["crees"] for line in await list_journal("import_ecrit")] == [5, 0]  # type: ignore[index]


async def test_what_changed_in_the_file_changes_the_groupe(now: datetime) -> None:
    ada, numero = await brought(STRUCTURES.encode(), now)
    await write_import(ada, numero, now)
    changed = STRUCTURES.replace("franceservices@ccpb01.fr", "accueil@ccpb01.fr")
    _, again = await brought(changed.encode(), now)
    assert (await counts(ada, again))["modifier"] == 1
    await write_import(ada, again, now)
    row = await database.fetch_one("select bal from groupes where nom = 'France Services Valserhône'")
    assert row is not None and row["bal"] == "accueil@ccpb01.fr"


async def test_accounts_are_created_added_and_left_as_they_are(now: datetime) -> None:
    ada, numero = await brought(EQUIPE.encode(), now)
    assert await counts(ada, numero) == {"erreur": 2, "modifier": 1, "creer": 2, "inchangees": 1}
    assert (await write_import(ada, numero, now)).bilan == BilanImport(1, 2, 1, 1, 2)
    assert await list_told("compte_cree") == {"maelle@caf35.fr", "yann@caf35.fr"}
    assert await list_told("ajoute_au_groupe") == {"ivan@exemple.fr"}
    row = await database.fetch_one(
        "select m.is_instructeur, m.is_responsable, m.is_aidant from adhesions m join agents a on a.id = m.agent"
        " where a.email = 'maelle@caf35.fr'"
    )
    assert row is not None and tuple(row) == (True, True, False)
    _, again = await brought(EQUIPE.encode(), now)
    assert (await write_import(ada, again, now)).bilan == BilanImport(inchangees=4, erreurs=2)


async def test_an_import_that_was_stopped_goes_on_where_it_was(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LOT", 2)
    monkeypatch.setattr(imports, "ECRITURE_SECONDS", -1.0)
    ada, numero = await brought(STRUCTURES.encode(), now)
    lu = await write_import(ada, numero, now)
    assert (lu.faites, lu.total, lu.ended_at, lu.bilan.groupes) == (2, 7, None, 2)
    waits = await list_attention(ada)
    assert (waits.imports, waits.interrompus, waits.import_seul) == (0, 1, numero)
    _, other = await brought(EQUIPE.encode(), now)
    waits = await list_attention(ada)
    assert (waits.imports, waits.interrompus, waits.import_seul) == (1, 1, None)
    await imports.drop_import(ada, other)
    with pytest.raises(Conflit, match="déjà commencé"):
        await imports.reread_import(ada, numero, lu.options)
    for expected in (4, 6, 7):
        assert (await write_import(ada, numero, now)).faites == expected
    assert (await get_import(ada, numero)).ended_at == now
    assert (await write_import(ada, numero, now)).bilan.groupes == (
        await get_import(ada, numero)
    ).bilan.groupes
    assert len(await list_journal("import_ecrit")) == 1
    waits = await list_attention(ada)
    assert (waits.imports, waits.interrompus, waits.import_seul) == (0, 0, None)


async def test_a_file_is_read_once_however_many_lots_it_is_written_in(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each lot read ten thousand lines for its twenty-five, and held everybody up for half a second."""
    monkeypatch.setattr(imports, "LOT", 2)
    ada, numero = await brought(STRUCTURES.encode(), now)
    read = 0

    def count(*words: Any) -> list[LigneLue]:
        nonlocal read
        read += 1
        return read_lignes(*words)

    monkeypatch.setattr(imports, "read_lignes", count)
    lu = await write_import(ada, numero, now)
    assert (lu.ended_at, lu.faites, read) == (now, 7, 1)


async def test_no_list_and_no_writing_loads_the_file_itself(now: datetime) -> None:
    """Up to ten megabytes each: fifty of them filled the memory of a web."""
    ada, numero = await brought(STRUCTURES.encode(), now)
    await brought(EQUIPE.encode(), now)
    with spy_queries() as queries:
        await imports.list_imports(ada)
        await get_import(ada, numero)
        assert (await write_import(ada, numero, now)).ended_at == now
    read = [q for q in queries if "from imports" in q.replace('"', "").lower() and "insert" not in q.lower()]
    assert len(read) >= 4
    assert not [q for q in read if "*" in q or "contenu" in q]


async def test_a_file_read_another_way_just_before_its_first_lot_is_written_so(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, numero = await brought(b"Groupe;D\xc3\xa9partement\nGuingamp;22\n", now)
    read_kept, readings = imports._read_kept, 0
    options = imports.OptionsImport({"0": "groupe", "1": "departement"}, "ccas", "", ";")

    async def read_then_corrected(numero: int) -> tuple[list[LigneLue], bytes]:
        nonlocal readings
        found = await read_kept(numero)
        readings += 1
        if readings == 1:
            await imports.reread_import(ada, numero, options)
        return found

    monkeypatch.setattr(imports, "_read_kept", read_then_corrected)
    lu = await write_import(ada, numero, now)
    assert (readings, lu.bilan.groupes, lu.bilan.erreurs) == (2, 1, 0)
    [row] = await database.fetch(
        "select o.code from groupes g join organismes o on o.id = g.organisme where g.nom like '%Guingamp'"
    )
    assert row["code"] == "ccas"


async def test_what_no_page_has_shown_is_not_written(now: datetime) -> None:
    """A colleague had the file read another way: what was confirmed was not what would have been written."""
    ada, numero = await brought(b"Groupe;D\xc3\xa9partement\nGuingamp;22\n", now)
    seen = (await get_import(ada, numero)).vu
    options = imports.OptionsImport({"0": "groupe", "1": "departement"}, "ccas", "", ";")
    await imports.reread_import(ada, numero, options)
    with pytest.raises(Conflit, match="Un collègue a fait relire ce fichier autrement"):
        await write_import(ada, numero, now, vu=seen)
    lu = await get_import(ada, numero)
    assert (lu.faites, lu.ended_at) == (0, None)
    assert (await write_import(ada, numero, now, vu=lu.vu)).bilan.groupes == 1


async def test_columns_accents_and_organisme_are_corrected(now: datetime) -> None:
    ada, numero = await brought(b"Equipe inconnue|22\nGuingamp|22\n", now)
    lu = await get_import(ada, numero)
    assert lu.options.separateur == "|" and not lu.options.colonnes
    assert await counts(ada, numero) == {"erreur": 1}
    options = imports.OptionsImport({"0": "groupe", "1": "departement"}, "ccas", "cp1252", "|")
    await imports.reread_import(ada, numero, options)
    assert await counts(ada, numero) == {"creer": 1}
    # What no list of the page offers is read as if nothing had been chosen.
    await imports.reread_import(ada, numero, imports.OptionsImport({"0": "groupe"}, "ccas", "utf-16", "xx"))
    assert (await get_import(ada, numero)).rangees[0] == ["Equipe inconnue", "22"]


async def test_a_name_taken_by_another_organisme_and_a_closed_groupe_are_errors(now: datetime) -> None:
    await database.fetch("update groupes set deactivated_at = $1 where id = $2", now, CAST.groupes.cpam)
    lines = "Groupe;Département;Organisme\nCPAM 22;22;cpam\nCAF 22;22;CPAM\nCAF 22 (22);22;CAF\n"
    ada, numero = await brought(lines.encode(), now)
    planned = await plan_import(await get_import(ada, numero), await load_connus())
    assert [one.erreurs for one in planned[:1]] == [("Ce groupe est fermé\u00a0: rouvrez-le d’abord.",)]
    assert planned[1].nom == "CPAM CAF 22"


async def test_nobody_else_imports_and_no_file_is_a_sentence(now: datetime) -> None:
    ada, numero = await brought(STRUCTURES.encode(), now)
    for contenu in (None, b"", b"\x00"):
        with pytest.raises(Invalide, match="fichier"):
            await create_import(ada, "vide.csv", contenu, now)
    rose = await signed_as(CAST.rose, now)
    for act in (get_import(rose, numero), write_import(rose, numero, now), imports.drop_import(rose, numero)):
        with pytest.raises(Introuvable):
            await act
    for refused in (imports.list_imports(rose), create_import(rose, "x.csv", STRUCTURES.encode(), now)):
        with pytest.raises(Refus):
            await refused
    row = await database.fetch_one(
        "select contenu_scelle, lignes_scellees from imports where id = $1", numero
    )
    assert row is not None
    assert b"franceservices" not in row["contenu_scelle"] + row["lignes_scellees"]
    await imports.drop_import(ada, numero)
    with pytest.raises(Introuvable):
        await get_import(ada, numero)
