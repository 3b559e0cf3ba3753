"""A zip written forwards only: what `zipfile` cannot do for a first entry that must stand stored and bare, or for what
leaves as it is made."""

import struct
import zlib
from typing import Any

ZIP = "application/zip"


class Archive:
    """Each call gives the bytes to send next; its entries and its whole stay under 4 GB, and its dates say nothing."""

    def __init__(self) -> None:
        self._entries: list[bytes] = []
        self._offset = 0
        self._start = 0
        self._nom = b""
        self._crc = 0
        self._plain = 0
        self._packed = 0
        self._deflate: Any = None

    def keep(self, nom: str, contenu: bytes) -> bytes:
        """The head of one entry that is stored as it is: `contenu` is sent right after it, as it is."""
        octets = nom.encode()
        crc = zlib.crc32(contenu)
        facts = struct.pack("<5H3L2H", 20, 0x800, 0, 0, 33, crc, len(contenu), len(contenu), len(octets), 0)
        self._entries.append(_central(facts, self._offset, octets))
        head = self._count(b"PK\x03\x04" + facts + octets)
        self._offset += len(contenu)
        return head

    def open(self, nom: str) -> bytes:
        """Start a long entry; its sizes follow it (flag 8)."""
        self._start, self._nom = self._offset, nom.encode()
        self._crc = self._plain = self._packed = 0
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        head = struct.pack("<5H3L2H", 20, 0x808, 8, 0, 33, 0, 0, 0, len(self._nom), 0)
        return self._count(b"PK\x03\x04" + head + self._nom)

    def write(self, contenu: bytes) -> bytes:
        """More of the long entry."""
        self._crc = zlib.crc32(contenu, self._crc)
        self._plain += len(contenu)
        packed: bytes = self._deflate.compress(contenu)
        self._packed += len(packed)
        return self._count(packed)

    def close(self) -> bytes:
        """End the long entry."""
        rest = self._deflate.flush()
        self._packed += len(rest)
        sizes = struct.pack("<3L", self._crc, self._packed, self._plain)
        facts = struct.pack("<5H", 20, 0x808, 8, 0, 33) + sizes + struct.pack("<2H", len(self._nom), 0)
        self._entries.append(_central(facts, self._start, self._nom))
        return self._count(rest + b"PK\x07\x08" + sizes)

    def end(self) -> bytes:
        """End the file."""
        directory = b"".join(self._entries)
        count = len(self._entries)
        return directory + struct.pack(
            "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), self._offset, 0
        )

    def _count(self, sent: bytes) -> bytes:
        self._offset += len(sent)
        return sent


def _central(facts: bytes, offset: int, nom: bytes) -> bytes:
    return b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<3H2L", 0, 0, 0, 0, offset) + nom
