"""What hides demandes in a list, one by one, each with the address where it hides nothing any more. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from app.domain.listes.boites import Liste
from app.domain.listes.criteres import Criteres
from app.domain.mots.dates import NBSP
from app.routes.demandes.vues import Vue


@dataclass(frozen=True)
class Filtre:
    """A filter of the address in words, and the address without it."""

    id: str
    libelle: str
    url: str


NEUTRES = {field.name: field.default for field in fields(Criteres)}


def list_filtres(
    vue: Vue, liste: Liste, groupes: list[tuple[int, str]], url_of: Callable[..., str]
) -> list[Filtre]:
    """Every filter that is applied, in the order of the form."""
    c = liste.criteres
    words = {
        "q": f"«{NBSP}{c.q}{NBSP}»" if c.q else "",
        "a_qui": dict(vue.tours).get(c.a_qui, ""),
        "is_non_lue": "Non lues" if c.is_non_lue else "",
        "is_urgente": "Urgentes" if c.is_urgente else "",
        "is_mienne": vue.mienne if c.is_mienne else "",
        "groupe": dict(groupes).get(c.groupe or 0, ""),
        "organisme": dict(liste.choix["organisme"]).get(c.organisme, ""),
        "departement": dict(liste.choix["departement"]).get(c.departement, ""),
    }
    applied = [(nom, libelle) for nom, libelle in words.items() if libelle]
    # By its rank: the one that follows takes the place, and the focus, of the one that is removed.
    return [
        Filtre(f"demandes-filtre-{rang}", libelle, url_of(**{nom: NEUTRES[nom]}))
        for rang, (nom, libelle) in enumerate(applied, start=1)
    ]
