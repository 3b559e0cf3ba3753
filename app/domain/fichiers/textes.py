"""A text that is only a text: readable, and neither a page nor a script under a quiet name. Given back as UTF-8."""

import codecs
import re

from app.domain.fichiers.encodages import decode
from app.domain.fichiers.noms import extension_of
from app.domain.fichiers.refus import VIDE, FichierRefuse
from app.domain.fichiers.signatures import (
    COURRIEL,
    DONNEES,
    POSTSCRIPT,
    PROGRAMME,
    RACCOURCI,
    RTF,
    SYLK,
    refuse_unknown,
)

# A tag, not a word between signs: « <metayer@mairie.fr> » and « moins de < % » stand in letters.
PAGE = re.compile(
    r"<(?:!doctype\b|\?php\b|%[\s=@!-]|"
    r"[\s/]{0,8}(?:html|head|body|script|svg|iframe|frameset|object|embed|applet|meta)(?=[\s/>]|\Z))",
    re.IGNORECASE,
)
# What is saved under the name of a sheet (« export.xls ») is often a page: it begins with its table.
TABLE = re.compile(r"\s*<(?:table|style|center|div)\b[^<]*>", re.IGNORECASE)
# Word and Excel read their own XML without its first line.
XML = re.compile(r"\s*<(?:\?(?:xml|mso-)|[a-z_][\w.:-]*\s[^<>]*\bxmlns\b)", re.IGNORECASE)
SCRIPT = re.compile(r"\s*(?:#!|@echo\b|@\s*off\b)", re.IGNORECASE)
# Word reads « {\rt » as the whole of « {\rtf1 ».
RICH = re.compile(r"\s*\{\\u?rt")
PRINTER = re.compile(r"\s*%!")
# A sheet that spreadsheets open as such under any name, with what it orders; « ID;Prénom;Nom » only begins like one.
RECORDS = re.compile(
    r"^(?:C;(?:[^\r\n;]{0,200};){0,9}(?:[XY]\d{1,5}[ \t]*(?:;|$)|E[A-Z.]{2,30}\()|NN;N[^\r\n;]{0,200};E)",
    re.MULTILINE,
)
MAIL = re.compile(r"^(?:MIME-Version|Message-ID|Received):", re.IGNORECASE | re.MULTILINE)
HEAD = 8 * 1024
# A sheet that starts a program when a spreadsheet opens it (DDE).
# Its subject stands between quotes, or holds no space and is followed by its item: « - Dupont|Paris ! » is a sentence.
COMMAND = re.compile(
    r"[=+@*/^&(-][ \t]{0,8}[A-Za-z][\w.]{0,40}+\|[ \t]{0,8}(?:'[^'\n]{0,200}+'\s{0,8}!|[^\s!'|]{1,60}+![\w$'])"
)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
WEB_EXTENSIONS = frozenset({"html", "htm", "xhtml", "mht", "mhtml", "svg", "svgz", "hta"})
SHORTCUT_EXTENSIONS = frozenset({"lnk", "url", "scf"})
SCRIPT_EXTENSIONS = frozenset(
    {
        "js",
        "jse",
        "mjs",
        "vbs",
        "vbe",
        "wsf",
        "bat",
        "cmd",
        "ps1",
        "sh",
        "py",
        "php",
        "pl",
        "rb",
        "reg",
        "inf",
    }
)

WEB = "Les pages web et les dessins SVG ne sont pas acceptés ; imprimez la page en PDF, puis joignez le PDF."
FORMULE = (
    "Ce fichier contient une formule qui lance un programme ; supprimez-la, ou enregistrez le tableau en PDF."
)


def check_texte(nom: str, contenu: bytes) -> bytes:
    """The text in UTF-8, with a byte order mark for a csv that needed one: spreadsheets ask for it.

    Raises FichierRefuse for what is no text, or for a page, a script or a command.
    """
    texte = decode(contenu)
    if texte is None or CONTROLS.search(texte):
        # The pictures of a letter or of a print stand there as bytes: its beginning still says what it is.
        head = contenu[:64].decode("latin-1").lstrip("\x04\xc5\xd0\xd3\xc6\0")
        if RICH.match(head) or PRINTER.match(head):
            raise FichierRefuse(RTF if RICH.match(head) else POSTSCRIPT)
        raise refuse_unknown(contenu)
    if not texte.strip("\ufeff\u200b \t\r\n\f\u00a0"):
        raise FichierRefuse(VIDE)
    extension = extension_of(nom)
    _check_words(texte, extension)
    if _is_utf8(contenu):
        return contenu
    octets = texte.removeprefix("\ufeff").encode("utf-8", "replace")
    return codecs.BOM_UTF8 + octets if extension == "csv" else octets


def _check_words(texte: str, extension: str) -> None:
    head = texte[:HEAD]
    for pattern, phrase in ((RICH, RTF), (PRINTER, POSTSCRIPT), (TABLE, WEB)):
        if pattern.match(head):
            raise FichierRefuse(phrase)
    if head.lstrip().startswith("ID;P") and RECORDS.search(texte.replace("\r", "\n")):
        raise FichierRefuse(SYLK)
    if extension == "eml" or MAIL.search(head):
        raise FichierRefuse(COURRIEL)
    if PAGE.search(texte) or extension in WEB_EXTENSIONS:
        raise FichierRefuse(WEB)
    if XML.match(head):
        raise FichierRefuse(DONNEES)
    if extension in SHORTCUT_EXTENSIONS:
        raise FichierRefuse(RACCOURCI)
    if SCRIPT.match(head) or extension in SCRIPT_EXTENSIONS:
        raise FichierRefuse(PROGRAMME)
    if "|" in texte and "!" in texte and COMMAND.search(texte):
        raise FichierRefuse(FORMULE)


def _is_utf8(contenu: bytes) -> bool:
    try:
        contenu.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in contenu
