"""Printing: a mandat or a thread, as HTML, becomes a tagged PDF made in a child process (product.md §7, §8).

WeasyPrint is never imported in the process that answers people: it reads files and addresses by itself, and a
strange document can crash or stall it. One warm child per process does the printing (`enfant.py`). It fetches
nothing at all (the style comes with the text), opens no socket, writes no file, and is killed past its time.
"""

import asyncio
import atexit
import datetime
import json
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from app import enfant
from app.domain.mandats.textes import get_texte
from app.domain.mots.dates import jour
from app.domain.regles.errors import Invalide
from app.enfant import Atelier, EnfantEnEchec
from app.polices import list_undrawable

STYLE = "mandat.css"
FEUILLES = Path(__file__).parent / "partials/demande"
STYLE_FIL, STYLE_NOTE = FEUILLES / "impression.css", FEUILLES / "note.css"
STYLE_PAPIER = FEUILLES.parent / "papier/papier.css"
STYLE_BILINGUE = FEUILLES.parent / "mandats/bilingue.css"
LONGUEUR_MAX = 200
HTML_MAX = 256 * 1024
A_LA_MAIN = "(à écrire à la main : cette écriture ne s’imprime pas ici)"
NON_IMPRIME = "Ce document n’a pas pu être imprimé."
TROP_DE_MONDE = "Beaucoup de documents s’impriment en ce moment : réessayez dans un instant."
TROP_A_LA_FOIS = "Vos documents précédents s’impriment encore : attendez qu’ils arrivent, puis réessayez."


class ImpressionImpossible(Exception):
    """The document cannot be printed; the message is in French, for the agent, `raison` is for the log."""

    def __init__(self, message: str, raison: str) -> None:
        super().__init__(message)
        self.raison = raison


TEXTES = ("prenom", "nom", "naissance", "structure", "agent", "lieu")


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
    valeurs = {nom: _nettoyer(nom, getattr(mandat, nom)) for nom in TEXTES}
    le = mandat.date and jour(mandat.date, datetime.UTC)
    return _modele(version, modele).render(feuille=feuille, mandat={**valeurs, "le": le})


async def print_mandat(modele: str, version: str, mandat: MandatAImprimer, *, par: Hashable) -> bytes:
    """The PDF/UA of a mandat, blank or prefilled, for `par`. Raises like `html_mandat`, and ImpressionImpossible.

    A name in letters that no font here draws is said to be written by hand, rather than printed as boxes.
    """
    html = html_mandat(modele, version, await asyncio.to_thread(_drawable, mandat), feuille=None)
    return await _imprimerie.print_html(html, style=get_texte(version, STYLE), par=par)


async def print_page(html: str, *, feuille: Path, par: Hashable) -> bytes:
    """The PDF/UA of a page of a demande (its thread, the note of its usager), already a document, for `par`.

    Raises ImpressionImpossible.
    """
    style = await asyncio.to_thread(feuille.read_text, encoding="utf-8")
    return await _imprimerie.print_html(html, style=style, par=par)


async def write_lines(mandat: MandatAImprimer) -> dict[str, str]:
    """What stands on each line of a mandat, by its name in the French text; empty for a line to fill in by hand.

    Raises Invalide past 200 characters.
    """
    drawn = await asyncio.to_thread(_drawable, mandat)
    lines = {nom: _nettoyer(nom, getattr(drawn, nom)) or "" for nom in TEXTES}
    return {**lines, "le": jour(drawn.date, datetime.UTC) if drawn.date else ""}


def _drawable(mandat: MandatAImprimer) -> MandatAImprimer:
    """In a thread: the first question to the fonts of the machine reads all of them."""
    cleaned = {
        nom: _drawn(propre) for nom in TEXTES if (propre := _nettoyer(nom, getattr(mandat, nom))) is not None
    }
    return replace(mandat, **cleaned)  # type: ignore[arg-type]  # every field of TEXTES is a text


def _drawn(texte: str) -> str:
    """The words that can be drawn, then one sentence for the others; pictures are no part of a name."""
    undrawable = list_undrawable(texte)
    if not undrawable:
        return texte
    letters = {char for char in undrawable if unicodedata.category(char)[0] in "LMN"}
    pictures = str.maketrans(dict.fromkeys(set(undrawable) - letters, ""))
    words = texte.translate(pictures).split()
    drawn = [word for word in words if not letters & set(word)]
    return " ".join(drawn if len(drawn) == len(words) else [*drawn, A_LA_MAIN])


def close_imprimerie() -> None:
    """Let the child go; call it when the application stops. Printing again starts another."""
    _imprimerie.close()


def name_pdf(modele: str, version: str, *, vierge: bool) -> str:
    """The download name: says what the document is, and names nobody."""
    return f"mandat-administration-plus-{modele}{'-vierge' if vierge else ''}-{version}.pdf"


@cache
def _modele(version: str, modele: str) -> Template:
    # With StrictUndefined, a template that names an unknown field fails in its test and not before its reader.
    environnement = Environment(autoescape=True, undefined=StrictUndefined)
    return environnement.from_string(get_texte(version, f"{modele}.html"))


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


@dataclass
class Imprimerie:
    """One warm child, one document at a time, agents served in turn. The limits are those of `Atelier`.

    `part_max`: forty documents asked at once by one agent must not close the door to the others.
    """

    limite_s: float = 10
    attente_s: float = 10
    attente_max: int = 32
    part_max: int = 6
    recyclage: int = 500

    def __post_init__(self) -> None:
        self.atelier = Atelier(
            "app.imprimeur",
            places=1,
            limite_s=self.limite_s,
            attente_s=self.attente_s,
            attente_max=self.attente_max,
            part_max=self.part_max,
            recyclage=self.recyclage,
        )

    async def print_html(self, html: str, *, style: str, par: Hashable) -> bytes:
        """The PDF of a document of ours. Raises ImpressionImpossible, never hangs beyond both limits."""
        if len(html) + len(style) > HTML_MAX:
            raise ImpressionImpossible("Ce document est trop long pour être imprimé.", "trop long")
        demande = json.dumps({"html": html, "style": style}).encode()
        try:
            return await self.atelier.ask(lambda: demande, par=par)
        except EnfantEnEchec as echec:
            raise ImpressionImpossible(_phrase(echec.raison), echec.raison) from echec

    def close(self) -> None:
        """Stop the child; waits for the document being printed, at most `limite_s`."""
        self.atelier.close()


def _phrase(raison: str) -> str:
    match raison:
        case enfant.FILE_PLEINE:
            return TROP_DE_MONDE
        case enfant.PART_PLEINE:
            return TROP_A_LA_FOIS
    return NON_IMPRIME


_imprimerie = Imprimerie()
atexit.register(close_imprimerie)
