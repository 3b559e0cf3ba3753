"""A picture made again from its pixels: place, device, comments and anything hidden in it do not survive.

What is beyond forty million points is made smaller: a JPEG while it is decoded, so that two hundred million points
hold in the memory of twelve; a HEIC or a PNG, whose decoders hold every point, within the memory of the child process
(900 MB for two hundred million).
"""

import io
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pillow_heif
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from app.domain.fichiers.refus import ABIME, DEUX_FORMATS, FichierRefuse
from app.domain.fichiers.signatures import ends_like_zip

# Points of a picture as it is kept; and as it comes, by what its decoder holds for each: a photo of two hundred
# million points takes nothing more than what is kept of it, a WebP several times its whole canvas.
KEPT_MAX = 40_000_000
PIXELS_MAX = {"jpeg": 250_000_000, "png": 120_000_000, "webp": 40_000_000, "heic": 210_000_000}
SIDE_MAX = 30_000
STRIP = 64  # rows of a picture that is made smaller, once smaller
# More would decode no faster on a busy machine, and each reserves memory.
pillow_heif.options.DECODE_THREADS = 2
# A progressive photo is held whole, two bytes for each point of each colour, however small it is made.
PROGRESSIVE_MAX = 210_000_000
JPEG_QUALITY = 88
# A progressive photo is drawn in a dozen passes. Each is over all its points, for some sixty bytes: ten megabytes of
# them would keep the machine busy for hours.
PASSES_MAX = 50
# Where a JPEG says what comes next: not within the points, nor alone in its place.
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
# The sizes are checked here, picture by picture; the library’s own limit is lower.
Image.MAX_IMAGE_PIXELS = None
PASS, END = 0xDA, 0xD9
ORIENTATION = 0x0112
# How to turn a picture whose device wrote this orientation (EXIF 2.32, tag 274).
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PNG_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
# What decoders raise on damaged or hostile bytes, besides OSError.
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    RuntimeError,
    struct.error,
)

TROP_GRANDE = (
    "Cette image est trop grande (trop de points) ; réduisez-la, ou reprenez la photo dans la qualité normale de "
    "l’appareil, puis joignez-la de nouveau."
)
TROP_LONGUE = (
    "Cette image est trop longue ou trop large (plus de 30 000 points d’un côté) ; coupez-la en plusieurs images, puis "
    "joignez-les."
)
ANIMEE = "Cette image est animée ; joignez une image fixe."


def remake_image(signature: str, contenu: bytes) -> bytes:
    """The picture made again: jpeg, png or webp as it was, heic as jpeg. Raises FichierRefuse.

    Takes up to 800 MB and some seconds: run it in a limited process.
    """
    if ends_like_zip(contenu) or b"%PDF-" in contenu[:1024]:
        raise FichierRefuse(DEUX_FORMATS)
    if signature == "jpeg" and _count_passes(contenu) > PASSES_MAX:
        raise FichierRefuse(ABIME)
    with _readable():
        if signature == "heic":
            return _save(_decode_heic(contenu), "JPEG")
        return _save(_decode(contenu, signature), signature.upper())


def _count_passes(contenu: bytes) -> int:
    """How many times a decoder will go over the points of the first picture: it reads markers as is done here."""
    passes, position = 0, 2
    while passes <= PASSES_MAX and (found := MARKER.search(contenu, position)):
        marker, position = contenu[found.end() - 1], found.end()
        if marker == END:
            break
        passes += marker == PASS
        position += int.from_bytes(contenu[position : position + 2], "big")
    return passes


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what decoders raise into a refusal."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise FichierRefuse(TROP_GRANDE) from None
    except DAMAGED:
        raise FichierRefuse(ABIME) from None


def _decode(contenu: bytes, signature: str) -> Image.Image:
    """The pixels, upright, in a mode this format can keep. The decoder is gone when they are saved: memory."""
    format_name = signature.upper()
    with Image.open(io.BytesIO(contenu), formats=[format_name]) as image:
        _check_size(image.size, PIXELS_MAX[signature])
        # A jpeg with several pictures is one photo and its previews, its gain map or its film.
        if format_name != "JPEG" and getattr(image, "is_animated", False):
            raise FichierRefuse(ANIMEE)
        turn = TURNS.get(_orientation(image))
        if isinstance(image, JpegImageFile):
            if image.info.get("progressive"):
                _check_size(image.size, PROGRESSIVE_MAX)
            _draft(image)
        pixels = _smaller(_in_mode_for(image, format_name))
        return pixels if turn is None else pixels.transpose(turn)


def _draft(photo: JpegImageFile) -> None:
    """Ask the decoder for half of the points each way, or a quarter: it does not even compute the others."""
    width, height = photo.size
    shrink = _shrink_for(width * height)
    if shrink > 1:
        photo.draft(None, (width // shrink, height // shrink))


def _shrink_for(points: int) -> int:
    shrink = 1
    while points > KEPT_MAX * shrink * shrink:
        shrink *= 2
    return shrink


def _smaller(pixels: Image.Image) -> Image.Image:
    shrink = _shrink_for(pixels.width * pixels.height)
    if shrink == 1:
        return pixels
    return pixels.convert("L").reduce(shrink) if pixels.mode == "1" else pixels.reduce(shrink)


def _decode_heic(contenu: bytes) -> Image.Image:
    # The container states the size: nothing is decoded before. The decoder turns the picture itself.
    # A burst holds several: the one shown first is not always the first.
    several = pillow_heif.open_heif(contenu, convert_hdr_to_8bit=True)
    photo = several[several.primary_index]
    _check_size(photo.size, PIXELS_MAX["heic"])
    if photo.mode == "RGB":
        return _by_strips(photo)
    return _smaller(_in_mode_for(photo.to_pillow(), "JPEG"))


def _by_strips(photo: pillow_heif.HeifImage) -> Image.Image:
    """The picture made smaller strip by strip: its decoder holds all of its points, nobody else ever does."""
    width, height = photo.size
    shrink = _shrink_for(width * height)
    kept = Image.new("RGB", (-(-width // shrink), -(-height // shrink)))
    points, rows = memoryview(photo.data), STRIP * shrink
    for top in range(0, height, rows):
        count = min(rows, height - top)
        strip = bytes(points[top * photo.stride : (top + count) * photo.stride])
        drawn = Image.frombuffer("RGB", (width, count), strip, "raw", "RGB", photo.stride, 1)
        kept.paste(drawn.reduce(shrink) if shrink > 1 else drawn, (0, top // shrink))
    return kept


def _check_size(size: tuple[int, int], limit: int) -> None:
    width, height = size
    if width * height > limit:
        raise FichierRefuse(TROP_GRANDE)
    if max(width, height) > SIDE_MAX:
        raise FichierRefuse(TROP_LONGUE)


def _orientation(image: Image.Image) -> int:
    # With a damaged EXIF block, a picture is shown as it lies rather than refused.
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except DAMAGED:
        return 1


def _save(pixels: Image.Image, format_name: str) -> bytes:
    # Savers copy what they find there (comment, EXIF, XMP, colour profile): leave them nothing.
    pixels.info.clear()
    output = io.BytesIO()
    if format_name == "JPEG":
        pixels.save(output, "JPEG", quality=JPEG_QUALITY)
    elif format_name == "PNG":
        pixels.save(output, "PNG", compress_level=4)
    else:
        pixels.save(output, "WEBP", quality=JPEG_QUALITY, method=2)
    return output.getvalue()


def _in_mode_for(image: Image.Image, format_name: str) -> Image.Image:
    is_transparent = "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}
    if format_name == "JPEG":
        return _loaded(image) if image.mode in {"L", "RGB"} else image.convert("RGB")
    if format_name == "WEBP":
        return image.convert("RGBA" if is_transparent else "RGB")
    if "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in PNG_MODES:
        return _loaded(image)
    return image.convert("RGBA" if is_transparent else "RGB")


def _loaded(image: Image.Image) -> Image.Image:
    image.load()
    return image
