"""Seal what must not be read from a dump or a disk: identifiers in their columns, files in their store.

AES-256-GCM with a random 96-bit nonce. A sealed value says which key sealed it, so that keys rotate without
stopping: a new key is put first, old values stay readable and are sealed again at leisure.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class Illisible(Exception):
    """A sealed value cannot be opened: damaged, moved from its place, or its key is no longer here."""


class Trousseau:
    """The keys of this installation, by their name; the first one seals, all of them open.

    One key must not seal more than 2³² values (limit of random nonces, NIST SP 800-38D §8.3): rotate before.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Raise ValueError without a key, for a key that is not 32 bytes, or a name over 255 bytes."""
        if not keys:
            raise ValueError("a trousseau needs at least one key")
        for name, key in keys.items():
            if len(key) != KEY_BYTES:
                raise ValueError(f"key {name!r} must be {KEY_BYTES} bytes")
            if not 1 <= len(name.encode()) <= 255:
                raise ValueError("the name of a key takes 1 to 255 bytes")
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        # A key of its own for each use: what marks never seals.
        self._marks = {name: hmac.digest(key, b"marque", "sha256") for name, key in keys.items()}
        self._current = next(iter(self._ciphers))

    def __repr__(self) -> str:
        return f"Trousseau({', '.join(name.decode() for name in self._ciphers)})"

    def seal(self, clair: bytes, contexte: str) -> bytes:
        """Seal with the current key. `contexte` names the place (`usagers.nir:42`), needed to open."""
        header = _header(self._current)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, clair, _bound(header, contexte))

    def open(self, scelle: bytes, contexte: str) -> bytes:
        """Give back what was sealed for this very place. Raises Illisible, never returns doubtful bytes."""
        name = _key_name(scelle)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Illisible("sealed with a key this trousseau does not hold")
        header = _header(name)
        body = scelle[len(header) :]
        try:
            return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _bound(header, contexte))
        except InvalidTag:
            raise Illisible("damaged, or sealed for another place") from None

    def seal_text(self, texte: str, contexte: str) -> bytes:
        """Seal a text (as UTF-8) for a column."""
        return self.seal(texte.encode(), contexte)

    def open_text(self, scelle: bytes, contexte: str) -> str:
        """Give back a sealed text. Raises Illisible."""
        try:
            return self.open(scelle, contexte).decode()
        except UnicodeDecodeError:
            raise Illisible("the sealed value is not a text") from None

    @property
    def header(self) -> bytes:
        """How everything sealed with the current key begins."""
        return _header(self._current)

    def needs_rotation(self, scelle: bytes) -> bool:
        """Is it sealed with a key that is no longer the current one? Raises Illisible if it is not sealed."""
        return _key_name(scelle) != self._current

    def reseal(self, scelle: bytes, contexte: str) -> bytes:
        """The same content sealed with the current key. Raises Illisible."""
        return self.seal(self.open(scelle, contexte), contexte)

    def mark(self, contenu: bytes) -> tuple[str, str]:
        """The name of the current key, and what only this key makes of this content (HMAC-SHA256, hexadecimal)."""
        name = self._current.decode()
        return name, hmac.new(self._marks[name], contenu, hashlib.sha256).hexdigest()

    def has_marked(self, name: str, marque: str, contenu: bytes) -> bool:
        """Whether this key made this mark of this content. Raises Illisible without that key."""
        if name not in self._marks:
            raise Illisible("marked with a key this trousseau does not hold")
        made = hmac.new(self._marks[name], contenu, hashlib.sha256).hexdigest()
        return hmac.compare_digest(made, marque)


def empreinte(key: bytes, *parts: str) -> str:
    """A keyed fingerprint (HMAC-SHA256, hexadecimal) to find a sealed value by its value.

    Each part is preceded by its length: ("ab", "c") and ("a", "bc") never meet. Raises ValueError for a
    short key.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"the key of fingerprints takes at least {KEY_BYTES} bytes")
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode()
        mac.update(len(encoded).to_bytes(8, "big") + encoded)
    return mac.hexdigest()


def _header(name: bytes) -> bytes:
    return bytes([VERSION, len(name)]) + name


def _bound(header: bytes, contexte: str) -> bytes:
    # The header is bound too: its length is known from its second byte, so the two never run together.
    return header + contexte.encode()


def _key_name(scelle: bytes) -> bytes:
    if len(scelle) < 2 or scelle[0] != VERSION or len(scelle) < 2 + scelle[1] + NONCE_BYTES + TAG_BYTES:
        raise Illisible("not a sealed value")
    return bytes(scelle[2 : 2 + scelle[1]])
