"""What a reader asks of a list: tab, filters, order, page. Pure. What makes no sense is ignored, and never an error."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.mots.folding import fold
from app.domain.regles.statuts import Tour

PAR_PAGE = 25
RECHERCHE_MAX = 200
MOTS_MAX = 8

_NUMERO = re.compile(r"(?:\bn\s?[°o]\s?|#\s?)(?=\d)")


class Tri(StrEnum):
    """The order of a list."""

    URGENTES = "urgentes"
    RECENTES = "recentes"
    ACTIVITE = "activite"


@dataclass(frozen=True)
class Criteres:
    """Everything the address of a list says. Département and organisme are codes, groupe an id."""

    onglet: str = ""
    q: str = ""
    groupe: int | None = None
    departement: str = ""
    organisme: str = ""
    a_qui: str = ""
    is_mienne: bool = False
    is_non_lue: bool = False
    is_urgente: bool = False
    tri: str = ""
    page: int = 1
    depuis: datetime | None = None

    @property
    def is_filtre(self) -> bool:
        """Whether some filter hides demandes; tab, order and page do not."""
        return bool(
            self.q
            or self.groupe
            or self.departement
            or self.organisme
            or self.a_qui
            or self.is_mienne
            or self.is_non_lue
            or self.is_urgente
        )

    @property
    def motifs(self) -> list[str] | None:
        """The patterns of the text filter; None without one."""
        return motifs_of(self.q) or None


def clean_criteres(
    criteres: Criteres, *, onglets: Collection[str], defaut: str, groupes: Collection[int]
) -> Criteres:
    """The criteria as they are understood: an unknown tab is `defaut`, an unknown filter is no filter."""
    return replace(
        criteres,
        onglet=criteres.onglet if criteres.onglet in onglets else defaut,
        q=criteres.q[:RECHERCHE_MAX],
        groupe=criteres.groupe if criteres.groupe in groupes else None,
        a_qui=criteres.a_qui if criteres.a_qui in {Tour.INSTRUCTEUR, Tour.AIDANT} else "",
        tri=criteres.tri if criteres.tri in set(Tri) else "",
        page=max(1, criteres.page),
    )


def enregistrables(criteres: Criteres) -> Criteres:
    """What a saved view keeps of what a list understood: never the words searched, which may name an usager."""
    return replace(criteres, q="", page=1, depuis=None)


def mots_of(q: str) -> list[str]:
    """The folded words to find, without « n° » before a number; at most eight."""
    return list(dict.fromkeys(_NUMERO.sub("", fold(q[:RECHERCHE_MAX])).split()))[:MOTS_MAX]


def motifs_of(q: str) -> list[str]:
    """One LIKE pattern per word: what was typed is text, `%` and `_` included."""
    escaped = (re.sub(r"([\\%_])", r"\\\1", mot) for mot in mots_of(q))
    return [f"%{mot}%" for mot in escaped]


def page_within(page: int, total: int) -> tuple[int, int]:
    """The page shown, and how many there are: a page beyond the last one is the last one."""
    pages = max(1, -(-total // PAR_PAGE))
    return min(max(1, page), pages), pages
