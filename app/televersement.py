"""Read a posted form without trusting its size: texts in memory, files on disk, the excess thrown away as it comes.

Litestar’s own reading keeps any number of bytes and breaks on a full disk; a file too heavy must cost nothing, be
named to who sent it, and leave what was typed whole (quality R8, S3).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE
from multipart import MultipartSegment, PushMultipartParser

from app.domain.fichiers import FICHIERS_MAX, OCTETS_MAX

TEXTES_MAX = 1_000_000  # bytes of everything typed
CHAMPS_MAX = 2_000
# Ten files of ten megabytes pass, and so do ten somewhat too heavy: they are refused one by one, in French.
ENVOI_MAX = 220_000_000
# One post brings no more files than this: a form that may hold ten would refuse the others anyway.
GARDES_MAX = 2 * FICHIERS_MAX
IN_MEMORY = 256 * 1024
TEXTE_TROP_LONG = "Votre texte dépasse un million de caractères\u00a0: rien n’est envoyé."


class TropLourd(HTTPException):
    """Too large to be read whole: 413. `lus` is what came before the excess, the file that was coming included."""

    def __init__(self, phrase: str, lus: list[tuple[str, Any]]) -> None:
        super().__init__(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)
        self.phrase = phrase
        self.lus = lus


class Televerse:
    """A file as it was sent: the name the browser says, its true size in bytes, its content while it can be had."""

    def __init__(self, nom: str, *, is_kept: bool) -> None:
        self.nom = nom
        self.taille = 0
        self._spool: SpooledTemporaryFile[bytes] | None = None
        if is_kept:
            # The file has no name on the disk: nobody can open it, and it goes with the request, even a killed one.
            self._spool = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    async def write(self, morceau: bytes) -> None:
        """Keep what comes next, unless it is already too heavy or the disk is full."""
        self.taille += len(morceau)
        if self._spool is None:
            return
        if self.taille > OCTETS_MAX:
            self.close()
            return
        try:
            if self.taille > IN_MEMORY:
                await asyncio.to_thread(self._spool.write, morceau)
            else:
                self._spool.write(morceau)
        except OSError:
            self.close()

    def read(self) -> bytes | None:
        """The whole content, once; None when it was too heavy, one too many, or the disk could not hold it.

        Waits for the disk: call it in a thread.
        """
        if self._spool is None:
            return None
        try:
            self._spool.seek(0)
            return self._spool.read()
        except OSError:
            return None
        finally:
            self.close()

    def close(self) -> None:
        """Let the content go."""
        spool, self._spool = self._spool, None
        if spool is not None:
            # The disk is full, and what was still to be written is not wanted any more.
            with suppress(OSError):
                spool.close()

    def __del__(self) -> None:
        # The form was refused at the door, or its page takes no file.
        self.close()


async def read_pairs(request: Request[Any, Any, Any], *, keeps_files: bool) -> list[tuple[str, Any]]:
    """The names and values of a posted form, files as `Televerse`; without `keeps_files` their content is dropped.

    Raises TropLourd, a 400 HTTPException, ValueError or LookupError, when it cannot be read as a form of ours.
    """
    kind, options = request.content_type
    if kind == "multipart/form-data":
        lecture = _LectureMultipart(keeps_files=keeps_files)
        try:
            await _read_multipart(_open(request), options.get("boundary", ""), lecture)
        except HTTPException as error:
            if error.status_code != HTTP_413_REQUEST_ENTITY_TOO_LARGE:
                raise
            raise TropLourd(_say_limit(request, lecture), lecture.cut()) from error
        return lecture.pairs
    if kind == "application/x-www-form-urlencoded":
        try:
            corps = await _read_texte(request.stream())
        except HTTPException as error:
            if error.status_code != HTTP_413_REQUEST_ENTITY_TOO_LARGE:
                raise
            raise TropLourd(TEXTE_TROP_LONG, []) from error
        return parse_qsl(
            corps.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=CHAMPS_MAX,
            errors="replace",
        )
    return []


def _say_limit(request: Request[Any, Any, Any], lecture: "_LectureMultipart") -> str:
    """What was too much, in words."""
    limite = request.route_handler.resolve_request_max_body_size() or 0
    if lecture.has_files and limite > TEXTES_MAX:
        return f"Vos fichiers, tous ensemble, dépassent {limite // 1_000_000} Mo\u00a0: rien n’est envoyé."
    return TEXTE_TROP_LONG


async def _open(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The pieces of an envoi. Litestar refuses one that is announced as too large before a word of it is read: the
    texts, which come before the files, are taken first.
    """
    limite = request.route_handler.resolve_request_max_body_size()
    if not limite or (request.content_length or 0) <= limite:
        async for morceau in request.stream():
            yield morceau
        return
    lus = 0
    while lus < TEXTES_MAX and (event := await request.receive())["type"] == "http.request":
        # An empty piece would be the end of the form.
        if morceau := event["body"]:
            lus += len(morceau)
            yield morceau
        if not event.get("more_body"):
            break
    raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)


async def _read_texte(stream: AsyncIterator[bytes]) -> bytes:
    corps = bytearray()
    async for morceau in stream:
        corps += morceau
        if len(corps) > TEXTES_MAX:
            raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    return bytes(corps)


async def _read_multipart(stream: AsyncIterator[bytes], boundary: str, lecture: "_LectureMultipart") -> None:
    # The errors of this parser are ValueError.
    with PushMultipartParser(boundary, max_segment_count=CHAMPS_MAX) as parser:
        async for morceau in stream:
            for event in parser.parse(morceau):
                await lecture.take(event)
            if parser.closed:
                break


class _LectureMultipart:
    """The form as far as it was read."""

    def __init__(self, *, keeps_files: bool) -> None:
        self.pairs: list[tuple[str, Any]] = []
        self._fichier: Televerse | None = None
        self._keeps_files = keeps_files
        self._nom = ""
        self._texte = bytearray()
        self._textes_octets = 0
        self._fichiers = 0

    @property
    def has_files(self) -> bool:
        """A file came, or was coming."""
        return self._fichiers > 0

    def cut(self) -> list[tuple[str, Any]]:
        """What was read, where it stops: the file that was coming is there by its name alone."""
        if self._fichier is not None:
            self._fichier.close()
            self.pairs.append((self._nom, self._fichier))
        return self.pairs

    async def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._start(event)
        elif event is None:
            self._end()
        elif self._fichier is not None:
            await self._fichier.write(bytes(event))
        else:
            self._textes_octets += len(event)
            if self._textes_octets > TEXTES_MAX:
                raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)
            self._texte += event

    def _start(self, segment: MultipartSegment) -> None:
        self._nom = segment.name or ""
        self._texte = bytearray()
        self._fichier = None
        if segment.filename is not None:
            is_kept = self._keeps_files and self._fichiers < GARDES_MAX
            self._fichier = Televerse(segment.filename, is_kept=is_kept)
            self._fichiers += 1

    def _end(self) -> None:
        if self._fichier is None:
            self.pairs.append((self._nom, self._texte.decode("utf-8", "replace")))
        elif self._fichier.nom or self._fichier.taille:
            self.pairs.append((self._nom, self._fichier))
        else:
            # A file field left empty is sent as a file without name.
            self._fichier.close()
            self._fichiers -= 1
        self._fichier = None
