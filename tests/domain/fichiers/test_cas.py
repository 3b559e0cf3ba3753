"""What people really brought, and its variants: taken whole, or refused for the reason that is theirs."""

import io
import struct
import zipfile
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.cas import CAS
from tests.domain.fichiers.jugement import refusal, take
from tests.fichiers_fabriques import (
    OLE,
    SVG,
    XLSX_MAIN,
    archive,
    docx,
    huge_png,
    odf,
    ooxml,
    pdf,
    picture,
    relations,
    xlsx,
)

TAKEN = (
    "lien_collection.pdf",
    "page_imprimee_chrome.pdf",
    "pieces_jointes_retirees.pdf",
    "xlsx_defaut_bin_sans_partie.xlsx",
    "docx_customxml_utf16.docx",
    "docx_suivi_modifications.docx",
    "odt_mimetype_dernier.odt",
)


@pytest.mark.parametrize("nom", TAKEN)
def test_a_case_is_taken_as_it_came(nom: str) -> None:
    contenu = (CAS / nom).read_bytes()
    accepte = take(nom, contenu)
    assert (accepte.nom, accepte.contenu, accepte.recu_comme) == (nom, contenu, "")


# --- Office suites ----------------------------------------------------------------------------------------------


def members(contenu: bytes) -> dict[str, bytes]:
    """The parts of an archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(contenu)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


MACRO_DEFAULT = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
MACRO_OVERRIDE = '<Override PartName="/xl/vba.bin" ContentType="application/vnd.ms-office.vbaProject"/>'


@pytest.mark.parametrize("types", [MACRO_DEFAULT, MACRO_OVERRIDE])
def test_macros_declared_without_a_part_are_no_macros(types: str) -> None:
    take("a.xlsx", xlsx(types=types))
    assert "macros" in refusal("a.xlsx", xlsx({"xl/vba.bin": b"x"}, types=types))


def test_macros_that_only_a_link_names_are_found() -> None:
    link = relations("vbaProject", "quiet.dat").replace(' TargetMode="External"', "")
    take("a.xlsx", xlsx({"xl/_rels/workbook.xml.rels": link}))
    assert "macros" in refusal("a.xlsx", xlsx({"xl/_rels/workbook.xml.rels": link, "xl/quiet.dat": b"x"}))


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-15", "windows-1252"]
)
def test_a_part_in_any_encoding_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-le").removesuffix("-be").removesuffix("-sig")
    harmless = f'<?xml version="1.0" encoding="{declared}"?><a>été</a>'.encode(encoding)
    take("a.docx", docx({"customXml/item1.xml": harmless}))
    template = f'<?xml version="1.0" encoding="{declared}"?>' + relations(
        "attachedTemplate", "https://x.example/a"
    )
    phrase = refusal("a.docx", docx({"word/_rels/settings.xml.rels": template.encode(encoding)}))
    assert "chercher son contenu ailleurs" in phrase


def test_an_encoding_nobody_can_check_says_so() -> None:
    odd = b'<?xml version="1.0" encoding="utf-7"?><a/>'
    assert "inhabituelle" in refusal("a.docx", docx({"customXml/item1.xml": odd}))


def test_the_order_and_the_folders_of_an_opendocument_are_free() -> None:
    parts = members(odf())
    for order in (reversed(parts), ["content.xml", "mimetype", "META-INF/manifest.xml"]):
        take("a.odt", archive({"Pictures/": b"", **{name: parts[name] for name in order}}))
    root = 'm:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"'
    media = f"<m:manifest><m:file-entry {root}/></m:manifest>"
    assert take("a.odt", archive({"content.xml": "<a/>", "META-INF/manifest.xml": media})).nom == "a.odt"


def test_an_empty_part_and_a_picture_of_this_machine_are_harmless() -> None:
    """LibreOffice leaves an empty table of keys, Word the place a picture was taken from."""
    take("a.odt", odf({"Configurations2/accelerator/current.xml": "", "Configurations2/floater/": ""}))
    local = relations("image", "file://localhost/Users/zoe/photo.png")
    take("a.docx", docx({"word/_rels/document.xml.rels": local}))


def test_a_document_that_lost_its_first_bytes_is_damaged() -> None:
    assert "abîmé" in refusal("a.docx", docx().replace(b"word/document.xml", b"word/document.xm", 1))


def test_words_about_macros_and_exchanges_are_words() -> None:
    take(
        "a.odt",
        odf(content="<text:p>vnd.sun.star.script: et &lt;script:event-listener&gt; href='macro:x'</text:p>"),
    )
    take("a.docx", docx(text="DDEAUTO c:\\cmd, instrText, ddeLink, vbaProject.bin"))
    link = '<w:instrText>HYPERLINK "https://x.fr/ DDE "</w:instrText>'
    field = f'<w:fldChar w:fldCharType="begin"/>{link}<w:fldChar w:fldCharType="end"/>'
    take("a.docx", docx({"word/header1.xml": f'<w:hdr xmlns:w="w">{field}</w:hdr>'}))


def test_an_exchange_cut_into_runs_inside_a_field_is_found() -> None:
    cut = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in (" D", "DE", "AUTO c:\\cmd "))
    field = f'<w:fldChar w:fldCharType="begin"/>{cut}<w:fldChar w:fldCharType="separate"/>'
    assert "DDE" in refusal("a.docx", docx({"word/header1.xml": f'<w:hdr xmlns:w="w">{field}</w:hdr>'}))


def test_a_picture_of_a_share_is_refused_in_an_opendocument_too() -> None:
    for address in ("file://serveur/p/a.png", "//serveur/p/a.png", "\\\\serveur\\p\\a.png"):
        content = f'<draw:image xlink:href="{address}"/>'
        assert "ailleurs" in refusal("a.odt", odf(content=content))
    take(
        "a.odt",
        odf(
            content='<draw:image xlink:href="Pictures/1.png"/><draw:image xlink:href="https://caf.fr/l.png"/>'
        ),
    )


def test_a_drawing_that_is_no_xml_and_a_picture_with_a_doctype_do_not_refuse_a_document() -> None:
    svg = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'
    take("a.xlsx", xlsx({"xl/drawings/vmlDrawing1.vml": "<xml><br></xml>", "xl/media/image2.svg": svg}))


def test_an_archive_may_have_a_comment_but_no_other_archive_in_it() -> None:
    def commented(comment: bytes) -> bytes:
        out = io.BytesIO(docx())
        with zipfile.ZipFile(out, "a") as opened:
            opened.comment = comment
        return out.getvalue()

    take("a.docx", commented("Édité par la mairie".encode()))
    assert "cache un autre" in refusal("a.docx", commented(b"PK\x03\x04" + bytes(30)))


def test_a_sheet_of_empty_lines_is_no_bomb() -> None:
    """Excel writes a row for each line somebody coloured: it shrinks as much as a bomb does."""
    rows = '<row r="1" spans="1:3" s="4" customFormat="1" ht="15"/>' * 60_000
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    take("a.xlsx", xlsx({"xl/worksheets/sheet1.xml": sheet}))


# --- Photos -----------------------------------------------------------------------------------------------------


def test_a_photo_of_fifty_million_points_is_made_smaller() -> None:
    kept = take("IMG_1.jpg", (CAS / "photo_50mp.jpg").read_bytes()).contenu
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (4080, 3072)


def test_a_photo_with_its_gain_map_keeps_its_picture() -> None:
    contenu = (CAS / "ultrahdr_gainmap.jpg").read_bytes()
    with (
        Image.open(io.BytesIO(contenu)) as before,
        Image.open(io.BytesIO(take("a.jpg", contenu).contenu)) as after,
    ):
        assert before.size == after.size == (640, 480)


@pytest.mark.parametrize("format_name", ["JPEG", "HEIF"])
def test_a_photo_that_moves_keeps_its_picture(format_name: str) -> None:
    film = struct.pack(">I", 8 + 4000) + b"mpvd" + b"\0\0\0\x18ftypmp42" + bytes(3988)
    accepte = take("IMG.jpg", picture(format_name) + film)
    with Image.open(io.BytesIO(accepte.contenu)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 20))
    assert b"mp42" not in accepte.contenu


def test_a_heic_is_drawn_by_strips_and_stays_whole() -> None:
    with Image.open(io.BytesIO(take("a.heic", picture("HEIF", (300, 500))).contenu)) as image:
        assert image.size == (300, 500)
        for height in (10, 250, 490):
            red, blue = image.getpixel((20, height)), image.getpixel((280, height))
            assert isinstance(red, tuple) and isinstance(blue, tuple)
            assert red[0] > 200 and blue[2] > 200


def test_a_picture_beyond_what_its_decoder_can_hold_says_so() -> None:
    assert "trop de points" in refusal("a.png", huge_png(20_000, 20_000))


def test_an_avif_in_the_container_of_heic_is_said_to_be_a_format() -> None:
    avif = struct.pack(">I", 28) + b"ftypmif1" + bytes(4) + b"mif1avifmiaf" + bytes(300)
    assert "format d’image" in refusal("a.heic", avif)


# --- Texts ------------------------------------------------------------------------------------------------------

FRENCH = (
    "Prénom;Être\rZoë;Forêt\r",
    "nom;prénom\r\nDupré;Éva\r\n",
    "Reçu le 3 août : 12,50 euros, à l’année",
    "Élodie Garçon habite à Besançon, près de l’église",
    "date;libellé;débit;crédit\n01/02/2026;Prélèvement EDF;45,00;\n",
    "FRANÇOISE;NOËL;ÉTÉ\n",
    "Bonjour, voici le relevé demandé.\r\nCordialement,\r\nJosé\r\n",
    "Où êtes-vous ? Ça m'inquiète, hélas ! Pâques, naïf, Saül, ambiguë",
    "Théo",
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "cp1252", "mac_roman", "cp850", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("texte", FRENCH)
def test_a_text_in_any_usual_encoding_is_given_back_as_utf8(texte: str, encoding: str) -> None:
    octets = texte.replace("’", "'").encode(encoding)
    accepte = take("a.csv", octets)
    assert accepte.contenu.decode("utf-8-sig") == texte.replace("’", "'")
    assert accepte.type_mime == "text/csv; charset=utf-8"
    # A spreadsheet reads UTF-8 when the first bytes say so.
    assert accepte.contenu.startswith(b"\xef\xbb\xbf") is (encoding != "utf-8")


def test_the_case_of_a_mac_is_read() -> None:
    kept = take("excel_mac.csv", (CAS / "excel_mac.csv").read_bytes()).contenu
    assert kept.decode("utf-8-sig") == "Prénom;Être\rZoë;Forêt\r"


@pytest.mark.parametrize(
    ("nom", "contenu", "kept", "mots"),
    [
        ("note.pdf", b"bonjour", "note.txt", "texte"),
        ("scan.pdf", picture("PNG"), "scan.png", "image PNG"),
        ("IMG_1.HEIC", picture("HEIF"), "IMG_1.jpg", "image JPEG"),
        ("suivi.docx", ooxml(XLSX_MAIN, {}), "suivi.xlsx", "tableau Excel"),
        ("capture.jfif", picture("JPEG"), "capture.jpg", ""),
        ("Courrier du 12.05", pdf(), "Courrier du 12.05.pdf", ""),
        ("journal.log", b"bonjour", "journal.txt", ""),
    ],
)
def test_a_file_named_otherwise_says_what_it_was_received_as(
    nom: str, contenu: bytes, kept: str, mots: str
) -> None:
    accepte = take(nom, contenu)
    assert (accepte.nom, accepte.recu_comme) == (kept, mots)


# --- Each refusal has its own reason ------------------------------------------------------------------------------


def _ole(*names: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") for name in names)


REASONS: dict[str, tuple[str, bytes, str]] = {
    "rtf": ("lettre.rtf", (CAS / "lettre.rtf").read_bytes(), "format RTF"),
    "rtf nommé doc": ("lettre.doc", b"{\\rtf1 a}", "format RTF"),
    "courriel d’Outlook": ("a.msg", _ole("__nameid_version1.0"), "courriel enregistré"),
    "courriel": ("a.eml", b"From: a@b.fr\r\nMIME-Version: 1.0\r\n\r\n<html>", "courriel enregistré"),
    "ancien Word": ("a.doc", _ole("WordDocument"), "ancien format"),
    "ancien Excel": ("a.xls", _ole("Workbook"), "ancien format"),
    "mot de passe": ("a.docx", _ole("EncryptedPackage"), "mot de passe"),
    "raccourci": ("a.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(90), "raccourci"),
    "raccourci de site": ("a.url", b"[InternetShortcut]\r\nURL=https://caf.fr\r\n", "raccourci"),
    "données": ("a.xml", b'<?xml version="1.0"?><releve><ligne/></releve>', "fichier de données"),
    "page web": ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "pages web"),
    "dessin": ("a.svg", SVG, "SVG"),
    "pages": ("a.pages", archive({"Index/Document.iwa": b"x"}), "Pages, Numbers"),
    "livre": (
        "a.epub",
        archive({"mimetype": "application/epub+zip", "META-INF/container.xml": "<a/>"}),
        "livre",
    ),
    "archive": ("a.zip", archive({"a.txt": b"x"}), "archive"),
    "docm": ("a.docm", ooxml("application/vnd.ms-word.document.macroEnabled.main+xml", {}), "docm"),
    "xlsb": (
        "a.xlsb",
        ooxml("application/vnd.ms-excel.sheet.binary.macroEnabled.main", {"xl/workbook.bin": b"x"}),
        "xlsb",
    ),
    "suite d’un pdf": ("a.pdf", pdf() + b"x" * 5000, "continue après sa propre fin"),
    "suite d’un docx": ("a.docx", docx() + b"x", "continue après sa propre fin"),
    "pdf protégé autrement": (
        "a.pdf",
        pdf(trailer=b"/Encrypt << /Filter /Ailleurs >>"),
        "protégé d’une façon",
    ),
    "compression rare": (
        "a.docx",
        archive({"[Content_Types].xml": "<Types/>"}, zipfile.ZIP_BZIP2),
        "inhabituelle",
    ),
    "programme": ("a.py", b"print(1)", "programme"),
}


@pytest.mark.parametrize("what", REASONS)
def test_a_refusal_is_true_of_this_very_file(what: str) -> None:
    nom, contenu, words = REASONS[what]
    assert words in refusal(nom, contenu)


def _phrases() -> Iterator[str]:
    for nom, contenu, _ in REASONS.values():
        yield refusal(nom, contenu)


def test_no_advice_sends_to_what_cannot_help() -> None:
    for phrase in _phrases():
        assert "\u00a0; " in phrase, "the sentence says what to do after what is wrong"
