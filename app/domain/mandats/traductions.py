"""The standard mandat in two languages: its French, which alone binds, and beside each text its translation.

A translation is one file of `mandate_templates/traductions/`, made for the French of one version, and offered as long
as the version of today keeps that French byte for byte: a new layout translates nothing anew. Until an administrateur
has confirmed the very file that is there, it is said to be read again.
"""

import hashlib
import html
import re
import tomllib
from dataclasses import dataclass
from functools import cache

from app import tables
from app.domain.mandats.textes import DOSSIER, VERSION, ModeleMandat, get_empreinte, get_texte
from app.domain.regles.errors import Introuvable

TRADUCTIONS = DOSSIER / "traductions"
STANDARD = f"{ModeleMandat.STANDARD}.html"
# What is read of the frozen document, in its order: titles, paragraphs, lines of a list, labels and boxes to fill in.
_BLOC = re.compile(
    r"<(?P<balise>h1|h2|p|li)(?: class=\"(?P<classe>chapeau|cadre)\")?>(?P<texte>.*?)</(?P=balise)>"
    r"|\{\{ champ\('(?P<champ>[^']+)', mandat\.(?P<nom>\w+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Bloc:
    """One text of the French mandat. `sorte`: h1, chapeau, h2, p, li, champ (a line to fill in) or cadre (a box).

    `nom` is what a line is filled with: a field of `impression.MandatAImprimer`, or « le ».
    """

    sorte: str
    texte: str
    nom: str = ""


@dataclass(frozen=True)
class Traduction:
    """A translation. `nom` is the language in French, `autonyme` in itself; `sens` its direction.

    `empreinte`: the sha256 of its file, which a confirmation is about.
    """

    langue: str
    nom: str
    autonyme: str
    sens: str
    version: str
    fait_foi: str
    a_relire: str
    textes: tuple[str, ...]
    empreinte: str


@dataclass(frozen=True)
class EtatTraduction:
    """A translation, and whether the file that is there was confirmed by somebody who reads it."""

    traduction: Traduction
    is_relue: bool


@cache
def list_blocs(version: str = VERSION) -> tuple[Bloc, ...]:
    """The texts of the standard mandat of this version, in the order in which they are read."""
    source = get_texte(version, STANDARD).partition("<main>")[2]
    return tuple(
        Bloc("champ", found["champ"], found["nom"])
        if found["champ"]
        else Bloc(
            found["classe"] or found["balise"], html.unescape(re.sub(r"<[^>]+>", "", found["texte"])).strip()
        )
        for found in _BLOC.finditer(source)
    )


@cache
def list_traductions() -> tuple[Traduction, ...]:
    """Those whose French is that of the version of today, by the name of their language."""
    found = []
    for path in TRADUCTIONS.glob("*.toml"):
        octets = path.read_bytes()
        lu = tomllib.loads(octets.decode())
        if get_empreinte(lu["version"], STANDARD) == get_empreinte(VERSION, STANDARD):
            textes = tuple(lu.pop("textes"))
            empreinte = hashlib.sha256(octets).hexdigest()
            found.append(
                Traduction(**{"langue": path.stem, "sens": "ltr", **lu}, textes=textes, empreinte=empreinte)
            )
    return tuple(sorted(found, key=lambda one: one.nom))


def get_traduction(langue: str) -> Traduction:
    """The translation in this language (« ar »). Raises Introuvable."""
    found = next((one for one in list_traductions() if one.langue == langue), None)
    if found is None:
        raise Introuvable
    return found


def list_langues() -> list[tuple[str, str]]:
    """The languages offered beside French, as (code, name in French)."""
    return [(one.langue, one.nom) for one in list_traductions()]


def list_paires(traduction: Traduction) -> list[tuple[Bloc, str]]:
    """Each text of the French and its translation."""
    return list(zip(list_blocs(traduction.version), traduction.textes, strict=True))


async def list_etats() -> list[EtatTraduction]:
    """Every translation offered, and whether it was confirmed."""
    rows = await tables.Traductions.select(tables.Traductions.langue, tables.Traductions.empreinte)
    relues = {row["langue"]: row["empreinte"] for row in rows}
    return [EtatTraduction(one, relues.get(one.langue) == one.empreinte) for one in list_traductions()]


async def get_etat(langue: str) -> EtatTraduction:
    """One of them. Raises Introuvable."""
    get_traduction(langue)
    return next(etat for etat in await list_etats() if etat.traduction.langue == langue)
