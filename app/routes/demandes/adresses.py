"""The address of a list says everything it shows: read it, write it, keep it across tabs and pages. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.domain.listes.criteres import Criteres
from app.formulaire import NUMERO_MAX, Formulaire, as_id

# An instant (in milliseconds) outside these bounds comes from no page of this site, and is ignored.
EARLIEST, LATEST = 1_500_000_000_000, 4_000_000_000_000


def read_criteres(query: Formulaire) -> Criteres:
    """What the address asks; the list decides what it understands."""
    return Criteres(
        onglet=query.texte("onglet"),
        q=query.texte("q"),
        groupe=query.identifiant("groupe"),
        departement=query.texte("departement"),
        organisme=query.texte("organisme"),
        a_qui=query.texte("a_qui"),
        is_mienne=query.is_checked("miennes"),
        is_non_lue=query.is_checked("non_lues"),
        is_urgente=query.is_checked("urgentes"),
        tri=query.texte("tri"),
        page=query.page(),
        depuis=_read_depuis(query),
    )


def write_adresse(chemin: str, criteres: Criteres, *, is_live: bool = True, **changes: Any) -> str:
    """The address of this list with these changes; a change of anything but the page goes back to page 1."""
    if set(changes) - {"page"}:
        changes = {"page": 1, **changes}
    asked = replace(criteres, **changes)
    pairs = {
        "onglet": asked.onglet,
        "q": asked.q,
        "groupe": asked.groupe,
        "departement": asked.departement,
        "organisme": asked.organisme,
        "a_qui": asked.a_qui,
        "miennes": 1 if asked.is_mienne else None,
        "non_lues": 1 if asked.is_non_lue else None,
        "urgentes": 1 if asked.is_urgente else None,
        "tri": asked.tri,
        "page": asked.page if asked.page > 1 else None,
        "actualisation": None if is_live else "non",
    }
    return f"{chemin}?{urlencode({nom: valeur for nom, valeur in pairs.items() if valeur})}"


def without_filters(criteres: Criteres) -> Criteres:
    """The same tab in the same order, nothing hidden."""
    return Criteres(onglet=criteres.onglet, tri=criteres.tri)


def write_depuis(now: datetime) -> int:
    """Now, in milliseconds: what a refresh compares with."""
    return int(now.timestamp() * 1000)


def _read_depuis(query: Formulaire) -> datetime | None:
    instant = as_id(query.texte("depuis"), NUMERO_MAX)
    if instant is None or not EARLIEST < instant < LATEST:
        return None
    return datetime.fromtimestamp(instant / 1000, UTC)
