"""Other files of the kinds people brought (`tests/cas`): made by other programs, or by who wants to pass for them."""

import io
import re
from collections.abc import Callable, Mapping
from functools import partial

import pikepdf
import pytest
from PIL import Image

from app.domain.fichiers.encodages import decode
from app.settings import ROOT
from tests.domain.fichiers.jugement import refusal, take
from tests.fichiers_fabriques import (
    MACRO_TYPE,
    docx,
    odf,
    pdf,
    picture,
    relations,
    stream,
    xlsx,
)

# --- PDF --------------------------------------------------------------------------------------------------------


def made(**save: object) -> bytes:
    """A page, saved as other programs do."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, **save)  # type: ignore[arg-type]
    return out.getvalue()


def _clicked(action: bytes) -> bytes:
    names = (b"/JavaScript", b"/Launch", b"(app.alert\\(1\\))")
    return pdf(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " + action + b" >>", *names)


PDFS: Mapping[str, Callable[[], bytes]] = {
    "ouvert par morceaux": lambda: made(linearize=True),
    "objets compressés": lambda: made(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "chiffré sans mot de passe": lambda: made(encryption=pikepdf.Encryption(user="", owner="x", R=6)),
    "ouverture vide": lambda: pdf(catalog=b"/OpenAction null /AA << >>"),
    "ouverture par renvoi": lambda: pdf(b"[3 0 R /FitH 800]", catalog=b"/OpenAction 4 0 R"),
    "arbre de pièces vide": lambda: pdf(
        b"<< /Kids [5 0 R] >>", b"<< /Names [] >>", catalog=b"/Names << /EmbeddedFiles 4 0 R >>"
    ),
    "fiche sans fichier": lambda: pdf(
        b"<< /Type /Filespec /F (annexe.pdf) /EF << >> >>", catalog=b"/AF [4 0 R]"
    ),
    "dossier sans pièce": lambda: pdf(catalog=b"/Collection << /View /D >>"),
    "formulaire sans script": lambda: pdf(
        b"<< /FT /Tx /T (nom) /V (Zoe) /Subtype /Widget /Rect [0 0 9 9] /AA << >> >>",
        catalog=b"/AcroForm << /Fields [4 0 R] /XFA [] >>",
    ),
    "titre en hexadécimal": lambda: pdf(
        b"<< /Title <2F4A617661536372697074> /Subject (/SubmitForm \\(/Launch\\)) >>"
    ),
    "calque nommé Launch": lambda: pdf(b"<< /Type /OCG /Name (Launch) >>"),
    "adresse d’application": lambda: _clicked(b"<< /S /URI /URI (whatsapp://send?text=CAF) >>"),
    "adresse d’une page vide": lambda: _clicked(b"<< /S /URI /URI (about:blank) >>"),
    **{
        f"bouton de page imprimée {words}": partial(
            _clicked, b"<< /S /URI /URI (%b) >>" % words.encode().replace(b"(", b"\\(").replace(b")", b"\\)")
        )
        for words in (
            "javascript:void(0)",
            "javascript:void(0);",
            "javascript:;",
            "javascript:",
            "JavaScript:void 0",
        )
    },
    "structure nommée JavaScript": lambda: pdf(b"<< /Type /StructElem /S /JavaScript /P 2 0 R /K 0 >>"),
}


@pytest.mark.parametrize("what", PDFS)
def test_a_pdf_of_another_program_is_taken(what: str) -> None:
    contenu = PDFS[what]()
    assert take("a.pdf", contenu).contenu == contenu


def test_any_number_of_blanks_may_stand_before_a_pdf() -> None:
    for before in (b"\n" * 3000, b"\xc2\xa0\n", b"\v\f", b"\xff\xfe"):
        assert take("a.pdf", before + pdf()).contenu == pdf()


POWERS: Mapping[str, tuple[bytes, str]] = {
    "script nommé ailleurs": (_clicked(b"<< /S 5 0 R /JS 7 0 R >>"), "programme"),
    "lancement nommé ailleurs": (_clicked(b"<< /S 6 0 R /F (cmd.exe) >>"), "action interdite"),
    "script qui se dit structure": (_clicked(b"<< /S /JavaScript /JS (1) /P 3 0 R >>"), "programme"),
    "script typé structure": (
        _clicked(b"<< /Type /StructElem /S /JavaScript /JS (1) /P 3 0 R >>"),
        "programme",
    ),
    "suite d’une page": (
        _clicked(b"<< /S /GoTo /D [3 0 R /Fit] /Next [<< /S 5 0 R /JS (1) /P 3 0 R >>] >>"),
        "programme",
    ),
    "signet": (pdf(b"<< /Title (a) /A << /S 5 0 R /JS (1) >> >>", b"/JavaScript"), "programme"),
    "média nommé ailleurs": (
        pdf(b"<< /Type /Annot /Subtype 5 0 R /Rect [0 0 9 9] >>", b"/RichMedia"),
        "programme",
    ),
    "pièce nommée ailleurs": (pdf(stream(b"MZ", b"/Type 5 0 R"), b"/EmbeddedFile"), "autres fichiers"),
    "site à l’ouverture d’une page": (
        pdf(b"<< /Type /Page /AA << /O << /S /URI /URI (https://a.fr) >> >> >>"),
        "action interdite",
    ),
    "partage dans une fiche": (
        _clicked(b"<< /S /GoToR /F << /Type /Filespec /FS /URL /F (file://srv/p/a.pdf) >> >>"),
        "action interdite",
    ),
    "formulaire animé sans champ": (
        pdf(b"<< /XFA 5 0 R >>", stream(b"<xdp/>", b""), catalog=b"/AcroForm 4 0 R"),
        "programme",
    ),
    **{
        f"partage sans nom de protocole {words}": (
            _clicked(b"<< /S /URI /URI (%b) >>" % words.replace("\\", "\\\\").encode()),
            "action interdite",
        )
        for words in ("//serveur/partage", "/\\serveur\\partage", " //serveur/p/a.pdf")
    },
    "suite d’un bouton vide": (
        _clicked(b"<< /S /URI /URI (javascript:void\\(0\\);app.alert\\(1\\)) >>"),
        "action interdite",
    ),
    "adresse coupée": (_clicked(b"<< /S /URI /URI (java\\nscript:alert\\(1\\)) >>"), "action interdite"),
    "impression à l’ouverture": (
        pdf(catalog=b"/OpenAction << /S /Named /N /Print >>"),
        "action interdite",
    ),
}


@pytest.mark.parametrize("what", POWERS)
def test_a_power_is_found_however_it_is_written(what: str) -> None:
    contenu, words = POWERS[what]
    assert words in refusal("a.pdf", contenu)


# --- Office suites ----------------------------------------------------------------------------------------------

LOST = '<?xml version="1.0" encoding="utf-16"?><a>été</a>'
LIBRARY = '<library:library xmlns:library="l" library:name="Standard"{}/>'
OFFICE: Mapping[str, tuple[str, bytes]] = {
    "partie qui se dit utf-16": ("a.docx", docx({"customXml/item1.xml": LOST.encode()})),
    "partie utf-16 sans déclaration": ("a.docx", docx({"customXml/i.xml": "<a>é</a>".encode("utf-16-le")})),
    "imprimante sous un type de macro": (
        "a.xlsx",
        xlsx({"xl/printerSettings/printerSettings1.bin": bytes(40)}, types=MACRO_TYPE),
    ),
    "reste de macros": ("a.docx", docx({"word/vbaData.xml": "<a/>", "word/vbaProject.bin": b""})),
    "bibliothèques vides": (
        "a.odt",
        odf(
            {
                "Basic/script-lc.xml": '<library:libraries xmlns:library="l"/>',
                "Basic/Standard/script-lb.xml": LIBRARY.format(""),
            }
        ),
    ),
    "mimetype suivi d’une ligne": ("a.odt", odf({"mimetype": "application/vnd.oasis.opendocument.text\r\n"})),
    "mimetype avec marque": (
        "a.odt",
        odf({"mimetype": b"\xef\xbb\xbfapplication/vnd.oasis.opendocument.text"}),
    ),
    "modèle du poste": (
        "a.docx",
        docx(
            {
                "word/_rels/settings.xml.rels": relations(
                    "attachedTemplate", "file:///C:\\Modeles\\Normal.dotm"
                )
            }
        ),
    ),
}


@pytest.mark.parametrize("what", OFFICE)
def test_a_document_of_another_program_is_taken(what: str) -> None:
    nom, contenu = OFFICE[what]
    assert take(nom, contenu).contenu == contenu


def test_macros_stay_refused_behind_what_is_left_of_others() -> None:
    module = {"Basic/Standard/Module1.xml": "<script:module>Sub x</script:module>"}
    assert "macros" in refusal("a.odt", odf({"Basic/Standard/script-lb.xml": LIBRARY.format(""), **module}))
    elsewhere = LIBRARY.format(' library:link="true"')
    assert "macros" in refusal("a.odt", odf({"Basic/script-lc.xml": elsewhere}))
    assert "macros" in refusal("a.xlsx", xlsx({"xl/p.bin": bytes(40)}, types=MACRO_TYPE))
    template = '<?xml version="1.0" encoding="utf-16"?>' + relations(
        "attachedTemplate", "https://x.example/a"
    )
    assert "ailleurs" in refusal("a.docx", docx({"word/_rels/settings.xml.rels": template.encode()}))


# --- Photos -----------------------------------------------------------------------------------------------------


def test_photos_of_every_make_keep_their_picture() -> None:
    film = (
        b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data\0\0\0\x18ftypmp42"
        + bytes(3000)
        + b"SEFH"
        + bytes(20)
        + b"SEFT"
    )
    several = picture("MPO", save_all=True, append_images=[Image.new("RGB", (40, 20))])
    for contenu in (
        *(picture("JPEG", mode=mode) for mode in ("L", "CMYK")),
        *(picture("JPEG") + film, several, picture("JPEG", progressive=True), picture("JPEG") + b"\r\n\r\n"),
    ):
        with Image.open(io.BytesIO(take("a.jpg", contenu).contenu)) as image:
            assert (image.format, image.size) == ("JPEG", (40, 20))


def test_a_picture_that_is_only_long_is_not_said_to_have_too_many_points() -> None:
    out = io.BytesIO()
    Image.new("L", (31_000, 10)).save(out, "PNG")
    phrase = refusal("a.png", out.getvalue())
    assert "trop longue" in phrase and "coupez-la" in phrase


# --- Texts ------------------------------------------------------------------------------------------------------


def french_words() -> list[str]:
    """The words with an accent of our own pages: whatever they are, they are what people write."""
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "app/partials").rglob("*.html")]
    lists = [path.read_text(encoding="utf-8") for path in (ROOT / "app/referentiel").glob("*.toml")]
    return sorted(
        {word for word in re.findall(r"[A-Za-zÀ-ÖØ-öø-ÿœŒ]+", " ".join(pages + lists)) if not word.isascii()}
    )


@pytest.mark.parametrize("write", [str.lower, str.capitalize, str.upper])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_a_single_word_tells_its_encoding(encoding: str, write: Callable[[str], str]) -> None:
    """A list may hold one name with an accent. « DÈME » and « DÔME » are the same bytes under two systems: the most
    usual system wins, and one capital in twenty is lost on the other. So are « âge » under DOS and « Ége » on a Mac.
    """
    words = [word for word in map(write, french_words()) if "œ" not in word.lower() or encoding != "cp850"]
    assert len(words) > 300
    wrong = [word for word in words if decode(word.encode(encoding)) != word]
    if encoding == "cp850":
        wrong = [word for word in wrong if not word.startswith("â")]
    assert len(wrong) <= (len(words) // 20 if (encoding, write) == ("cp850", str.upper) else 0), wrong


@pytest.mark.parametrize(
    ("encoding", "texte"),
    [
        *(
            (encoding, texte)
            for encoding in ("cp1252", "mac_roman", "iso8859-15")
            for texte in ("Loyer;500 €\n", "APL 120 € ; loyer 430 €", "1 000 €", "Zoé;Haÿ")
        ),
        *(
            ("cp1252", texte)
            for texte in ("10 % – 20 %", "½ part", "3² et m²", "Nom…", "N´Guessan", "Montant (€)")
        ),
        *(("cp850", texte) for texte in ("Noël", "Joël;Gaëlle", "Zoë", "Citroën", "aiguë")),
        *((encoding, "É. MARTIN") for encoding in ("cp1252", "mac_roman", "cp850")),
        *(("mac_roman", texte) for texte in ("mañana", "Ça va", "Iñaki")),
    ],
)
def test_a_list_whose_only_signs_are_rare_is_read(encoding: str, texte: str) -> None:
    assert decode(texte.encode(encoding)) == texte


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_an_accent_tells_the_encoding_however_late_it_comes(encoding: str) -> None:
    texte = "Nom;Ville\r\n" * 20_000 + "Zoé Lefèvre;Île-à-Vache\r\n"
    assert decode(texte.encode(encoding)) == texte


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-16", "utf-16-be", "utf-32"])
def test_a_list_in_capitals_is_read(encoding: str) -> None:
    texte = "SÉCURITÉ;ACCÈS;HÔPITAL;CÔTES;ÂGE;ÎLE;NOËL;REÇU;À PAYER\r\n"
    assert take("a.csv", texte.encode(encoding)).contenu.decode("utf-8-sig") == texte


@pytest.mark.parametrize(
    "texte",
    [
        "Contact : Jean <metayer@mairie.fr> ou <body.shop@exemple.fr>",
        "Le reste à vivre est de moins de < % du plafond, l’<objet> est joint",
        "- Dupont|Paris ! à relancer\n+ CAF|urgent ! =A",
        "adresse\x0bsuite de l’adresse\x0c",
        "formule =A1+B1 ; total -12|5",
        "ID;Prénom;Classe\nB;Zoé;C\nC;Xavier;K\nE\n",
        "ID;P;X\nC;Yann;Elsa (sa mère)\n",
        "<3 merci pour tout",
        "<Nom> <Prénom> : xmlns",
        "50 %! de hausse",
    ],
)
def test_a_text_is_no_page_and_no_command_for_a_sign(texte: str) -> None:
    assert take("note.txt", texte.encode()).nom == "note.txt"


@pytest.mark.parametrize(
    "cell",
    [
        "=MSEXCEL|'\\..\\..\\cmd.exe /c calc.exe'!''",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "=cmd|calc!A0",
        "=cmd|'/C calc' !A0",
        "\t=\tcmd|'/C calc'!A0",
    ],
)
def test_a_command_is_found_however_it_is_written(cell: str) -> None:
    assert "formule" in refusal("a.csv", f"nom;montant\n{cell};1\n".encode())
    assert "pages web" in refusal("a.txt", b"bonjour <script/src=//x>" + cell.encode())


SYLK = "ID;PWXL;N;E\nP;PGeneral\n{}E\n"


@pytest.mark.parametrize(
    ("texte", "words"),
    [
        ("{\\rt1 bonjour}", "RTF"),
        ("%!PS-Adobe-3.0\n/x 1 def\n", "PostScript"),
        ("\x04%!PS-Adobe-2.0\n", "Ce format n’est pas accepté"),
        (SYLK.format('C;Y1;X1;K0;EEXEC("calc")\n'), "SYLK"),
        (SYLK.format('C;K0;ECALL("a")\n').replace("\n", "\r"), "SYLK"),
        (SYLK.format("P;PGeneral\n" * 9000 + "NN;NAuto_open;ER1C1\n"), "SYLK"),
        ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "fichier de données"),
        ('<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="x"/>', "fichier de données"),
        ("<table border=1><tr><td>Nom</td></tr></table>", "pages web"),
    ],
)
@pytest.mark.parametrize("nom", ["a.txt", "a.csv", "a.xls"])
def test_a_text_that_another_program_would_open_otherwise_is_refused(
    nom: str, texte: str, words: str
) -> None:
    assert words in refusal(nom, texte.encode())
