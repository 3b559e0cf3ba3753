"""The name a file is kept and given back under: readable, and harmless on every system."""

import re
import unicodedata

NOM_MAX = 120
# Linux, macOS and the tools that open a zip stop at 255; a rank may be added.
NOM_OCTETS_MAX = 240
DEFAULT_NOM = "fichier"

# Windows opens devices, not files, under these names, whatever the extension.
RESERVED = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
# Refused by Windows, or ends the name in a download header; the apostrophe is kept, in its typographic form.
FORBIDDEN = str.maketrans({**dict.fromkeys('<>:"|?*`“”«»„%', " "), "'": "’"})
# Controls, direction marks (they disguise « exe.fdp »), lone surrogates, characters nobody defined.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# What follows the last point is an extension only if people use it as one: « courrier du 12.05 » has none.
EXTENSIONS_TEXT = """
    pdf jpg jpeg jfif png webp heic heif avif gif bmp tif tiff odt ods odp ott docx docm dotx dotm doc
    rtf xlsx xlsm xltx xlsb xls pptx pptm ppt txt text log md csv tsv json xml html htm xhtml mht mhtml
    svg svgz eml msg zip rar 7z gz tar exe dll com scr msi bat cmd ps1 vbs vbe js jse mjs wsf hta sh py
    php pl rb jar lnk url reg inf scf iso img apk app dmg bin dat tmp part crdownload mp3 mp4 mov avi
"""
EXTENSIONS = frozenset(EXTENSIONS_TEXT.split())


def nom_sur(nom: str) -> str:
    """A name without folders, invisible or forbidden characters, at most 120 characters, never empty."""
    shown = "".join(
        " " if char.isspace() else char
        for char in nom[-2000:]
        if char.isspace() or unicodedata.category(char) not in INVISIBLE
    )
    # Composed only now: an invisible character may have stood between a letter and its accent.
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", shown))[-1].translate(FORBIDDEN)
    # No hidden file, no option of a command, no formula once in a sheet; Windows drops final points.
    kept = re.sub(r" +(\.| )", r"\1", last).strip(" .").lstrip(" .-=+@~$")
    if not kept:
        return DEFAULT_NOM
    if RESERVED.match(kept):
        kept = f"{DEFAULT_NOM} {kept}"
    if kept.lower() in EXTENSIONS and nom.rstrip().endswith(f".{kept}"):
        kept = f"{DEFAULT_NOM}.{kept}"
    return _shorten(kept)


def extension_of(nom: str) -> str:
    """The extension in lower case without its point, empty when the end of the name is not one."""
    stem, point, end = nom.rpartition(".")
    return end.lower() if stem and point and end.lower() in EXTENSIONS else ""


def with_extension(nom: str, extensions: tuple[str, ...]) -> str:
    """The safe name, ending with an extension of its content: kept if it is one of them, else the first."""
    kept = nom_sur(nom)
    found = extension_of(kept)
    if found in extensions:
        return kept
    stem = kept[: -len(found) - 1] if found else kept
    return _shorten(f"{stem.rstrip(' .') or DEFAULT_NOM}.{extensions[0]}")


def _shorten(nom: str) -> str:
    """Short enough for a download and for a disk, which counts the bytes: a letter of Asia takes three."""
    if len(nom) <= NOM_MAX and len(nom.encode()) <= NOM_OCTETS_MAX:
        return nom
    extension = extension_of(nom)
    end = f".{extension}" if extension else ""
    stem = nom[: min(len(nom), NOM_MAX) - len(end)]
    fits = stem.encode()[: NOM_OCTETS_MAX - len(end)].decode("utf-8", "ignore")
    return f"{fits.rstrip(' .')}{end}"
