"""What a file is, by its first bytes; and what it is called when it is not one we take."""

import re

import puremagic

from app.domain.fichiers.natures import Signature
from app.domain.fichiers.refus import MOT_DE_PASSE, FichierRefuse

# Scanners and mail gateways leave a blank line or a byte order mark before a PDF.
BLANKS = b"\xef\xbb\xbf\xfe\xff \t\r\n\v\f\0\xc2\xa0"
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_MEMBER = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"
ZIP_END_BYTES = 22
# Where the readers of archives look for the end: its record and the longest comment.
ZIP_SEARCH = ZIP_END_BYTES + 0xFFFF
EXECUTABLES = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"dex\n",
    b"#!",
)
# A message spoken to a phone begins as a script does.
VOICE = (b"#!AMR", b"#!SILK")
# Sounds cut from their heading, and films of any maker.
FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
FILM_OF_PHONE = re.compile(rb"....ftyp(?:3g|M4|mp4|iso|qt|avc1|MSNV)", re.DOTALL)
ARCHIVES = frozenset(
    {".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".cab", ".iso", ".zst", ".lzh", ".arj"}
)
FILMS = frozenset(
    {
        *(
            ".mp4",
            ".mov",
            ".avi",
            ".mkv",
            ".webm",
            ".wmv",
            ".mpg",
            ".3gp",
            ".mp3",
            ".wav",
            ".ogg",
            ".m4a",
            ".flac",
        ),
        *(".amr", ".aac", ".opus", ".flv", ".wma"),
    }
)
PICTURES = frozenset(
    {".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".jp2", ".psd", ".ico", ".jxl", ".emf", ".wmf"}
)
SIGNATURES = {
    (b"%PDF-",): Signature.PDF,
    (b"\xff\xd8\xff",): Signature.JPEG,
    (b"\x89PNG\r\n\x1a\n",): Signature.PNG,
    (OLE,): Signature.OLE,
    (ZIP_MEMBER, ZIP_END): Signature.ZIP,
    (b"L\0\0\0\x01\x14\x02\0",): Signature.RACCOURCI,
    EXECUTABLES: Signature.EXECUTABLE,
}

# Another machine than this one, once \\ is written /: a share reached by its name.
SHARE = re.compile(r"\s*(?:file:|smb:)?(?://(?!localhost/)[^/]|/{4})", re.IGNORECASE)
WEB = re.compile(r"\s*(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)

RACCOURCI = "Ce fichier est un raccourci, il ne contient pas le document ; joignez le document lui-même."
PROGRAMME = "Ce fichier est un programme ; seuls les documents et les images sont acceptés."
ARCHIVE = "Ce fichier est une archive ; ouvrez-la, puis joignez les documents un par un."
FILM = "Les sons et les vidéos ne sont pas acceptés ; décrivez la situation dans votre message."
PICTURE = "Ce format d’image n’est pas accepté ; enregistrez l’image en JPEG ou en PNG, puis joignez-la."
IWORK = "Ce document vient de Pages, Numbers ou Keynote ; exportez-le en PDF, puis joignez le PDF."
LIVRE = "Ce fichier est un livre numérique ; joignez plutôt un PDF ou une photo des pages utiles."
AVEC_MACROS = (
    "Ce document est enregistré dans un format à macros (docm, xlsm) ; enregistrez-le en docx, en xlsx ou en PDF, "
    "puis joignez-le."
)
XLSB = "Ce tableau est au format xlsb, qui n’est pas accepté ; enregistrez-le en xlsx ou en PDF, puis joignez-le."
ANCIEN = (
    "Ce document est dans un ancien format (doc, xls, ppt) ; enregistrez-le en PDF, en docx ou en xlsx, puis "
    "joignez-le."
)
COURRIEL = "Ce fichier est un courriel enregistré ; ouvrez-le, imprimez-le en PDF, puis joignez le PDF."
RTF = "Ce document est au format RTF, qui n’est pas accepté ; enregistrez-le en PDF ou en docx, puis joignez-le."
POSTSCRIPT = (
    "Ce fichier est au format PostScript, qui n’est pas accepté ; enregistrez-le en PDF, puis joignez le PDF."
)
SYLK = "Ce tableau est au format SYLK (slk), qui n’est pas accepté ; enregistrez-le en xlsx ou en PDF, puis joignez-le."
DONNEES = (
    "Ce fichier est un fichier de données (XML), qui n’est pas accepté ; joignez un PDF ou un tableau de ce qu’il "
    "contient."
)
INCONNU = (
    "Ce format n’est pas accepté ; enregistrez le document en PDF, ou joignez une image, un document "
    "(odt, docx), un tableur (ods, xlsx) ou un texte."
)


# The folders of an old container say which program wrote it.
OLE_KINDS = (
    (("EncryptedPackage",), MOT_DE_PASSE),
    (("__properties_version1.0", "__nameid_version1.0"), COURRIEL),
    (("WordDocument", "Workbook", "Book", "PowerPoint Document"), ANCIEN),
)


def signature_of(contenu: bytes) -> Signature:
    """What the first bytes say."""
    if contenu[:4] == b"RIFF" and contenu[8:12] == b"WEBP":
        return Signature.WEBP
    if contenu[4:8] == b"ftyp" and contenu[8:12] in HEIC_BRANDS:
        # The same container holds AVIF pictures, which say so among the brands that follow.
        brands = contenu[16 : min(int.from_bytes(contenu[:4]), 256)]
        return Signature.AVIF if b"avif" in brands or b"avis" in brands else Signature.HEIC
    if contenu.lstrip(BLANKS).startswith(b"%PDF-"):
        return Signature.PDF
    if contenu.startswith(VOICE):
        return Signature.AUCUNE
    return next((name for starts, name in SIGNATURES.items() if contenu.startswith(starts)), Signature.AUCUNE)


def ends_like_zip(contenu: bytes) -> bool:
    """Would a reader of archives find a list of files at the end? True for a zip hidden behind a picture."""
    tail_start = max(len(contenu) - ZIP_SEARCH, 0)
    end = contenu.rfind(ZIP_END, tail_start)
    while end >= 0:
        size = int.from_bytes(contenu[end + 12 : end + 16], "little")
        if size and end >= size and contenu.startswith(b"PK\x01\x02", end - size):
            return True
        end = contenu.rfind(ZIP_END, tail_start, end)
    return False


def refuse_ole(contenu: bytes) -> FichierRefuse:
    """The refusal of an old container: a locked modern document, a courriel of Outlook, a document of before 2007."""
    seen = (phrase for names, phrase in OLE_KINDS if any(n.encode("utf-16-le") in contenu for n in names))
    return FichierRefuse(next(seen, INCONNU))


def refuse_unknown(contenu: bytes) -> FichierRefuse:
    """The refusal of what is neither a document we take nor a text, in words for what it seems to be."""
    if contenu.startswith((*VOICE, *FRAMES)) or FILM_OF_PHONE.match(contenu):
        return FichierRefuse(FILM)
    seen = _extensions_of(contenu)
    for extensions, phrase in ((ARCHIVES, ARCHIVE), (PICTURES, PICTURE), (FILMS, FILM)):
        if seen & extensions:
            return FichierRefuse(phrase)
    return FichierRefuse(INCONNU)


def _extensions_of(contenu: bytes) -> frozenset[str]:
    try:
        return frozenset(match.extension for match in puremagic.magic_string(contenu)[:5])
    except (puremagic.PureError, ValueError):
        return frozenset()
