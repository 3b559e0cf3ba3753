"""Printing: a mandat becomes HTML, and the HTML a tagged PDF made in a child process (product.md §8).

WeasyPrint is never imported in the process that answers people: it reads files and addresses by itself, and a
strange document can crash or stall it. One warm child per process does the printing. It fetches nothing at
all (the style comes with the text), opens no socket, writes no file, and is killed past its time.
"""

import asyncio
import atexit
import contextlib
import datetime
import json
import os
import resource
import struct
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, StrictUndefined, Template

from app.domain.dates import jour
from app.domain.errors import Invalide
from app.domain.textes_mandat import texte

RACINE = Path(__file__).resolve().parents[1]
STYLE = "mandat.css"
LONGUEUR_MAX = 200
HTML_MAX = 256 * 1024
MEMOIRE_MAX = 1 << 30  # bytes of address space
OK, ECHEC = b"+", b"-"
NON_IMPRIME = "Ce document n’a pas pu être imprimé."


class ImpressionImpossible(Exception):
    """The document cannot be printed; the message is in French, for the agent, `raison` is for the log."""

    def __init__(self, message: str, raison: str) -> None:
        super().__init__(message)
        self.raison = raison


@dataclass(frozen=True)
class MandatAImprimer:
    """What is written on the mandat. Whatever is None (or blank) is a line to fill in by hand."""

    prenom: str | None = None
    nom: str | None = None
    naissance: str | None = None
    structure: str | None = None
    agent: str | None = None
    lieu: str | None = None
    date: datetime.date | None = None


def html_mandat(modele: str, version: str, mandat: MandatAImprimer, *, feuille: str | None = STYLE) -> str:
    """The whole HTML document, the same text as the PDF; `feuille` is the address of its style sheet.

    Names are data: escaped, stripped of control and direction-changing characters, never interpreted. Raises
    Invalide past 200 characters, TexteIntrouvable for an unknown model or version.
    """
    valeurs = {
        champ.name: _nettoyer(champ.name, getattr(mandat, champ.name))
        for champ in fields(mandat)
        if champ.name != "date"
    }
    le = mandat.date and jour(mandat.date, datetime.UTC)
    return _modele(version, modele).render(feuille=feuille, mandat={**valeurs, "le": le})


async def print_mandat(modele: str, version: str, mandat: MandatAImprimer) -> bytes:
    """The PDF/UA of a mandat, blank or prefilled. Raises like `html_mandat`, and ImpressionImpossible."""
    html = html_mandat(modele, version, mandat, feuille=None)
    return await _imprimerie.print_html(html, style=texte(version, STYLE))


def close_imprimerie() -> None:
    """Let the child go; call it when the application stops. Printing again starts another."""
    _imprimerie.close()


def name_pdf(modele: str, version: str, *, vierge: bool) -> str:
    """The download name: says what the document is, and names nobody."""
    return f"mandat-administration-plus-{modele}{'-vierge' if vierge else ''}-{version}.pdf"


@cache
def _modele(version: str, modele: str) -> Template:
    # StrictUndefined: a template that names an unknown field fails its test, not its reader.
    environnement = Environment(autoescape=True, undefined=StrictUndefined)
    return environnement.from_string(texte(version, f"{modele}.html"))


def _nettoyer(champ: str, valeur: str | None) -> str | None:
    if valeur is None:
        return None
    if len(valeur) > 10 * LONGUEUR_MAX:
        raise Invalide({champ: f"Ce champ dépasse {LONGUEUR_MAX} caractères."})
    # ZWNJ and ZWJ belong to Persian names and to emoji; every other invisible character only misleads.
    visibles = (
        c if c in "\u200c\u200d" else {"Cc": " ", "Zl": " ", "Zp": " "}.get(unicodedata.category(c), c)
        for c in unicodedata.normalize("NFC", valeur)
        if c in "\u200c\u200d" or unicodedata.category(c) not in {"Cf", "Cs", "Cn"}
    )
    propre = " ".join("".join(visibles).split())
    if len(propre) > LONGUEUR_MAX:
        raise Invalide({champ: f"Ce champ dépasse {LONGUEUR_MAX} caractères."})
    return propre or None


class Imprimerie:
    """One warm child, one document at a time, a bounded queue. Safe from any event loop or thread.

    `limite_s`: seconds one document may take before the child is killed (the next document gets a new child).
    `attente_s`: seconds a document may wait for its turn. `attente_max`: documents accepted at once.
    `recyclage`: documents after which the child is replaced, so that its memory never creeps up to the limit.
    """

    def __init__(
        self, *, limite_s: float = 10, attente_s: float = 10, attente_max: int = 32, recyclage: int = 500
    ) -> None:
        self.limite_s = limite_s
        self.attente_s = attente_s
        self.attente_max = attente_max
        self.recyclage = recyclage
        self._verrou = threading.Lock()
        self._acceptes = 0
        self._fil: ThreadPoolExecutor | None = None
        self._enfant: _Enfant | None = None

    async def print_html(self, html: str, *, style: str) -> bytes:
        """The PDF of a document of ours. Raises ImpressionImpossible, never hangs beyond both limits."""
        if len(html) + len(style) > HTML_MAX:
            raise ImpressionImpossible("Ce document est trop long pour être imprimé.", "trop long")
        return await asyncio.wrap_future(self._accept(html, style))

    def close(self) -> None:
        """Stop the child and the thread; waits for the document being printed, at most `limite_s`."""
        with self._verrou:
            fil, self._fil = self._fil, None
        if fil is not None:
            fil.shutdown(wait=True)
        self._release()

    def _accept(self, html: str, style: str) -> Future[bytes]:
        limite = time.monotonic() + self.attente_s
        with self._verrou:
            if self._acceptes >= self.attente_max:
                raise _trop_de_monde()
            self._acceptes += 1
            if self._fil is None:
                self._fil = ThreadPoolExecutor(1, thread_name_prefix="imprimerie")
            travail = self._fil.submit(self._print, html, style, limite)
        travail.add_done_callback(self._leave)
        return travail

    def _leave(self, _travail: Future[bytes]) -> None:
        with self._verrou:
            self._acceptes -= 1

    # From here on, only the single thread of the executor: no lock needed.

    def _print(self, html: str, style: str, limite: float) -> bytes:
        if time.monotonic() > limite:
            raise _trop_de_monde()
        if self._enfant is not None and (self._enfant.is_spent() or self._enfant.rendus >= self.recyclage):
            self._release()
        if self._enfant is None:
            self._enfant = _Enfant()
        return self._enfant.render(html, style, self.limite_s)

    def _release(self) -> None:
        enfant, self._enfant = self._enfant, None
        if enfant is not None:
            enfant.stop()


def _trop_de_monde() -> ImpressionImpossible:
    return ImpressionImpossible(
        "Beaucoup de documents s’impriment en ce moment : réessayez dans un instant.", "file pleine"
    )


class _Enfant:
    """The parent's end of the child. Frames both ways: a mark, a length on 4 bytes, then the bytes."""

    DEMARRAGE_S = 30.0

    def __init__(self) -> None:
        self.rendus = 0
        self._perdu = False
        try:
            # A bare environment: no secret of ours is there to be read. No stderr: it could quote names.
            self._processus = subprocess.Popen(
                [sys.executable, "-m", "app.impression"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=RACINE,
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                start_new_session=True,
            )
        except OSError as erreur:
            raise ImpressionImpossible(NON_IMPRIME, "enfant impossible à lancer") from erreur
        try:
            self._within(self.DEMARRAGE_S, self._read)
        except ImpressionImpossible:
            self.stop()
            raise

    def is_spent(self) -> bool:
        """Killed, crashed or short of memory: the next document deserves a clean child."""
        return self._perdu or self._processus.poll() is not None

    def render(self, html: str, style: str, limite_s: float) -> bytes:
        self.rendus += 1
        demande = json.dumps({"html": html, "style": style, "limite_s": limite_s}).encode()

        def exchange() -> bytes:
            assert self._processus.stdin is not None
            _write_frame(self._processus.stdin, OK, demande)
            return self._read()

        return self._within(limite_s, exchange)

    def stop(self) -> None:
        # Killed at once: it keeps nothing, and a stuck one would not listen.
        self._processus.kill()
        self._processus.wait()
        for tuyau in (self._processus.stdin, self._processus.stdout):
            with contextlib.suppress(OSError):
                if tuyau is not None:
                    tuyau.close()

    def _within(self, limite_s: float, faire: Callable[[], bytes]) -> bytes:
        # Killing the child is what frees a blocked read: the pipe closes.
        minuteur = threading.Timer(limite_s, self._processus.kill)
        minuteur.start()
        debut = time.monotonic()
        try:
            return faire()
        except (OSError, EOFError) as erreur:
            self._perdu = True
            raison = "trop lent" if time.monotonic() - debut >= limite_s else "enfant perdu"
            raise ImpressionImpossible(NON_IMPRIME, raison) from erreur
        finally:
            minuteur.cancel()

    def _read(self) -> bytes:
        assert self._processus.stdout is not None
        marque, octets = _read_frame(self._processus.stdout)
        if marque != OK:
            raison = octets.decode("ascii", "replace")
            self._perdu = raison == "MemoryError"
            raise ImpressionImpossible(NON_IMPRIME, raison)
        return octets


def _write_frame(tuyau: IO[bytes], marque: bytes, octets: bytes) -> None:
    tuyau.write(marque + struct.pack(">I", len(octets)) + octets)
    tuyau.flush()


def _read_frame(tuyau: IO[bytes]) -> tuple[bytes, bytes]:
    entete = tuyau.read(5)
    if len(entete) < 5:
        raise EOFError
    (longueur,) = struct.unpack(">I", entete[1:])
    octets = tuyau.read(longueur)
    if len(octets) < longueur:
        raise EOFError
    return entete[:1], octets


_imprimerie = Imprimerie()
atexit.register(close_imprimerie)


# The child: `python -m app.impression`. Nothing below runs in the process that answers people.

INTERDITS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")


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
        _write_frame(sortie, ECHEC, type(erreur).__name__.encode())
        return
    sys.addaudithook(_forbid)
    _write_frame(sortie, OK, b"")
    while True:
        try:
            demande = json.loads(_read_frame(entree)[1])
        except EOFError:
            return
        _limit_cpu(demande["limite_s"])
        try:
            marque, octets = OK, render(demande["html"], demande["style"])
        except BaseException as erreur:
            marque, octets = ECHEC, type(erreur).__name__.encode()
        _write_frame(sortie, marque, octets)


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
