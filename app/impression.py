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

from jinja2 import Environment, StrictUndefined, Template

from app.domain.mandats.textes import get_texte
from app.domain.mots.dates import jour
from app.domain.regles.errors import Invalide
from app.imprimeur import OK, read_frame, write_frame

RACINE = Path(__file__).resolve().parents[1]
STYLE = "mandat.css"
LONGUEUR_MAX = 200
HTML_MAX = 256 * 1024
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
        champ.name: _clean(champ.name, getattr(mandat, champ.name))
        for champ in fields(mandat)
        if champ.name != "date"
    }
    le = mandat.date and jour(mandat.date, datetime.UTC)
    return _modele(version, modele).render(feuille=feuille, mandat={**valeurs, "le": le})


async def print_mandat(modele: str, version: str, mandat: MandatAImprimer) -> bytes:
    """The PDF/UA of a mandat, blank or prefilled. Raises like `html_mandat`, and ImpressionImpossible."""
    html = html_mandat(modele, version, mandat, feuille=None)
    return await _imprimerie.print_html(html, style=get_texte(version, STYLE))


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
    return environnement.from_string(get_texte(version, f"{modele}.html"))


def _clean(champ: str, valeur: str | None) -> str | None:
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
                [sys.executable, "-m", "app.imprimeur"],
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
            write_frame(self._processus.stdin, OK, demande)
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
        marque, octets = read_frame(self._processus.stdout)
        if marque != OK:
            raison = octets.decode("ascii", "replace")
            self._perdu = raison == "MemoryError"
            raise ImpressionImpossible(NON_IMPRIME, raison)
        return octets


_imprimerie = Imprimerie()
atexit.register(close_imprimerie)
