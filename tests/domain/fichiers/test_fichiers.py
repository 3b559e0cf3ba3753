import io
import re
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.fichiers import OCTETS_MAX, FichierRefuse, check_fichier, nom_sur
from tests.fichiers_fabriques import (
    XLSX_MAIN,
    docx,
    located_exif,
    object_stream,
    odf,
    ods,
    ooxml,
    pdf,
    picture,
    relations,
    stream,
    xlsx,
)
from tests.fichiers_hostiles import hostiles

# Pillow warns of a damaged EXIF block; the photo is taken all the same.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
HOSTILES = hostiles()
HONEST = {
    "pdf": ("facture.pdf", pdf(), "facture.pdf", "application/pdf"),
    "jpeg": ("photo.JPG", picture("JPEG"), "photo.JPG", "image/jpeg"),
    "jpeg, autre extension": ("photo.jpeg", picture("JPEG"), "photo.jpeg", "image/jpeg"),
    "png": ("capture.png", picture("PNG"), "capture.png", "image/png"),
    "webp": ("capture.webp", picture("WEBP"), "capture.webp", "image/webp"),
    "heic": ("IMG_0042.HEIC", picture("HEIF"), "IMG_0042.jpg", "image/jpeg"),
    "odt": ("lettre.odt", odf(), "lettre.odt", "application/vnd.oasis.opendocument.text"),
    "ods": ("suivi.ods", ods(), "suivi.ods", "application/vnd.oasis.opendocument.spreadsheet"),
    "docx": (
        "lettre.docx",
        docx(),
        "lettre.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": (
        "suivi.xlsx",
        xlsx(),
        "suivi.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "txt": ("note.txt", "Noël à 10 h".encode(), "note.txt", "text/plain; charset=utf-8"),
    "csv": ("liste.csv", "nom;âge\r\nÉva;40\r\n".encode("utf-8-sig"), "liste.csv", "text/csv; charset=utf-8"),
    # The name is corrected, never believed.
    "pdf nommé exe": ("facture.exe", pdf(), "facture.pdf", "application/pdf"),
    "pdf sans extension": ("Courrier du 12.05", pdf(), "Courrier du 12.05.pdf", "application/pdf"),
    "png nommé pdf": ("scan.pdf", picture("PNG"), "scan.png", "image/png"),
    "xlsx nommé docx": (
        "suivi.docx",
        ooxml(XLSX_MAIN, {}),
        "suivi.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "texte nommé pdf": ("note.pdf", b"bonjour", "note.txt", "text/plain; charset=utf-8"),
    # Close to a refusal, and honest.
    "pdf à liens et sommaire": (
        "a.pdf",
        pdf(
            b"<< /S /URI /URI (https://x.fr) >>",
            catalog=b"/OpenAction [3 0 R /Fit] /Outlines << /First 4 0 R >>",
        ),
        "a.pdf",
        "application/pdf",
    ),
    "pdf qui parle de JavaScript": (
        "a.pdf",
        pdf(stream(b"(le JavaScript) Tj", b"")),
        "a.pdf",
        "application/pdf",
    ),
    "pdf à flux d’objets": ("a.pdf", pdf(object_stream(b"<< /Type /Font >>")), "a.pdf", "application/pdf"),
    "pdf à flux inconnu": (
        "a.pdf",
        pdf(stream(bytes(range(256)), b"/Filter /DCTDecode")),
        "a.pdf",
        "application/pdf",
    ),
    "docx à lien et image du web": (
        "a.docx",
        docx(
            {
                "word/_rels/document.xml.rels": relations("hyperlink", "https://caf.fr"),
                "word/_rels/header1.xml.rels": relations("image", "https://caf.fr/logo.png"),
                "word/_rels/settings.xml.rels": relations(
                    "attachedTemplate", "file:///C:\\Modeles\\Normal.dotm"
                ),
                "word/header1.xml": "<w:hdr><w:instrText> PAGE </w:instrText></w:hdr>",
            },
            text="DDE AUTO macroEnabled",
        ),
        "a.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "docx à graphique": (
        "a.docx",
        docx({"word/embeddings/Feuille.xlsx": xlsx()}),
        "a.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "odt à lien": (
        "a.odt",
        odf(content='<office:scripts/><text:a xlink:href="https://caf.fr">macro: "service:"</text:a>'),
        "a.odt",
        "application/vnd.oasis.opendocument.text",
    ),
    "texte à chevrons": (
        "mail.txt",
        b"De : <zoe@mairie.fr> si a < b et c > d",
        "mail.txt",
        "text/plain; charset=utf-8",
    ),
    "csv à montants négatifs": ("a.csv", b"a;-12,5\nb;+33 6|x\n", "a.csv", "text/csv; charset=utf-8"),
}


@pytest.mark.parametrize("what", HOSTILES)
def test_refuses(what: str) -> None:
    nom, contenu = HOSTILES[what]
    started = time.process_time()
    with pytest.raises(FichierRefuse) as refusal:
        check_fichier(nom, contenu)
    # Far above what it takes (0.3 s for the worst): only a check without bound would be seen.
    assert time.process_time() - started < 10
    phrase = refusal.value.phrase
    assert str(refusal.value) == phrase
    assert phrase[0].isupper() and phrase.endswith(".") and len(phrase) <= 200
    assert re.search(r"\u00a0; ", phrase), "the sentence says what to do after what is wrong"
    assert not re.search(r" [;:!?»]|« |'", phrase)


@pytest.mark.parametrize("what", HONEST)
def test_accepts(what: str) -> None:
    nom, contenu, kept_name, type_mime = HONEST[what]
    accepte = check_fichier(nom, contenu)
    assert (accepte.nom, accepte.type_mime) == (kept_name, type_mime)
    if not type_mime.startswith("image/"):
        assert accepte.contenu == contenu


@pytest.mark.parametrize("word", [b"instrText", b"instrText>", b":instr='"])
def test_words_that_never_close_are_read_once(word: bytes) -> None:
    """Read again from each of them, the two kilobytes of this file would hold everyone up for a minute."""
    contenu = docx({"word/a.bin": word * (400_000 // len(word))})
    started = time.process_time()
    check_fichier("a.docx", contenu)
    assert time.process_time() - started < 10


def test_the_largest_size_is_ten_mebibytes() -> None:
    assert check_fichier("a.txt", b"a" * OCTETS_MAX).contenu == b"a" * OCTETS_MAX
    with pytest.raises(FichierRefuse):
        check_fichier("a.txt", b"a" * (OCTETS_MAX + 1))


SENTENCES = {
    "pdf javascript à l’ouverture": "programme",
    "pdf chiffré": "protégé",
    "pdf fichier incorporé": "joignez-les un par un",
    "pdf suivi d’un zip": "en cache un autre",
    "archive bombe qui ment sur sa taille": "beaucoup trop lourd",
    "archive bombe par recouvrement": "en cache un autre",
    "archive chiffré": "mot de passe",
    "docm nommé docx": "macros",
    "jpeg tronqué": "abîmé",
    "png de 30 000 × 30 000": "trop grande",
    "gif": "JPEG",
    "avif": "JPEG",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_each_refusal_says_its_own_reason(what: str) -> None:
    """A person told « programme » would not look for a password."""
    nom, contenu = HOSTILES[what]
    with pytest.raises(FichierRefuse, match=SENTENCES[what]):
        check_fichier(nom, contenu)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_place_device_and_comments_are_removed(format_name: str) -> None:
    options: dict[str, Any] = {"exif": located_exif()}
    if format_name == "JPEG":
        options |= {"comment": b"MARQUEUR-COM", "xmp": b"<x:xmpmeta>MARQUEUR-XMP</x:xmpmeta>"}
    if format_name == "WEBP":
        options |= {"xmp": b"MARQUEUR-XMP", "icc_profile": b"MARQUEUR-ICC"}
    contenu = picture(format_name, **options)
    assert b"MARQUEUR" in contenu
    kept = check_fichier("photo", contenu).contenu
    assert b"MARQUEUR" not in kept and b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert len(image.getexif()) == 0
        assert not {"exif", "xmp", "comment", "icc_profile"} & image.info.keys()


# EXIF orientation → where the red half of the original (left) must be seen, and how the picture stands.
SEEN = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}


@pytest.mark.parametrize("orientation", SEEN)
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stays_upright(format_name: str, orientation: int) -> None:
    contenu = picture(format_name, (40, 20), exif=located_exif(orientation))
    with Image.open(io.BytesIO(check_fichier("photo", contenu).contenu)) as image:
        stands = orientation >= 5
        assert image.size == ((20, 40) if stands else (40, 20))
        spots = {"left": (5, 10), "right": (35, 10), "top": (10, 5), "bottom": (10, 35)}
        opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
        red = image.convert("RGB").getpixel(spots[SEEN[orientation]])
        blue = image.convert("RGB").getpixel(spots[opposite[SEEN[orientation]]])
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] - red[2] > 140 and blue[2] - blue[0] > 140


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_of_any_mode_looks_the_same(mode: str) -> None:
    contenu = picture("PNG", mode=mode)
    kept = check_fichier("a.png", contenu).contenu
    with Image.open(io.BytesIO(contenu)) as before, Image.open(io.BytesIO(kept)) as after:
        assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()


def test_transparent_palette_and_cmyk_photo_are_kept_readable() -> None:
    kept = check_fichier("a.png", picture("PNG", mode="P", transparency=0)).contenu
    with Image.open(io.BytesIO(kept)) as image:
        assert image.mode == "RGBA"
    kept = check_fichier("a.jpg", picture("JPEG", mode="CMYK")).contenu
    with Image.open(io.BytesIO(kept)) as image:
        assert image.mode == "RGB"
        pixel = image.getpixel((5, 10))
        assert isinstance(pixel, tuple) and pixel[0] - pixel[2] > 140


@pytest.mark.parametrize("padding", [b"", b"\xff\xff", b"\x00\xff\xd0 \xff\x01"])
def test_a_photo_drawn_over_and_over_is_refused(padding: bytes) -> None:
    """Each pass costs sixty bytes to who sends it, and a walk over every point to who opens it."""
    photo = picture("JPEG", (400, 300), progressive=True)
    assert check_fichier("photo.jpg", photo).type_mime == "image/jpeg"
    last = photo.rindex(b"\xff\xda")
    endless = photo[:last] + (photo[last:-2] + padding) * 100 + photo[-2:]
    Image.open(io.BytesIO(endless)).load()  # a decoder does open it
    with pytest.raises(FichierRefuse, match="abîmé"):
        check_fichier("photo.jpg", endless)


def test_a_damaged_exif_block_does_not_refuse_a_photo() -> None:
    contenu = picture("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(8))
    assert check_fichier("a.jpg", contenu).type_mime == "image/jpeg"


@given(
    st.binary(max_size=200),
    st.sampled_from([pdf(), docx(), odf(), picture("JPEG"), picture("PNG")]),
    st.data(),
)
def test_damaged_files_are_refused_or_accepted_and_nothing_worse(
    noise: bytes, honest: bytes, draw: st.DataObject
) -> None:
    place = draw.draw(st.integers(0, len(honest)))
    for contenu in (
        honest[:place],
        honest[:place] + noise + honest[place + len(noise) :],
        honest[:12] + noise,
    ):
        try:
            check_fichier("a", contenu)
        except FichierRefuse as refusal:
            assert refusal.phrase


NOMS = {
    "facture.pdf": "facture.pdf",
    "C:\\Users\\zoe\\facture.pdf": "facture.pdf",
    "../../etc/passwd": "passwd",
    "/": "fichier",
    "": "fichier",
    "...": "fichier",
    "   ": "fichier",
    ".pdf": "fichier.pdf",
    ".htaccess": "htaccess",
    "facture\u202efdp.exe": "facturefdp.exe",
    "a\u200bb\x00c\x1b.txt": "abc.txt",
    "a\r\nSet-Cookie: x.txt": "a Set-Cookie x.txt",
    'l\'avis "définitif".pdf': "l’avis définitif.pdf",
    "avis    d’impôt.pdf": "avis d’impôt.pdf",
    "avis\u00a0d’impôt.pdf": "avis d’impôt.pdf",
    "e\u0301tat.pdf": "état.pdf",
    "CON": "fichier CON",
    "nul.txt": "fichier nul.txt",
    "lpt¹.pdf": "fichier lpt¹.pdf",
    "conseil.pdf": "conseil.pdf",
    "facture.pdf. . ": "facture.pdf",
    "-rf.txt": "rf.txt",
    "=cmd.csv": "cmd.csv",
    "\ud800a.pdf": "a.pdf",
    "a<b>|c?*.pdf": "a b c.pdf",
    "証明書.pdf": "証明書.pdf",
    "x" * 300 + ".pdf": "x" * 116 + ".pdf",
    "x" * 300: "x" * 120,
    "証" * 100 + ".pdf": "証" * 78 + ".pdf",
    "😀" * 100: "😀" * 60,
    "Clock$.pdf": "fichier Clock$.pdf",
}


@pytest.mark.parametrize("nom", NOMS)
def test_nom_sur(nom: str) -> None:
    assert nom_sur(nom) == NOMS[nom]


@given(st.text(st.characters(), max_size=300) | st.text("./\\\"'\u202e\u0301\ud800 coNn1pdf", max_size=20))
def test_any_name_becomes_a_safe_one(nom: str) -> None:
    for kept in (nom_sur(nom), check_fichier(nom[:280] + ".pdf", pdf()).nom):
        assert 1 <= len(kept) <= 120 and len(kept.encode()) <= 240
        assert kept == unicodedata.normalize("NFC", kept) == nom_sur(kept)
        assert not re.search(r"[/\\\"'<>:|?*\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", kept)
        assert kept[0] not in ".- " and kept[-1] not in ". "
        kept.encode()
    assert check_fichier(nom[:280] + ".pdf", pdf()).nom.lower().endswith(".pdf")
