"""Texts as other systems save them: their encoding, and what only looks like a text."""

import re
import time
from collections.abc import Callable

import pytest

from app.domain.fichiers.encodages import decode
from app.settings import ROOT
from tests.domain.fichiers.jugement import refusal, take


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
        ("\x04%!PS-Adobe-2.0\n", "PostScript"),
        ("%!PS-Adobe-3.0\n\x00\x01\x02", "PostScript"),
        ("{\\rtf1\\ansi{\\pict\\bin4 \x00\x01\x02\x03}}", "RTF"),
        ("{\\rtf1\\ansi\\ansicpg1252\\cocoartf2761\n{\\object\\objemb}}", "RTF"),
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


def test_the_encoding_of_one_long_word_is_told_at_once() -> None:
    started = time.process_time()
    for bait in (b"\xe9 " + b"a" * 100_000, b"\xe9" * 100_000, b"\xe0 1 \xa7 " * 14_000):
        assert decode(bait)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "contenu", [b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t\r\n", "\ufeff\u00a0\n".encode("utf-16")]
)
def test_a_text_without_a_sign_is_said_to_be_empty(contenu: bytes) -> None:
    assert "est vide" in refusal("a.txt", contenu)
