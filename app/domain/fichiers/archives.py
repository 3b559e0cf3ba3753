"""Read an archive without trusting what it says of itself: sizes are declared, then counted.

Entries are opened one by one and by pieces: what is read is never whole in memory.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.fichiers.refus import (
    ABIME,
    DEUX_FORMATS,
    INHABITUEL,
    MOT_DE_PASSE,
    SUITE,
    TROP_LOURD_OUVERT,
    FichierRefuse,
)
from app.domain.fichiers.signatures import ZIP_END, ZIP_END_BYTES, ZIP_MEMBER

ENTRIES_MAX = 2_000
OPENED_MAX = 64 * 1024 * 1024
# Beyond 1 MiB opened, an entry that shrank more than this is a bomb. Empty lines of a sheet do shrink as much, but
# they are words, and words are counted as they are read.
RATIO_MAX = 100
SMALL = 1024 * 1024
WORDS = (".xml", ".rels", ".rdf", ".vml")
MEMBER_BYTES = 30
PIECE = 64 * 1024
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

    left: int = OPENED_MAX

    def spend(self, size: int) -> None:
        """Raise FichierRefuse when it is exhausted."""
        self.left -= size
        if self.left < 0:
            raise FichierRefuse(TROP_LOURD_OUVERT)


def list_entries(contenu: bytes) -> list[zipfile.ZipInfo]:
    """The entries of an archive that is nothing but one archive, folders aside. Raises FichierRefuse.

    The first member starts the file and the list ends it: no room for another archive before or after, so that every
    reader sees the same one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            entries, comment = archive.infolist(), archive.comment
    except UNREADABLE:
        raise FichierRefuse(ABIME) from None
    if not entries or not contenu.startswith(ZIP_MEMBER):
        raise FichierRefuse(ABIME)
    first = min(entry.header_offset for entry in entries)
    if first < 0:  # bytes were lost on its way
        raise FichierRefuse(ABIME)
    if first > 0 or ZIP_END in comment or ZIP_MEMBER in comment:
        raise FichierRefuse(DEUX_FORMATS)
    end = contenu[len(contenu) - len(comment) - ZIP_END_BYTES :]
    if not end.startswith(ZIP_END) or int.from_bytes(end[20:22], "little") != len(comment):
        raise FichierRefuse(SUITE)
    _check_declared(entries)
    return [entry for entry in entries if not entry.is_dir()]


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise FichierRefuse(MOT_DE_PASSE)
    names = {entry.filename.casefold() for entry in entries}
    if len(names) != len(entries):
        raise FichierRefuse(DEUX_FORMATS)
    if any(_is_unsafe(entry.orig_filename) for entry in entries):
        raise FichierRefuse(INHABITUEL)
    opened = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_MAX or opened > OPENED_MAX or any(_is_bomb(entry) for entry in entries):
        raise FichierRefuse(TROP_LOURD_OUVERT)


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    shrank = entry.file_size > RATIO_MAX * max(entry.compress_size, 1)
    return entry.file_size > SMALL and shrank and not entry.filename.casefold().endswith(WORDS)


def _is_unsafe(name: str) -> bool:
    return "\0" in name or "\\" in name or name.startswith("/") or ".." in name.split("/")


def open_entry(contenu: bytes, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The content of an entry by pieces, within the budget. Raises FichierRefuse, at its end when it lied.

    Opened by ourselves: the standard reader stops at the declared size and so misses a lie.
    """
    packed = _find(contenu, entry)
    pieces: Iterator[bytes]
    if entry.compress_type == zipfile.ZIP_STORED:
        pieces = (bytes(packed[start : start + PIECE]) for start in range(0, len(packed), PIECE))
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflate(packed)
    else:
        raise FichierRefuse(INHABITUEL)
    size = crc = 0
    for piece in pieces:
        budget.spend(len(piece))
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        yield piece
    if size != entry.file_size or crc != entry.CRC:
        raise FichierRefuse(ABIME)


def _find(contenu: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """Where the packed bytes stand, once the entry says the same name in both places."""
    header = contenu[entry.header_offset : entry.header_offset + MEMBER_BYTES]
    if len(header) < MEMBER_BYTES or not header.startswith(ZIP_MEMBER):
        raise FichierRefuse(ABIME)
    name_end = entry.header_offset + MEMBER_BYTES + int.from_bytes(header[26:28], "little")
    name = contenu[entry.header_offset + MEMBER_BYTES : name_end]
    if name != entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8_FLAG else "cp437", "replace"):
        raise FichierRefuse(DEUX_FORMATS)
    start = name_end + int.from_bytes(header[28:30], "little")
    return memoryview(contenu)[start : start + entry.compress_size]


def _inflate(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(0, len(packed), PIECE):
            waiting: bytes | memoryview = packed[start : start + PIECE]
            while waiting and not stream.eof:
                yield stream.decompress(waiting, PIECE)
                waiting = stream.unconsumed_tail
        while not stream.eof and (piece := stream.decompress(b"", PIECE)):
            yield piece
    except zlib.error:
        raise FichierRefuse(ABIME) from None
    if not stream.eof:
        raise FichierRefuse(ABIME)
