"""`/groupes/{groupe}/demandes`, its filters, and the same list as CSV and ODS."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from odf import opendocument, table
from odf.namespaces import OFFICENS

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import make_caf_cpam, post
from tests.factories import make_demande

DAY = timedelta(days=1)
SECRETS = ("Martine", "Dubois", "1968", "AAH", "juillet", "Bonjour, je regarde")


def caf(end: str = "") -> str:
    return f"/groupes/{CAST.groupes.caf}/demandes{end}"


async def rows_of(browser: Browser, end: str = ".csv?periode=tout") -> list[dict[str, str]]:
    """The CSV, read as a program reads it."""
    response = await browser.get(caf(end))
    assert response.content.startswith(b"\xef\xbb\xbf")
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


async def cells_of(browser: Browser, end: str = ".ods?periode=tout") -> list[list[tuple[str, str]]]:
    """(type, value) of each cell of the ODS, as a library of the format reads them."""
    response = await browser.get(caf(end))
    sheet = opendocument.load(io.BytesIO(response.content))
    return [
        [_cell(cell) for cell in row.getElementsByType(table.TableCell)]
        for row in sheet.spreadsheet.getElementsByType(table.TableRow)
    ]


def _cell(cell: Any) -> tuple[str, str]:
    kind = cell.getAttrNS(OFFICENS, "value-type") or ""
    value = {"float": "value", "date": "date-value"}.get(kind)
    return kind, str(cell.getAttrNS(OFFICENS, value)) if value else str(cell)


async def test_a_responsable_follows_the_demandes_without_anything_personal(now: datetime) -> None:
    late = await make_demande(now, sent_at=now - 10 * DAY)
    answered = await make_caf_cpam(now, sent_at=now - 2 * DAY)
    await post(CAST.ines, answered, now, is_procedure=True)
    rose = await signed_in(CAST.rose)
    await rose.get(caf())
    assert "<strong>2 demandes</strong>, dont 1 en souffrance" in rose.html
    assert f"n°\u00a0{late}" in rose.page.texte and f"/demandes/{answered}" in rose.page.links
    for words in (
        *("France Services Callac", "Côtes-d’Armor (22)", "sans réponse", "en cours", "procédure standard"),
        *("CPAM 22\u00a0: sans réponse", "jours ouvrés", "en souffrance depuis"),
    ):
        assert words in rose.page.texte, words
    assert not [word for word in SECRETS if word in rose.html]
    assert len(rose.queries) <= 6


async def test_filters_order_and_pages_stand_in_the_address(now: datetime) -> None:
    late = await make_demande(now, sent_at=now - 10 * DAY)
    rest = [await make_demande(now) for _ in range(30)]
    rose = await signed_in(CAST.rose)
    await rose.get(caf("?tri=recentes&periode=30"))
    assert caf("?periode=30&tri=recentes&page=2") in rose.page.links
    assert caf(".csv?periode=30&tri=recentes") in rose.page.links
    assert f"/demandes/{late}" not in rose.page.links
    await rose.get(caf("?periode=30&tri=recentes&page=2"))
    assert f"/demandes/{late}" in rose.page.links
    assert len(rose.queries) <= 6
    await rose.get(caf("?souffrance=1"))
    assert "<strong>1 demande</strong>, dont 1 en souffrance" in rose.html
    assert not [n for n in rest if f"/demandes/{n}" in rose.page.links]
    await rose.get(caf("?etat=cloturee"))
    assert "Aucune demande ne correspond." in rose.page.texte
    await rose.get(caf(f"?structure={CAST.groupes.ccas_974}&organisme=999999999"))
    await rose.get(caf("?etat=x&periode=x&tri=x&structure=-1&organisme=é&page=0&q=Martine"))
    assert "31 demandes" in rose.page.texte


async def test_the_csv_is_typed_and_obeys_the_filters(now: datetime) -> None:
    late = await make_demande(now, sent_at=now - 10 * DAY)
    answered = await make_caf_cpam(now, sent_at=now - 2 * DAY)
    await post(CAST.ines, answered, now, is_traitee=True)
    rose = await signed_in(CAST.rose)
    first, second = await rows_of(rose)
    assert (first["Numéro"], second["Numéro"]) == (str(answered), str(late))
    assert first["Organismes et états"] == "CAF 22\u00a0: traitée\u00a0; CPAM 22\u00a0: sans réponse"
    assert datetime.strptime(first["Envoyée le"], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the reader's clock
    assert float(first["Première réponse (jours ouvrés)"].replace(",", ".")) > 0
    assert "." not in first["Première réponse (jours ouvrés)"]
    assert (second["En souffrance"], second["Première réponse le"], second["Suivie par"]) == ("oui", "", "")
    [only] = await rows_of(rose, ".csv?souffrance=1")
    assert only["Numéro"] == str(late)
    assert await rows_of(rose, f".csv?organisme={CAST.organismes['msa']}") == []


async def test_the_ods_holds_numbers_dates_and_accents(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - 2 * DAY)
    await post(CAST.ines, numero, now)
    heads, row = await cells_of(await signed_in(CAST.rose))
    cells = dict(zip((words for _, words in heads), row, strict=True))
    assert cells["Numéro"] == ("float", str(numero))
    assert cells["Structure"] == ("string", "France Services Callac")
    assert cells["Département"] == ("string", "Côtes-d’Armor (22)")
    kind, value = cells["Envoyée le"]
    assert kind == "date" and datetime.fromisoformat(value)
    assert cells["Première réponse (jours ouvrés)"][0] == "float"
    assert cells["Clôturée le"] == ("", "")


@pytest.mark.parametrize("hostile", ["=1+1", "@SUM(A1)", '+cmd|" /C calc"!A1', "-2+3"])
async def test_a_name_never_becomes_a_formula(hostile: str, now: datetime) -> None:
    await make_demande(now)
    await database.fetch(
        "update groupes set nom = :nom where id = :id", nom=hostile, id=CAST.groupes.france_services
    )
    rose = await signed_in(CAST.rose)
    [row] = await rows_of(rose)
    assert row["Structure"] == f"'{hostile}"
    _, cells = await cells_of(rose)
    assert ("string", hostile) in cells


async def test_the_name_of_the_file_says_what_and_when(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    response = await rose.get(caf(".ods?souffrance=1&periode=30"))
    disposition = unquote(response.headers["content-disposition"])
    assert f"Demandes CAF 22, en souffrance, 30 derniers jours, {now:%Y-%m-%d}" in disposition
    assert disposition.endswith(".ods") and response.headers["cache-control"] == "no-store, no-cache"


@pytest.mark.parametrize("end", ["", ".csv", ".ods"])
async def test_who_manages_nothing_here_gets_nothing(end: str, now: datetime) -> None:
    await make_demande(now)
    for who, status in (("ines", 403), ("ivan", 404), ("eve", 404), ("paul", 404), ("elie", 404)):
        await (await signed_in(getattr(CAST, who))).get(caf(end), status=status)
    await (await signed_in(CAST.ada)).get(caf(end))
    rose = await signed_in(CAST.rose)
    await database.fetch("delete from adhesions where agent = :rose", rose=CAST.rose)
    await rose.get(caf(end), status=404)


def masked(html: str) -> str:
    """A page without the tokens of its forms, which change each time."""
    return re.sub(r'(name="csrf" value=)"[^"]*"', r"\1", html)


async def test_no_address_tells_a_responsable_a_name_of_an_usager(now: datetime) -> None:
    """The same bytes whatever the usager is called: no order, count, filter or error depends on it."""
    addresses = [
        caf(end)
        for end in ("", "?tri=recentes", "?q=Zzyzx", "?tri=usager_nom", "?page=Zzyzx", ".csv", ".ods")
    ]

    async def read() -> list[str]:
        rose = await signed_in(CAST.rose)
        found = []
        for address in addresses:
            response = await rose.get(address)
            is_page = "html" in response.headers["content-type"]
            found.append(masked(response.text) if is_page else response.content.hex())
        return found

    numeros = [await make_demande(now, usager=(f"P{n}", f"N{n}", "1970")) for n in range(3)]
    before = await read()
    for rang, numero in enumerate(reversed(numeros)):
        await database.fetch(
            """
            update demandes set usager_nom = :nom, usager_prenom = 'Zzyzx', titre = 'Zzyzx', description = 'Zzyzx',
                repere = 'zzyzx' where numero = :numero
            """,
            nom=f"{rang} Zzyzx",
            numero=numero,
        )
    after = await read()
    assert after == before
    assert "Zzyzx" not in before[0]


async def test_exporting_takes_two_clicks_from_home_at_most(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get("/")
    assert caf() in rose.page.links
    await rose.get(caf())
    assert caf(".csv") in rose.page.links and caf(".ods") in rose.page.links
    await database.fetch("update adhesions set is_responsable = true where agent = :ines", ines=CAST.ines)
    ines = await signed_in(CAST.ines)
    await ines.get("/demandes/recues")
    assert "/groupes" in ines.page.links
    await ines.get("/groupes")
    assert caf(".csv") in ines.page.links and caf(".ods") in ines.page.links
