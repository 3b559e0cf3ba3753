"""Spreadsheets that leave: read back by other programs, formula-proof, streamed."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from app.tableur import ODS, Rangee, as_stream, attachment, write_csv, write_ods

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
RANGEES: list[Rangee] = [
    (
        "É ; « guillemets »",
        3,
        Decimal("1.2"),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
        None,
    ),
    ('deux\nlignes "et"', -4, 0.5, None, None, "=1+1"),
]
ENTETES = ["Nom", "Nombre", "Délai", "Jour", "Instant", "Note"]


async def gather(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_csv_is_what_excel_reads() -> None:
    content = await gather(write_csv(ENTETES, as_stream(RANGEES)))
    assert content.startswith(b"\xef\xbb\xbfNom;")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [
        ENTETES,
        ["É ; « guillemets »", "3", "1,2", "2026-11-24", "2026-11-24 09:05", ""],
        ['deux\nlignes "et"', "-4", "0,5", "", "", "'=1+1"],
    ]


@pytest.mark.parametrize(
    "hostile",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\u00a0=1", "＝1", "\n=1", '=HYPERLINK("x")'],
)
async def test_no_text_becomes_a_formula(hostile: str) -> None:
    content = await gather(write_csv(["a"], as_stream([(hostile,)])))
    [_, [cell]] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert cell.startswith("'")
    sheet = zipfile.ZipFile(io.BytesIO(await gather(write_ods(["a"], as_stream([(hostile,)]), titre="t"))))
    assert b"formula" not in sheet.read("content.xml").split(b"<office:body>")[1]


async def test_an_ods_is_a_sound_archive_of_typed_cells() -> None:
    content = await gather(write_ods(ENTETES, as_stream(RANGEES), titre='Demandes "22" & <b>'))
    assert content[30:38] == b"mimetype" and content[38:].startswith(ODS.encode())
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert archive.namelist()[0] == "mimetype"
    root = ElementTree.fromstring(archive.read("content.xml"))
    rows = root.findall(f".//{TABLE}table-row")
    assert [cell.get(f"{OFFICE}value-type") for cell in rows[1]] == [
        *("string", "float", "float", "date", "date", None)
    ]
    assert rows[1][1].get(f"{OFFICE}value") == "3"
    assert rows[1][3].get(f"{OFFICE}date-value") == "2026-11-24"
    assert "".join(rows[2][0].itertext()) == 'deuxlignes "et"' and len(rows[2][0]) == 2


async def test_a_character_xml_forbids_spoils_nothing() -> None:
    hostile = "a\x00\x0b\ud800\uffffb"
    archive = zipfile.ZipFile(io.BytesIO(await gather(write_ods([hostile], as_stream([]), titre=hostile))))
    ElementTree.fromstring(archive.read("content.xml"))
    assert b"\x00" not in await gather(write_csv(["a"], as_stream([(hostile,)])))


@pytest.mark.parametrize("kind", ["csv", "ods"])
async def test_rows_leave_as_they_come(kind: str) -> None:
    """Memory does not grow with their number (quality P4)."""

    async def many() -> AsyncIterator[Rangee]:
        for n in range(20_000):
            yield (n, "Demande de charge", Decimal("1.5"), date(2026, 1, 1))

    write = write_csv(["a"] * 4, many()) if kind == "csv" else write_ods(["a"] * 4, many(), titre="t")
    tracemalloc.start()
    try:
        sent = 0
        async for piece in write:
            sent += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 50_000
    assert peak < 2_000_000


def test_a_name_of_file_keeps_its_accents_and_stays_one_header() -> None:
    assert attachment('é "x"\r\n.csv') == (
        "attachment; filename=\"_ _x___.csv\"; filename*=UTF-8''%C3%A9%20%22x%22%0D%0A.csv"
    )
