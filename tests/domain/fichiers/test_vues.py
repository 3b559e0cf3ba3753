"""What files look like: within their bounds whatever they hold, upright, filled fields and white paper included."""

import io
import os

import pikepdf
import pytest
from PIL import Image

from app.domain.fichiers.vues import OCTETS_MAX, PAGES_MAX, SIDE_MAX, SansVue, Vues, draw_vues
from tests.fichiers_fabriques import pdf, picture, stream

PDF = "application/pdf"


def draw(type_mime: str, contenu: bytes) -> Vues:
    """Without any hurry."""
    return draw_vues(type_mime, contenu, lambda: False)


def points(octets: bytes) -> Image.Image:
    """What is seen."""
    return Image.open(io.BytesIO(octets)).convert("RGB")


def pages(nombre: int) -> bytes:
    """A PDF of so many pages, each wider than the one before."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for number in range(nombre):
            document.add_blank_page(page_size=(400 + number, 800))
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_within_its_bounds(kind: str) -> None:
    vues = draw(f"image/{kind.lower()}", picture(kind, size=(4000, 2000)))
    assert vues.pages == 1
    (seule,) = vues.feuilles
    assert (seule.largeur, seule.hauteur) == points(seule.octets).size == (SIDE_MAX, SIDE_MAX // 2)
    assert (vues.vignette.largeur, vues.vignette.hauteur) == points(vues.vignette.octets).size == (96, 48)
    red, _, blue = points(seule.octets).getpixel((10, 10))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True), "the left half is red"


def test_a_small_picture_is_not_made_larger() -> None:
    (seule,) = draw("image/png", picture("PNG", size=(40, 20))).feuilles
    assert (seule.largeur, seule.hauteur) == (40, 20)


def test_what_is_transparent_is_white_and_sixteen_bits_are_scaled() -> None:
    out, grey = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    Image.new("I;16", (20, 20), 0x8000).save(grey, "PNG")
    (seule,) = draw("image/png", out.getvalue()).feuilles
    assert points(seule.octets).getpixel((5, 5)) == (255, 255, 255)
    (seule,) = draw("image/png", grey.getvalue()).feuilles
    assert points(seule.octets).getpixel((5, 5)) == (128, 128, 128)


def test_noise_is_drawn_less_finely_rather_than_beyond_its_bytes() -> None:
    noise = Image.frombytes("RGB", (1800, 1800), os.urandom(1800 * 1800 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    (seule,) = draw("image/jpeg", out.getvalue()).feuilles
    assert len(seule.octets) <= OCTETS_MAX


def test_the_first_pages_of_a_pdf_are_drawn_in_their_order() -> None:
    vues = draw(PDF, pages(PAGES_MAX + 3))
    assert (vues.pages, len(vues.feuilles)) == (PAGES_MAX + 3, PAGES_MAX)
    assert [vue.largeur for vue in vues.feuilles] == sorted(vue.largeur for vue in vues.feuilles)
    assert max(vues.feuilles[0].largeur, vues.feuilles[0].hauteur) == SIDE_MAX


def test_when_it_is_late_the_pages_drawn_are_kept() -> None:
    asked = iter([False, True])
    vues = draw_vues(PDF, pages(5), lambda: next(asked))
    assert (vues.pages, len(vues.feuilles)) == (5, 2)


def test_a_field_that_was_filled_in_is_seen() -> None:
    """A CERFA filled on screen keeps its answers in fields, which a bare drawing leaves out."""
    black = stream(b"0 g 0 0 500 700 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 500 700]")
    contenu = pdf(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (nom) /V (Dubois) /Rect [50 70 550 770] /F 4 /P 3 0 R "
        b"/AP << /N 5 0 R >> >>",
        black,
        catalog=b"/AcroForm << /Fields [4 0 R] >>",
    ).replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 842]/Annots [4 0 R]")
    with pikepdf.open(io.BytesIO(contenu)) as document:
        out = io.BytesIO()
        document.save(out)
    (seule,) = draw(PDF, out.getvalue()).feuilles
    assert max(points(seule.octets).getpixel((seule.largeur // 2, seule.hauteur // 2))) < 40  # type: ignore[arg-type]


def test_what_cannot_be_drawn_has_no_look() -> None:
    with pytest.raises(RuntimeError, match="load document"):
        draw(PDF, b"%PDF-1.7\nrien")
    with pytest.raises(SansVue):
        draw(PDF, pdf().replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"))
