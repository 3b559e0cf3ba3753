"""The store of attached files: a folder or an S3 bucket, the same verbs; what lies there is always sealed.

A name is random and says nothing; the content is sealed for that name, so that who holds the disk cannot
exchange two files. A write is whole or absent: obstore writes beside, then renames.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from app.chiffrement import Trousseau

CLE = re.compile(r"[0-9a-f]{40}")
# obstore leaves this behind ("<cle>#1") when the process did not survive a write.
DEBRIS = re.compile(r"[0-9a-f]{40}#\d+")
# A trace lies apart from the files: `list_depots` never takes it for a content that no row knows.
TRACES = "traces"
TRACE = re.compile(r"[0-9]+-[0-9]+")
# Says that this folder is the store, and not the empty place where a volume should be mounted.
MARKER = ".coffre"
# Less free space than a few files take: it is full for who sends the next one.
FREE_MIN = 256 * 1024 * 1024
CHECK_SECONDS = 5.0
# An S3 that does not answer must become a French page soon, not in three minutes (quality R8).
REQUEST_TIMEOUT = timedelta(seconds=10)
CONNECT_TIMEOUT = timedelta(seconds=3)
GIVE_UP_AFTER = timedelta(seconds=20)


class CoffreIndisponible(Exception):
    """The store refused or did not answer: nothing was kept, the same act may be asked again."""


class ContenuAbsent(Exception):
    """Nothing lies under this name: erased, or never written."""


@dataclass(frozen=True)
class Depot:
    """One sealed content as the store lists it; `taille` is in bytes, as stored."""

    cle: str
    stored_at: datetime
    taille: int


class Coffre:
    """Where the sealed files lie."""

    def __init__(self, store_url: str, trousseau: Trousseau) -> None:
        """Open `file:///folder` (made if missing, for this account only) or `s3://bucket/prefix`.

        An S3 address may end with `?endpoint=https://…&region=…`; its credentials are the usual AWS
        variables. Raises ValueError for another kind of address, CoffreIndisponible if the folder cannot be
        made or read.
        """
        self._trousseau = trousseau
        address = urlsplit(store_url)
        self._folder: Path | None = None
        if address.scheme == "file" and not address.netloc and len(address.path) > 1:
            self._folder = Path(unquote(address.path))
            self._store = _open_folder(self._folder)
        elif address.scheme == "s3" and address.netloc:
            self._store = _open_bucket(
                address.netloc, address.path.strip("/"), dict(parse_qsl(address.query))
            )
        else:
            raise ValueError("the store is file:///folder or s3://bucket/prefix")

    @staticmethod
    def new_cle() -> str:
        """A name nobody can guess (160 random bits), safe on every file system."""
        return secrets.token_hex(20)

    def prepare(self) -> None:
        """Say that this folder is the store, for good. A bucket needs nothing. Raises CoffreIndisponible."""
        if self._folder is not None:
            with _reachable():
                (self._folder / MARKER).touch(mode=0o600)

    @property
    def is_prepared(self) -> bool:
        """The folder bears the marker of a store: where a volume is not mounted, it does not."""
        return self._folder is None or (self._folder / MARKER).is_file()

    async def check(self) -> None:
        """Raises CoffreIndisponible when a file could not be kept now: no answer, not mounted, full."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                if self._folder is not None:
                    await asyncio.to_thread(self._check_folder, self._folder)
                else:
                    # A listing, because what asks for one name is told the same of a bucket that is not there.
                    await self._list_first()
        except TimeoutError as error:
            raise CoffreIndisponible("no answer") from error

    async def _list_first(self) -> None:
        with _reachable():
            async for _ in self._store.list(prefix=MARKER, chunk_size=1):
                return

    def _check_folder(self, folder: Path) -> None:
        self._require_marker()
        with _reachable():
            state = os.statvfs(folder)
        if state.f_bavail * state.f_frsize < FREE_MIN:
            raise CoffreIndisponible("full")
        if not os.access(folder, os.W_OK):
            raise CoffreIndisponible("read-only")

    def _require_marker(self) -> None:
        if not self.is_prepared:
            raise CoffreIndisponible(
                "the folder is not the store: its volume is not mounted, or `migrate` has not run"
            )

    async def put(self, cle: str, contenu: bytes) -> None:
        """Seal and keep under a name from new_cle(). Once it returns, the content survives a power cut.

        Raises CoffreIndisponible (disk full, no answer, volume not mounted): then nothing is kept under this name,
        except perhaps in a bucket whose answer was lost; list_depots() finds it.
        """
        _check_cle(cle)
        self._require_marker()
        scelle = await asyncio.to_thread(self._trousseau.seal, contenu, _contexte(cle))
        try:
            await self._write(cle, scelle)
        except CoffreIndisponible:
            if self._folder is not None:
                with suppress(OSError):
                    (self._folder / cle).unlink(missing_ok=True)
            raise

    async def get(self, cle: str) -> bytes:
        """The content, unsealed. Raises ContenuAbsent, CoffreIndisponible, Illisible."""
        return await asyncio.to_thread(self._trousseau.open, await self._read(cle), _contexte(cle))

    async def delete(self, cle: str) -> None:
        """Erase; erasing twice is fine. Raises CoffreIndisponible."""
        _check_cle(cle)
        with _reachable():
            try:
                await self._store.delete_async(cle)
            except FileNotFoundError as error:
                _require_bucket(error)

    async def reseal(self, cle: str) -> bool:
        """Seal again with the current key if another one was used; say whether it was needed.

        Raises ContenuAbsent, CoffreIndisponible, Illisible; the old content stays until the new one is whole.
        """
        scelle = await self._read(cle)
        if not self._trousseau.needs_rotation(scelle):
            return False
        await self._write(cle, await asyncio.to_thread(self._trousseau.reseal, scelle, _contexte(cle)))
        return True

    async def list_depots(self) -> AsyncIterator[Depot]:
        """Every content kept, for the purge to find the ones no row knows. Raises CoffreIndisponible."""
        with _reachable():
            async for batch in self._store.list():
                for item in batch:
                    if CLE.fullmatch(item["path"]):
                        yield Depot(cle=item["path"], stored_at=item["last_modified"], taille=item["size"])

    async def put_trace(self, nom: str, texte: str) -> None:
        """Keep a short text that must outlive the base, sealed for its name; twice is once.

        Raises CoffreIndisponible.
        """
        if not TRACE.fullmatch(nom):
            raise ValueError("a trace is named by two numbers")
        self._require_marker()
        scelle = await asyncio.to_thread(self._trousseau.seal, texte.encode(), f"traces:{nom}")
        if self._folder is not None:
            await asyncio.to_thread(_make_folder, self._folder / TRACES)
        await self._write(f"{TRACES}/{nom}", scelle)

    async def list_traces(self) -> AsyncIterator[str]:
        """The names of all traces. Raises CoffreIndisponible: where no volume is mounted, none is no answer."""
        self._require_marker()
        with _reachable():
            async for batch in self._store.list(prefix=TRACES):
                for item in batch:
                    nom = item["path"].removeprefix(f"{TRACES}/")
                    if TRACE.fullmatch(nom):
                        yield nom

    async def read_trace(self, nom: str) -> str:
        """What a trace says. Raises ContenuAbsent, CoffreIndisponible, Illisible for one that is not ours."""
        scelle = await self._fetch(f"{TRACES}/{nom}")
        return (await asyncio.to_thread(self._trousseau.open, scelle, f"traces:{nom}")).decode()

    async def clear_debris(self, older_than: datetime) -> int:
        """Erase what interrupted writes left beside the contents before that instant; say how many.

        A bucket keeps nothing of them. Raises CoffreIndisponible.
        """
        if self._folder is None:
            return 0
        return await asyncio.to_thread(_clear_debris, self._folder, older_than)

    async def _read(self, cle: str) -> bytes:
        _check_cle(cle)
        return await self._fetch(cle)

    async def _fetch(self, path: str) -> bytes:
        with _reachable():
            try:
                result = await self._store.get_async(path)
                return bytes(await result.bytes_async())
            except FileNotFoundError as error:
                _require_bucket(error)
                raise ContenuAbsent from None

    async def _write(self, path: str, scelle: bytes) -> None:
        with _reachable():
            await self._store.put_async(path, scelle, use_multipart=False)
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder / path)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        # Only the class is logged: the text of the error shows names and addresses.
        raise CoffreIndisponible(type(error).__name__) from error


def _require_bucket(error: FileNotFoundError) -> None:
    """S3 says 404 of a bucket that is not there as it does of a name: nothing was erased then, nothing is absent."""
    if "<Code>NoSuchBucket</Code>" in str(error):
        raise CoffreIndisponible("NoSuchBucket") from error


def _open_folder(folder: Path) -> LocalStore:
    try:
        is_new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        # A folder that was there and holds no file may be where a volume should be: only `prepare` marks it.
        if is_new or any(CLE.fullmatch(path.name) for path in folder.iterdir()):
            (folder / MARKER).touch(mode=0o600)
        return LocalStore(folder)
    except (BaseError, OSError) as error:
        raise CoffreIndisponible(f"the folder of files cannot be used: {type(error).__name__}") from error


def _open_bucket(bucket: str, prefix: str, options: dict[str, str]) -> S3Store:
    unknown = options.keys() - {"endpoint", "region"}
    if unknown:
        raise ValueError(f"unknown in the address of the store: {', '.join(sorted(unknown))}")
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=options,
        client_options={
            "timeout": REQUEST_TIMEOUT,
            "connect_timeout": CONNECT_TIMEOUT,
            # Plain http is for a store of one’s own network, written so on purpose; what goes there is sealed.
            "allow_http": options.get("endpoint", "").startswith("http://"),
        },
        retry_config={"max_retries": 2, "retry_timeout": GIVE_UP_AFTER},
    )


def _settle(path: Path) -> None:
    """Have the disk keep the content and its name: the store renames but does not wait for the disk."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _make_folder(folder: Path) -> None:
    with _reachable():
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            _settle(folder)


def _clear_debris(folder: Path, older_than: datetime) -> int:
    with _reachable():
        cleared = 0
        for path in folder.iterdir():
            if DEBRIS.fullmatch(path.name) and path.stat().st_mtime < older_than.timestamp():
                path.unlink(missing_ok=True)
                cleared += 1
        return cleared


def _check_cle(cle: str) -> None:
    if not CLE.fullmatch(cle):
        raise ValueError("not a name given by new_cle()")


def _contexte(cle: str) -> str:
    return f"pieces_jointes:{cle}"
