"""Read an archive without trusting what it says of itself: sizes are declared, then counted."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.fichiers.refus import ABIME, DEUX_FORMATS, MOT_DE_PASSE, TROP_LOURD_OUVERT, FichierRefuse
from app.domain.fichiers.signatures import ZIP_END, ZIP_END_BYTES, ZIP_MEMBER

MAX_ENTRIES = 2_000
MAX_OPENED = 100 * 1024 * 1024
# Beyond 1 MiB opened, an entry that shrank more than this is a bomb, not a document.
MAX_RATIO = 100
SMALL = 1024 * 1024
MEMBER_BYTES = 30
# What the standard reader raises on a damaged list of entries, or one that asks for a later version of zip.
UNREADABLE = (
    zipfile.BadZipFile,
    ValueError,
    LookupError,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    struct.error,
)
ENCRYPTED_FLAG = 0x1
UTF8_FLAG = 0x800


@dataclass
class Budget:
    """How many bytes may still be opened, archives within archives included."""

    left: int = MAX_OPENED

    def spend(self, size: int) -> None:
        """Raise FichierRefuse when it is exhausted."""
        self.left -= size
        if self.left < 0:
            raise FichierRefuse(TROP_LOURD_OUVERT)


def list_entries(contenu: bytes) -> list[zipfile.ZipInfo]:
    """The entries of an archive that is nothing but one archive. Raises FichierRefuse.

    The first member starts the file and the list ends it, without comment: no room for another archive before
    or after, so that every reader sees the same one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            entries = archive.infolist()
    except UNREADABLE:
        raise FichierRefuse(ABIME) from None
    if not entries or not contenu.startswith(ZIP_MEMBER):
        raise FichierRefuse(ABIME)
    if not contenu[-ZIP_END_BYTES:].startswith(ZIP_END) or min(entry.header_offset for entry in entries) != 0:
        raise FichierRefuse(DEUX_FORMATS)
    _check_declared(entries)
    return entries


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise FichierRefuse(MOT_DE_PASSE)
    names = {entry.filename.casefold() for entry in entries}
    if len(names) != len(entries) or any(_is_unsafe(entry.orig_filename) for entry in entries):
        raise FichierRefuse(DEUX_FORMATS)
    opened = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or opened > MAX_OPENED or any(_is_bomb(entry) for entry in entries):
        raise FichierRefuse(TROP_LOURD_OUVERT)


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _is_unsafe(name: str) -> bool:
    return "\0" in name or "\\" in name or name.startswith("/") or ".." in name.split("/")


def read_entries(
    contenu: bytes, entries: list[zipfile.ZipInfo], budget: Budget
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each entry, opened within the budget. Raises FichierRefuse."""
    for entry in entries:
        opened = _read(contenu, entry, budget.left)
        budget.spend(len(opened))
        yield entry.filename, opened


def _read(contenu: bytes, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """One entry, opened by ourselves: the standard reader stops at the declared size and so misses a lie."""
    header = contenu[entry.header_offset : entry.header_offset + MEMBER_BYTES]
    if len(header) < MEMBER_BYTES or not header.startswith(ZIP_MEMBER):
        raise FichierRefuse(ABIME)
    name_end = entry.header_offset + MEMBER_BYTES + int.from_bytes(header[26:28], "little")
    name = contenu[entry.header_offset + MEMBER_BYTES : name_end]
    if name != entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8_FLAG else "cp437", "replace"):
        raise FichierRefuse(DEUX_FORMATS)
    start = name_end + int.from_bytes(header[28:30], "little")
    packed = contenu[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        opened = packed
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        opened = _inflate(packed, limit)
    else:
        raise FichierRefuse(ABIME)
    if len(opened) != entry.file_size or zlib.crc32(opened) != entry.CRC:
        raise FichierRefuse(ABIME)
    return opened


def _inflate(packed: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        opened = stream.decompress(packed, limit + 1)
    except zlib.error:
        raise FichierRefuse(ABIME) from None
    if len(opened) > limit:
        raise FichierRefuse(TROP_LOURD_OUVERT)
    if not stream.eof:
        raise FichierRefuse(ABIME)
    return opened
