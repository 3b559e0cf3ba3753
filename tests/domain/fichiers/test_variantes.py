"""Other files of the kinds people brought (`tests/cas`): made by other programs, or by who wants to pass for them."""

import io
from collections.abc import Callable, Mapping
from functools import partial

import pikepdf
import pillow_heif
import pytest
from PIL import Image

from tests.domain.fichiers.jugement import refusal, take
from tests.fichiers_fabriques import (
    pdf,
    picture,
    stream,
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


def test_the_photo_chosen_in_a_burst_is_kept() -> None:
    several = pillow_heif.from_pillow(Image.new("RGB", (40, 20), "red"))
    several.add_from_pillow(Image.new("RGB", (60, 20), "blue"))
    out = io.BytesIO()
    several.save(out, primary_index=1)
    with Image.open(io.BytesIO(take("a.heic", out.getvalue()).contenu)) as image:
        assert image.size == (60, 20)


@pytest.mark.parametrize(
    "contenu",
    [
        b"#!AMR\n" + bytes(300),
        b"#!AMR\n<\x91\x17\x16\xbe",
        b"\xff\xfb\x90\x00" + bytes(300),
        b"\0\0\0\x18ftyp3gp4" + bytes(300),
        b"\0\0\0\x20ftypM4A " + bytes(300),
    ],
)
def test_a_voice_or_a_film_of_a_phone_is_said_to_be_one(contenu: bytes) -> None:
    assert "sons et les vidéos" in refusal("a.amr", contenu)
