"""The reference data the project ships: organismes, thèmes, sujets, départements (product.md §11, §5).

These files are the starting point; administrateurs edit the copies loaded in the base. Reading them needs no
clock, no database and no environment, so pure modules may rely on them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from app.referentiel import redaction

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Organisme:
    """A public body; `is_aidant` ones open demandes, the others (opérateurs) answer them (product.md §1)."""

    code: str
    sigle: str
    nom: str
    is_aidant: bool
    description: str
    champs: tuple[str, ...]
    """What it wants: `allocataire_caf`, `nir`, `numero_fiscal`, `identifiant_france_travail`."""
    is_nir_autorise: bool
    """May receive the NIR here (décret n° 2019-341); a doubt is a no."""
    themes: tuple[str, ...]
    is_retire: bool = False
    """Offered no more, kept where it serves."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A catégorie of the mode guidé."""

    code: str
    nom: str
    description: str
    is_retire: bool = False


@dataclass(frozen=True, slots=True)
class Sujet:
    """A standard blocked situation: whom to ask, what to bring, what to try first, how to write it (product.md §5)."""

    code: str
    theme: str
    nom: str
    organismes: tuple[str, ...]
    documents: tuple[str, ...]
    essayez: str
    mots: tuple[str, ...] = ()
    """What suggests it to who writes one of them."""
    depuis: str = ""
    essais: tuple[str, ...] = ()
    attendu: str = ""
    is_retire: bool = False

    @property
    def guide(self) -> redaction.GuideRedaction:
        """What it asks to say."""
        return redaction.GuideRedaction(self.depuis, self.essais, self.attendu)


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or a collectivité d’outre-mer, with what its jours ouvrés depend on (product.md §2)."""

    code: str
    nom: str
    du: str
    """The name after a noun: « des Côtes-d’Armor », « de La Réunion »."""
    fuseau: str
    """IANA time zone."""
    calendrier: str
    """Subdivision for `holidays.France(subdiv=…)`; empty when only the national holidays apply."""


@cache
def organismes() -> tuple[Organisme, ...]:
    """The 31 organismes."""
    return tuple(Organisme(**row) for row in _rows("organismes"))


@cache
def themes() -> tuple[Theme, ...]:
    """The 8 thèmes, in the order they are offered."""
    return tuple(Theme(**row) for row in _rows("themes"))


@cache
def sujets() -> tuple[Sujet, ...]:
    """The standard sujets, grouped by thème in the order of `themes()`, each with its words and its guide."""
    made = (Sujet(**row) for row in _rows("sujets"))
    return tuple(replace(one, **redaction_of(one.code)) for one in made)


def redaction_of(code: str) -> dict[str, Any]:
    """The fields that the project ships for the sujet of this code, none for another one: `mots`, and its guide."""
    guide = redaction.guides().get(code)
    return {} if guide is None else {"mots": redaction.mots()[code], **asdict(guide)}


@cache
def departements() -> tuple[Departement, ...]:
    """The 101 départements and 6 collectivités d’outre-mer, in the order of their codes."""
    return tuple(Departement(**row) for row in _rows("departements"))


def read_conditions() -> str:
    """The conditions every agent accepts, as the project ships them; a line that begins with « ## » is a title."""
    return (_FOLDER / "conditions.txt").read_text(encoding="utf-8")


def organisme(code: str) -> Organisme:
    """The organisme of this code. Raises KeyError."""
    return _organismes_by_code()[code]


def theme(code: str) -> Theme:
    """The thème of this code. Raises KeyError."""
    return _themes_by_code()[code]


def sujet(code: str) -> Sujet:
    """The sujet of this code. Raises KeyError."""
    return _sujets_by_code()[code]


def departement(code: str) -> Departement:
    """The département of this code: "01", "2A", "974", "988". Raises KeyError."""
    return _departements_by_code()[code]


@cache
def _organismes_by_code() -> Mapping[str, Organisme]:
    return {organisme.code: organisme for organisme in organismes()}


@cache
def _themes_by_code() -> Mapping[str, Theme]:
    return {theme.code: theme for theme in themes()}


@cache
def _sujets_by_code() -> Mapping[str, Sujet]:
    return {sujet.code: sujet for sujet in sujets()}


@cache
def _departements_by_code() -> Mapping[str, Departement]:
    return {departement.code: departement for departement in departements()}


def _rows(name: str) -> list[dict[str, Any]]:
    """The tables of `<name>.toml`, their lists made tuples so that rows are immutable and hashable."""
    rows = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))[name]
    return [
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in rows
    ]
