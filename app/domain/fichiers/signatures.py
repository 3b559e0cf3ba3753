"""What a file is, by its first bytes; and what it is called when it is not one we take."""

import puremagic

from app.domain.fichiers.refus import FichierRefuse

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
    b"L\0\0\0\x01\x14\x02\0",
    b"dex\n",
    b"#!",
)
ARCHIVES = frozenset(
    {".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".cab", ".iso", ".zst", ".lzh", ".arj"}
)
FILMS = frozenset(
    {".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".mpg", ".3gp", ".mp3", ".wav", ".ogg", ".m4a", ".flac"}
)
PICTURES = frozenset(
    {".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".jp2", ".psd", ".ico", ".jxl", ".emf", ".wmf"}
)
SIGNATURES = {
    (b"%PDF-",): "pdf",
    (b"\xff\xd8\xff",): "jpeg",
    (b"\x89PNG\r\n\x1a\n",): "png",
    (OLE,): "ole",
    (ZIP_MEMBER, ZIP_END): "zip",
    EXECUTABLES: "executable",
}

PROGRAMME = "Ce fichier est un programme ; seuls les documents et les images sont acceptés."
ARCHIVE = "Ce fichier est une archive ; ouvrez-la, puis joignez les documents un par un."
FILM = "Les sons et les vidéos ne sont pas acceptés ; décrivez la situation dans votre message."
PICTURE = "Ce format d’image n’est pas accepté ; enregistrez l’image en JPEG ou en PNG, puis joignez-la."
ANCIEN = "Ce document est dans un ancien format ; enregistrez-le en PDF, puis joignez le PDF."
INCONNU = (
    "Ce format n’est pas accepté ; enregistrez le document en PDF, ou joignez une image, un document "
    "(odt, docx), un tableur (ods, xlsx) ou un texte."
)


def signature_of(contenu: bytes) -> str:
    """pdf, jpeg, png, webp, heic, ole, zip or executable; empty for the rest (texts have no signature)."""
    if contenu[:4] == b"RIFF" and contenu[8:12] == b"WEBP":
        return "webp"
    if contenu[4:8] == b"ftyp" and contenu[8:12] in HEIC_BRANDS:
        return "heic"
    return next((name for starts, name in SIGNATURES.items() if contenu.startswith(starts)), "")


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


def refuse_unknown(contenu: bytes) -> FichierRefuse:
    """The refusal of what is neither a document we take nor a text, in words for what it seems to be."""
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
