"""Files built to do harm, each by the trick its name says; and honest ones, to see that they still pass."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image

# In two halves, so that no antivirus stops at this very file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

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


def _fields(*instructions: str) -> dict[str, str]:
    runs = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in instructions)
    return {"word/header1.xml": f"<w:hdr>{runs}</w:hdr>"}


@cache
def hostiles() -> dict[str, tuple[str, bytes]]:
    """What it is → the name it comes under and its bytes. Every one must be refused."""
    return {
        "vide": ("vide.pdf", b""),
        "plus de 10 Mio": ("gros.txt", b"a" * (10 * 1024 * 1024 + 1)),
        **_pages_and_programs(),
        **_hostile_pdfs(),
        **_hostile_archives(),
        **_hostile_documents(),
        **_hostile_pictures(),
    }


def _pages_and_programs() -> dict[str, tuple[str, bytes]]:
    return {
        "html": ("page.html", b"<!DOCTYPE html><html><body>x</body></html>"),
        "html nommé pdf": ("facture.pdf", b"<html><script>alert(1)</script></html>"),
        "html dans un txt": ("note.txt", b"Bonjour,\n\n< /ScRiPt><SCRIPT src=//x></script>"),
        "html sans balise connue, par son nom": ("page.html", b"alert(1)"),
        "html en utf-16": ("note.txt", "<html>".encode("utf-16")),
        "svg": ("dessin.svg", SVG),
        "svg nommé png": ("dessin.png", b'<?xml version="1.0"?>' + SVG),
        "script shell": ("note.txt", b"#!/bin/sh\nrm -rf ~\n"),
        "script Windows": ("note.txt", b"@echo off\r\ndel *.*\r\n"),
        "javascript par son nom": ("facture.js", b"WScript.Shell"),
        "rtf": ("note.txt", b"{\\rtf1 {\\object\\objupdate}}"),
        "csv qui lance une commande": ("liste.csv", b"nom;montant\n=cmd|' /C calc'!A0;1\n"),
        "exécutable Windows nommé pdf": ("facture.pdf", b"MZ\x90\0" + bytes(2000)),
        "exécutable Linux": ("facture", b"\x7fELF\x02\x01\x01" + bytes(2000)),
        "raccourci Windows": ("facture.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(100)),
        "NUL dans un texte": ("note.txt", b"bonjour\0"),
        "octets quelconques": ("note.txt", bytes(range(256)) * 8),
        "rar": ("dossier.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200)),
        "7z nommé docx": ("dossier.docx", b"7z\xbc\xaf\x27\x1c" + bytes(200)),
        "gzip": ("dossier.gz", b"\x1f\x8b\x08" + bytes(100)),
        "vidéo": ("film.mp4", b"\0\0\0\x18ftypisom" + bytes(300)),
        "doc ancien": ("lettre.doc", OLE),
        "docx avec mot de passe": ("lettre.docx", OLE + "EncryptedPackage".encode("utf-16-le")),
    }


def _hostile_pdfs() -> dict[str, tuple[str, bytes]]:
    hexadecimal = zlib.compress(b"9 0 " + JS).hex().encode()
    hidden = b"<< /Type /Action /S /Launch /F (cmd.exe) >>"
    cases = {
        "javascript à l’ouverture": pdf(catalog=b"/OpenAction " + JS),
        "javascript écrit #4a": pdf(b"<< /S /#4aava#53cript /JS 5 0 R >>"),
        "javascript par référence": pdf(b"<< /S/Rendition /JS 5 0 R >>"),
        "lancement d’un programme": pdf(hidden),
        "fichier incorporé": pdf(stream(zlib.compress(b"MZ"), b"/Type /EmbeddedFile /Filter /FlateDecode")),
        "fichier incorporé sans type": pdf(b"<< /F (a.exe) /EF << /F 5 0 R >> >>"),
        "formulaire XFA": pdf(b"<< /Fields [] /XFA 5 0 R >>"),
        "javascript dans un flux d’objets": pdf(object_stream(JS)),
        "programme loin dans un flux d’objets": pdf(object_stream(b" " * 3_000_000 + hidden)),
        "flux d’objets non déclaré": pdf(stream(zlib.compress(b"9 0 " + JS))),
        "flux d’objets non compressé": pdf(object_stream(b"", entries=b"", body=b"9 0 " + JS)),
        "flux d’objets en hexadécimal": pdf(
            object_stream(b"", b"/Filter [/ASCIIHexDecode /FlateDecode]", hexadecimal)
        ),
        "flux d’objets à filtre renvoyé": pdf(object_stream(b"", b"/Filter 7 0 R", hexadecimal)),
        "flux d’objets sans type, à début renvoyé": pdf(
            stream(hexadecimal, b"/N 1 /First 7 0 R /Filter [/ASCIIHexDecode /FlateDecode]")
        ),
        "flux d’objets abîmé après le programme": pdf(
            object_stream(b"", body=zlib.compress(b"9 0 " + JS)[:-8] + b"\xff" * 8)
        ),
        "bombe dans un flux d’objets": pdf(object_stream(bytes(70_000_000))),
        "chiffré": pdf(trailer=b"/Encrypt 5 0 R"),
        "chiffré, dictionnaire direct": pdf(trailer=b"/#45ncrypt<</Filter/Standard>>"),
        "qui ne commence pas au début": b"GIF89a ne rien voir\n" + pdf(),
        "sans fin": pdf()[:-40],
        "suivi d’un zip": pdf() + archive({"a.exe": b"MZ"}),
        "suivi d’autre chose": pdf() + b"x" * 5000,
        "sans version": b"%PDF-x" + pdf(),
    }
    return {f"pdf {what}": ("facture.pdf", contenu) for what, contenu in cases.items()}


def _hostile_archives() -> dict[str, tuple[str, bytes]]:
    honest = docx()
    nested = docx({"word/embeddings/a.docx": docx({"word/embeddings/b.docx": docx()})})
    cases = {
        "zip quelconque": archive({"a.txt": b"bonjour"}),
        "zip vide": archive({}),
        "bombe, 1 000 fois": docx({"word/media/x.bin": bytes(2_000_000)}),
        "bombe, total déclaré": docx({f"word/media/{n}.bin": bytes(1_000_000) for n in range(110)}),
        "bombe qui ment sur sa taille": lying_archive(),
        "bombe par recouvrement": overlapping_archive(),
        "trop de parties": docx({f"word/{n}.xml": b"" for n in range(2001)}),
        "bombe dans un document incorporé": docx({"word/embeddings/a.xlsx": lying_archive()}),
        "trop profond": nested,
        "chiffré": encrypted_archive(),
        "précédé d’un autre zip": archive({"a.exe": b"MZ"}) + honest,
        "suivi d’un autre zip": honest + archive({"a.exe": b"MZ"}),
        "suivi de quelques octets": honest + b"x",
        "tronqué": honest[:-30],
        "qui demande une version inconnue": honest.replace(
            b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x40"
        ),
        "un octet changé": honest.replace(b"word/document.xml", b"word/documenT.xml", 1),
        "chemin qui remonte": docx({"../../etc/passwd": b"x"}),
        "deux fois le même nom": docx({"word/Document.xml": b"x"}),
        "méthode inconnue": archive({"[Content_Types].xml": "<Types/>"}, zipfile.ZIP_LZMA),
    }
    return {f"archive {what}": ("lettre.docx", contenu) for what, contenu in cases.items()}


def _hostile_documents() -> dict[str, tuple[str, bytes]]:
    template = relations("attachedTemplate", "https://ailleurs.example/modele.dotm")
    links = "".join(f'<a b="{n}"/>' for n in range(200_000))
    entity = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    cases = {
        "docm nommé docx": ooxml("application/vnd.ms-word.document.macroEnabled.main+xml", {}),
        "docx avec vbaProject": docx({"word/vbaProject.bin": b"x"}),
        "docx avec vbaProject renommé": docx({"word/oui.bin": b"x"}, types=MACRO_TYPE),
        "xlsx avec feuille de macros": xlsx({"xl/macrosheets/sheet1.xml": "<x/>"}),
        "xlsx avec contrôle ActiveX": xlsx({"xl/activeX/activeX1.bin": b"x"}),
        "docx avec objet OLE": docx({"word/embeddings/oleObject1.bin": OLE}),
        "docx avec exécutable": docx({"word/media/image1.png": b"MZ\x90\0"}),
        "docx avec page incorporée": docx({"word/afchunk.mht": b"MIME-Version: 1.0"}),
        "docx dont un document incorporé a des macros": docx(
            {"word/embeddings/a.docx": docx({"word/vbaProject.bin": b"x"})}
        ),
        "docx à modèle distant": docx({"word/_rels/settings.xml.rels": template}),
        "docx à modèle distant en utf-16": docx({"word/_rels/settings.xml.rels": template.encode("utf-16")}),
        "docx à image sur un partage": docx(
            {"word/_rels/document.xml.rels": relations("image", r"file:///\\198.51.100.1\a\b.png")}
        ),
        # As a tree it would take fifty times its size, and everyone's memory.
        "docx aux liens sans nombre": docx({"word/_rels/a.xml.rels": f"<r>{links}</r>"}),
        "docx à entités": docx({"customXml/item1.xml": entity}),
        "docx DDE": docx(_fields(r"DDEAUTO c:\\windows\\system32\\cmd.exe")),
        "docx DDE en morceaux": docx(_fields("DDE", "AUTO c:\\cmd")),
        "xlsx DDE": xlsx(
            {"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
        ),
        "pptx": ooxml(f"{OOXML}.presentationml.presentation.main+xml", {}),
        "à deux natures": docx(types=f'<Override PartName="/b.xml" ContentType="{XLSX_MAIN}"/>'),
        "odt avec Basic": odf({"Basic/Standard/script-lb.xml": "<x/>"}),
        "odt avec script Python": odf({"Scripts/python/a.py": "print()"}),
        "odt avec évènement": odf(content=ODF_EVENT),
        "odt qui lance une macro": odf(content='<text:a xlink:href="macro:///Standard.A.B">x</text:a>'),
        "odt chiffré": odf({"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "odt chiffré en bloc": odf({"encrypted-package": b"\x8f" * 100}),
        "odt DDE": odf(content='<text:dde-connection-decl office:dde-application="soffice"/>'),
        "odt à cadre distant": odf(content='<draw:floating-frame xlink:href="http://x"/>'),
        "odt à entités": odf({"styles.xml": entity}),
        "odp": odf(mimetype="application/vnd.oasis.opendocument.presentation"),
        "odt avec objet OLE": odf({"Object 1": OLE}),
    }
    return {what: ("lettre.odt", contenu) for what, contenu in cases.items()}


def _hostile_pictures() -> dict[str, tuple[str, bytes]]:
    jpeg, png, webp, heic = (picture(name) for name in ("JPEG", "PNG", "WEBP", "HEIF"))
    zipped = archive({"a.exe": b"MZ"})
    cases = {
        "png de 30 000 × 30 000": huge_png(30_000, 30_000),
        "png de 41 millions de points": huge_png(6_404, 6_404),
        "png trop long": huge_png(30_001, 1),
        "webp de 16 383 × 16 383": huge_webp(16_383, 16_383),
        "webp animé": animated_webp(),
        "jpeg tronqué": picture("JPEG", (400, 400))[:-600],
        "png tronqué": png[:-40],
        "png aux points manquants": huge_png(100, 100),
        "webp tronqué": webp[:-20],
        "heic tronqué": heic[:-100],
        "jpeg suivi d’un zip": jpeg + zipped,
        "png suivi d’un zip": png + zipped,
        "jpeg qui est aussi un pdf": picture("JPEG", comment=pdf()),
        "jpeg sans image": b"\xff\xd8\xff\xe0" + bytes(100),
        "png sans image": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "webp sans image": b"RIFF\x00\x01\x00\x00WEBP" + bytes(100),
        "heic sans image": b"\0\0\0\x18ftypheic" + bytes(300),
        "avif": b"\0\0\0\x1cftypavif" + bytes(300),
        "gif": b"GIF89a" + bytes(200),
        "tiff": b"II*\0" + bytes(300),
    }
    return {what: ("photo.jpg", contenu) for what, contenu in cases.items()}
