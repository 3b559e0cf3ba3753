"""Files made by hand: true ones, and the tricks that hostile ones are made of."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image

ODT = "application/vnd.oasis.opendocument.text"
OOXML = "application/vnd.openxmlformats-officedocument"
DOCX_MAIN = f"{OOXML}.wordprocessingml.document.main+xml"
XLSX_MAIN = f"{OOXML}.spreadsheetml.sheet.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Parts = Mapping[str, bytes | str]


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A small true PDF; `objects` follow the three compulsory ones."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R " % (len(places) + 1) + trailer + b" >>\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def stream(body: bytes, entries: bytes = b"/Filter /FlateDecode") -> bytes:
    """A stream object; `body` is written as given."""
    return b"<< /Length %d " % len(body) + entries + b" >>\nstream\n" + body + b"\nendstream"


def object_stream(text: bytes, entries: bytes = b"/Filter /FlateDecode", body: bytes | None = None) -> bytes:
    """An object stream holding one object, `text`."""
    packed = zlib.compress(b"9 0 " + text) if body is None else body
    return stream(packed, b"/Type /ObjStm /N 1 /First 4 " + entries)


def modern_pdf(*objects: bytes, entries: bytes = b"/Type /ObjStm", body: bytes | None = None) -> bytes:
    """A PDF as they are written today: every object packed in a stream, found by a table that is a stream too.

    The document opens on object 4, the first of `objects`; `body` replaces the packed bytes.
    """
    packed = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    offsets = [sum(len(each) + 1 for each in packed[:number]) for number in range(len(packed))]
    head = b" ".join(b"%d %d" % (number, offset) for number, offset in enumerate(offsets, 1)) + b" "
    written = zlib.compress(head + b" ".join(packed)) if body is None else body
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    count = len(packed)
    holder, table = count + 1, count + 2
    places = {holder: len(out)}
    shape = b"/N %d /First %d /Filter /FlateDecode " % (count, len(head))
    out += b"%d 0 obj\n" % holder + stream(written, shape + entries) + b"\nendobj\n"
    places[table] = len(out)
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    rows += [struct.pack(">BIH", 2, holder, index) for index in range(count)]
    rows += [struct.pack(">BIH", 1, place, 0) for place in places.values()]
    listed = b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R" % (table + 1)
    out += b"%d 0 obj\n" % table + stream(b"".join(rows), listed) + b"\nendobj\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % places[table])


def locked_pdf(user: str, owner: str = "proprietaire") -> bytes:
    """A PDF with a password; without `user`, it opens to everyone and only limits what may be done with it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        limits = pikepdf.Permissions(print_highres=False, print_lowres=False)
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner, allow=limits))
    return out.getvalue()


def archive(parts: Parts, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts, in this order; `mimetype` stored as OpenDocument wants it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as written:
        for name, part in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else compression
            written.writestr(zipfile.ZipInfo(name), part, method)
    return out.getvalue()


def ooxml(main: str, parts: Parts, types: str = "") -> bytes:
    """A Word or Excel file with this main content type and these parts more."""
    override = f'<Override PartName="/main.xml" ContentType="{main}"/>'
    content_types = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{override}{types}</Types>'
    return archive({"[Content_Types].xml": content_types, "_rels/.rels": "<Relationships/>", **parts})


def docx(parts: Parts | None = None, types: str = "", text: str = "Bonjour") -> bytes:
    """A Word text."""
    document = f'<w:document xmlns:w="w"><w:p><w:t>{text}</w:t></w:p></w:document>'
    return ooxml(DOCX_MAIN, {"word/document.xml": document, **(parts or {})}, types)


def xlsx(parts: Parts | None = None, types: str = "") -> bytes:
    """An Excel sheet."""
    return ooxml(XLSX_MAIN, {"xl/workbook.xml": "<workbook/>", **(parts or {})}, types)


def relations(nature: str, target: str) -> str:
    """One relation to somewhere outside the document."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELATION}/{nature}" Target="{target}" TargetMode="External"/></Relationships>'
    )


def odf(parts: Parts | None = None, mimetype: str = ODT, content: str = "<text:p>Bonjour</text:p>") -> bytes:
    """An OpenDocument text, or another kind by its mimetype."""
    return archive(
        {
            "mimetype": mimetype,
            "content.xml": f"<office:document-content>{content}</office:document-content>",
            "META-INF/manifest.xml": "<manifest:manifest/>",
            **(parts or {}),
        }
    )


def ods() -> bytes:
    """An OpenDocument sheet."""
    return odf(mimetype="application/vnd.oasis.opendocument.spreadsheet")


@cache
def lying_archive() -> bytes:
    """A docx whose largest part says 100 bytes, everywhere, and opens to 110 MB."""
    honest = docx({"word/media/x.bin": bytes(110_000_000)})
    declared = struct.pack("<I", 110_000_000)
    return honest.replace(declared, struct.pack("<I", 100))


def overlapping_archive() -> bytes:
    """A docx whose list names the same packed bytes many times (the bomb of Fifield)."""
    honest = docx({"word/media/kernel.bin": bytes(1_000_000)})
    end = honest.rfind(b"PK\x05\x06")
    start = int.from_bytes(honest[end + 16 : end + 20], "little")
    entry = honest[honest.rfind(b"PK\x01\x02") : end]
    more = b"".join(entry.replace(b"kernel", b"kern%02d" % number) for number in range(50))
    listed = honest[start:end] + more
    count = int.from_bytes(honest[end + 8 : end + 10], "little") + 50
    record = honest[end : end + 8] + struct.pack("<HHII", count, count, len(listed), start) + b"\0\0"
    return honest[:start] + listed + record


def encrypted_archive() -> bytes:
    """A docx whose parts say they need a password."""
    sealed = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = sealed.find(mark)
        while place >= 0:
            sealed[place + offset] |= 1
            place = sealed.find(mark, place + 4)
    return bytes(sealed)


def picture(format_name: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    if format_name == "HEIF":
        pillow_heif.from_pillow(image).save(out, format="HEIF", **options)
    else:
        image.convert(mode).save(out, format_name, **options)
    return out.getvalue()


def located_exif(orientation: int = 1) -> bytes:
    """EXIF with a place, a device, a comment and an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "MARQUEUR-APPAREIL"
    exif[0x9286] = "MARQUEUR-COMMENTAIRE"
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0), 29: "MARQUEUR-LIEU"}
    )
    return exif.tobytes()


def huge_png(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds almost nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def huge_webp(width: int, height: int) -> bytes:
    """A WebP whose canvas is this large."""
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + picture("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def animated_webp() -> bytes:
    """Two pictures in one."""
    frames = [Image.new("RGB", (10, 10), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
MACRO_TYPE = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ODF_EVENT = (
    '<office:event-listeners><script:event-listener xlink:href="vnd.sun.star.script:a"/>'
    "</office:event-listeners>"
)
