"""What a picture or a PDF looks like: small JPEGs made from its points, page by page, the thumbnail first.

Only the limited child calls it (`app/photographe.py`): whatever the checks let in, a decoder may still crash, stall or
ask for more memory than there is.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from app.domain.fichiers.images import DAMAGED
from app.domain.fichiers.natures import NatureFichier

PAGES_MAX = 20
SIDE_MAX = 1600  # an A4 page at 136 points per inch: what is written small is still read
THUMBNAIL = (96, 96)
OCTETS_MAX = 500_000
QUALITIES = (76, 60, 40, 20)
THUMBNAIL_QUALITY = 60


class SansVue(Exception):
    """Nothing of it can be shown."""


@dataclass(frozen=True)
class Planche:
    """One page as it is shown: a JPEG, with its sides in points."""

    largeur: int
    hauteur: int
    octets: bytes


@dataclass(frozen=True)
class Vues:
    """`vignette` is small enough that nothing can be read in it; `feuilles` are the first of `pages` pages."""

    pages: int
    vignette: Planche
    feuilles: tuple[Planche, ...]


def draw_vues(type_mime: str, contenu: bytes, is_late: Callable[[], bool]) -> Vues:
    """The first pages, twenty at most, until it is late; the first always. Raises SansVue, and what decoders raise."""
    is_pdf = type_mime == NatureFichier.PDF.fiche.type_mime
    pages, drawn = _open_pdf(contenu) if is_pdf else _open_picture(contenu)
    vignette, feuilles = None, list[Planche]()
    for image in drawn:
        vignette = vignette or _shrink(image, THUMBNAIL, (THUMBNAIL_QUALITY,))
        feuilles.append(_shrink(image, (SIDE_MAX, SIDE_MAX), QUALITIES))
        if is_late():
            break
    if vignette is None:
        raise SansVue
    return Vues(pages, vignette, tuple(feuilles))


def _open_picture(contenu: bytes) -> tuple[int, Iterator[Image.Image]]:
    image = Image.open(io.BytesIO(contenu), formats=["JPEG", "PNG", "WEBP"])
    if isinstance(image, JpegImageFile):
        # The decoder does not even compute the points that would not be shown.
        image.draft("RGB", (SIDE_MAX, SIDE_MAX))
    return 1, iter([_on_white(image)])


def _on_white(image: Image.Image) -> Image.Image:
    """On paper, what is transparent is white."""
    if "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}:
        drawn = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    if image.mode.startswith("I"):
        # Sixteen bits of grey: converting would cut what is above 255 rather than scale it.
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")


def _open_pdf(contenu: bytes) -> tuple[int, Iterator[Image.Image]]:
    import pypdfium2  # noqa: PLC0415 - only the child carries it

    document = pypdfium2.PdfDocument(contenu)
    # Fields that were filled in are drawn too.
    document.init_forms()
    return len(document), _draw_pages(document, pypdfium2.PdfiumError)


def _draw_pages(document: Any, illisible: type[Exception]) -> Iterator[Image.Image]:
    for number in range(min(len(document), PAGES_MAX)):
        # A page that cannot be drawn ends the preview: showing the next ones under wrong numbers would mislead.
        with suppress(illisible, *DAMAGED):
            page = document[number]
            sides = page.get_size()
            if min(sides) > 0:
                yield page.render(scale=SIDE_MAX / max(sides)).to_pil().convert("RGB")
                page.close()
                continue
        return


def _shrink(image: Image.Image, box: tuple[int, int], qualities: tuple[int, ...]) -> Planche:
    """Within this box; beyond its bytes, less finely, and half as large at last."""
    small = image.copy()
    small.thumbnail(box)
    small.info.clear()
    octets = b""
    for quality in qualities:
        output = io.BytesIO()
        small.save(output, "JPEG", quality=quality, optimize=True)
        octets = output.getvalue()
        if len(octets) <= OCTETS_MAX:
            break
    else:
        return _shrink(small, (box[0] // 2, box[1] // 2), qualities)
    return Planche(*small.size, octets)
