"""Files built to do harm, each by the trick its name says. Every one must be refused."""

import zipfile
import zlib
from functools import cache

from tests.fichiers_fabriques import (
    JS,
    MACRO_TYPE,
    ODF_EVENT,
    OLE,
    OOXML,
    SVG,
    XLSX_MAIN,
    animated_webp,
    archive,
    docx,
    encrypted_archive,
    huge_png,
    huge_webp,
    locked_pdf,
    lying_archive,
    modern_pdf,
    object_stream,
    odf,
    ooxml,
    overlapping_archive,
    pdf,
    picture,
    relations,
    stream,
    xlsx,
)

# In two halves, so that no antivirus stops at this very file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


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


def _click(action: bytes) -> bytes:
    return pdf(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " + action + b" >>")


def _hostile_pdfs() -> dict[str, tuple[str, bytes]]:
    hexadecimal = zlib.compress(b"9 0 " + JS).hex().encode()
    hidden = b"<< /Type /Action /S /Launch /F (cmd.exe) >>"
    cases = {
        "javascript à l’ouverture": pdf(catalog=b"/OpenAction " + JS),
        "javascript écrit #4a": pdf(b"<< /S /#4aava#53cript /JS 5 0 R >>"),
        "javascript par référence": pdf(b"<< /S/Rendition /JS 5 0 R >>"),
        "lancement d’un programme": pdf(hidden),
        "fichier incorporé": pdf(stream(zlib.compress(b"MZ"), b"/Type /EmbeddedFile /Filter /FlateDecode")),
        "fichier incorporé sans type": pdf(b"<< /F (a.exe) /EF << /F 5 0 R >> >>", stream(b"MZ", b"")),
        "formulaire XFA": pdf(b"<< /Fields [] /XFA 5 0 R >>", stream(b"<xdp/>", b"")),
        "javascript dans un flux d’objets": pdf(object_stream(JS)),
        "programme loin dans un flux d’objets": pdf(object_stream(b" " * 3_000_000 + hidden)),
        "flux d’objets cité par sa table": modern_pdf(JS),
        "flux d’objets non déclaré": modern_pdf(JS, entries=b""),
        "flux d’objets non compressé": pdf(object_stream(b"", entries=b"", body=b"9 0 " + JS)),
        "flux d’objets en hexadécimal": pdf(
            object_stream(b"", b"/Filter [/ASCIIHexDecode /FlateDecode]", hexadecimal)
        ),
        "flux d’objets à filtre renvoyé": pdf(
            object_stream(b"", b"/Filter 5 0 R", hexadecimal), b"[/ASCIIHexDecode /FlateDecode]"
        ),
        "flux d’objets sans type, à début renvoyé": pdf(
            stream(hexadecimal, b"/N 1 /First 5 0 R /Filter [/ASCIIHexDecode /FlateDecode]"), b"4"
        ),
        "flux d’objets abîmé après le programme": pdf(
            object_stream(b"", body=zlib.compress(b"9 0 " + JS)[:-8] + b"\xff" * 8)
        ),
        "bombe dans un flux d’objets": pdf(object_stream(bytes(70_000_000))),
        "bombe dans un flux d’objets cité": modern_pdf(b"[3 0 R /Fit]" + b" " * 70_000_000),
        "chiffré": locked_pdf("secret"),
        "chiffré, dictionnaire direct": pdf(trailer=b"/#45ncrypt<</Filter/Standard>>"),
        "qui ne commence pas au début": b"GIF89a ne rien voir\n" + pdf(),
        "sans fin": pdf()[:-40],
        "suivi d’un zip": pdf() + archive({"a.exe": b"MZ"}),
        "suivi d’autre chose": pdf() + b"x" * 5000,
        "après cinq mégaoctets d’autre chose": b"bonjour\n" * 640_000 + pdf(),
        "à JavaScript de document": pdf(JS, catalog=b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>"),
        "javascript aux parenthèses échappées": pdf(
            catalog=rb"/OpenAction << /S/JavaScript/JS(\) \(app.alert\(1\)) >>"
        ),
        "envoi de formulaire": _click(b"<< /S /SubmitForm /F << /FS /URL /F (https://x.example) >> >>"),
        "site ouvert avec la page": pdf(catalog=b"/OpenAction << /S /URI /URI (https://x.example) >>"),
        "site ouvert au passage": pdf(
            b"<< /Type /Annot /Rect [0 0 9 9] /AA << /E << /S /URI /URI (https://x) >> >> >>"
        ),
        "site ouvert après une page": pdf(
            catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [4 0 R] >>"
        ).replace(b"[4 0 R]", b"<< /S /URI /URI (https://x) >>"),
        "document d’un partage": _click(rb"<< /S /GoToR /F (\\\\serveur\\a.pdf) /D [0 /Fit] >>"),
        "lien vers un partage": _click(b"<< /S /URI /URI (file://serveur/a) >>"),
        "lien javascript": _click(b"<< /S /URI /URI (javascript:alert\\(1\\)) >>"),
        "média": _click(b"<< /S /Rendition /OP 0 >>"),
        "action inventée": _click(b"<< /S /Demain >>"),
        "contenu pris ailleurs": pdf(stream(b"", rb"/F (\\\\serveur\\a) ")),
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
