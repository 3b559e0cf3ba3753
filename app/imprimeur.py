"""The child that prints (`python -m app.imprimeur`): HTML comes in by a pipe, a tagged PDF goes out.

It knows nothing of the application. It fetches nothing, opens no socket, writes no file, and its memory and its
processor time are bounded; `impression.py` starts it, feeds it and kills it.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from typing import IO, Any

MEMOIRE_MAX = 1 << 30  # bytes of address space
OK, ECHEC = b"+", b"-"
INTERDITS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")


def write_frame(tuyau: IO[bytes], marque: bytes, octets: bytes) -> None:
    """A mark, a length on 4 bytes, then the bytes."""
    tuyau.write(marque + struct.pack(">I", len(octets)) + octets)
    tuyau.flush()


def read_frame(tuyau: IO[bytes]) -> tuple[bytes, bytes]:
    """The mark and the bytes of what `write_frame` wrote; raises EOFError when the other end has gone."""
    entete = tuyau.read(5)
    if len(entete) < 5:
        raise EOFError
    (longueur,) = struct.unpack(">I", entete[1:])
    octets = tuyau.read(longueur)
    if len(octets) < longueur:
        raise EOFError
    return entete[:1], octets


def _run_child() -> None:
    """Read documents, write PDFs, until the parent closes the pipe."""
    entree, sortie = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write in the middle of a PDF
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAX, MEMOIRE_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would keep names
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        render = _load_weasyprint()
    except BaseException as erreur:
        write_frame(sortie, ECHEC, type(erreur).__name__.encode())
        return
    sys.addaudithook(_forbid)
    write_frame(sortie, OK, b"")
    while True:
        try:
            demande = json.loads(read_frame(entree)[1])
        except EOFError:
            return
        _limit_cpu(demande["limite_s"])
        try:
            marque, octets = OK, render(demande["html"], demande["style"])
        except BaseException as erreur:
            marque, octets = ECHEC, type(erreur).__name__.encode()
        write_frame(sortie, marque, octets)


def _load_weasyprint() -> Callable[[str, str], bytes]:
    from weasyprint import CSS, HTML  # noqa: PLC0415 - only the child carries it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415

    class NothingOutside(URLFetcher):  # type: ignore[misc]
        """Our documents need nothing from outside: one that asks is not ours, and is refused whole."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise FatalURLFetchingError

    nothing = NothingOutside()

    def render(html: str, style: str) -> bytes:
        polices = FontConfiguration()
        feuille = CSS(string=style, url_fetcher=nothing, font_config=polices)
        document = HTML(string=html, url_fetcher=nothing)
        pdf: bytes = document.write_pdf(stylesheets=[feuille], font_config=polices, pdf_variant="pdf/ua-1")
        return pdf

    # The first document pays for the fonts and the lazy imports: nobody waits for it.
    render('<html lang="fr"><title>É</title><ul><li><b>é</b></ul>', "")
    return render


def _forbid(evenement: str, _arguments: tuple[Any, ...]) -> None:
    if evenement.startswith(INTERDITS):
        raise PermissionError(evenement)


def _limit_cpu(secondes: float) -> None:
    # RLIMIT_CPU counts the whole life of the process: the allowance is moved forward for each document.
    usage = resource.getrusage(resource.RUSAGE_SELF)
    butee = int(usage.ru_utime + usage.ru_stime + secondes) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (butee, resource.RLIM_INFINITY))


if __name__ == "__main__":
    _run_child()
