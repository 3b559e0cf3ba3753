"""The file of the referentiel: its content, and the conditions of use that go with it. It leaves and comes back.

Conditions that come are never published with the rest: every agent would have to accept them. Their own page takes the
last ones over, where a day is chosen for them.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.domain.acces.sessions import Signed
from app.domain.administration.conditions import CHANGEMENTS_MAX, TEXTE_MAX, list_conditions
from app.domain.territoire.contenu import Contenu, as_rows, contenu_of, illisible, is_writable, read_rows

CONDITIONS = "conditions"
#: The last ones: a file is read in memory, and an older version is asked of nobody.
CONDITIONS_MAX = 10


@dataclass(frozen=True, slots=True)
class ConditionsPortees:
    """Conditions in a file: the day from which they were asked, what changed, the text."""

    applies_on: str
    changements: str
    texte: str


@dataclass(frozen=True, slots=True)
class FichierReferentiel:
    """What a file says; `conditions` the last first, empty when it says none."""

    contenu: Contenu
    conditions: tuple[ConditionsPortees, ...] = ()


def write_fichier(fichier: FichierReferentiel, *, indent: int | None = 1) -> str:
    """The one text of it: the same content gives the same text."""
    rows: dict[str, Any] = as_rows(fichier.contenu)
    if fichier.conditions:
        rows[CONDITIONS] = [asdict(one) for one in fichier.conditions]
    separators = (",", ":") if indent is None else None
    return json.dumps(rows, ensure_ascii=False, indent=indent, separators=separators) + "\n"


def read_fichier(texte: str) -> FichierReferentiel:
    """What `write_fichier` wrote, or somebody typed in its form. Raises Invalide on `fichier`."""
    rows = read_rows(texte)
    ones = rows.pop(CONDITIONS, []) if isinstance(rows, dict) else []
    if not isinstance(ones, list) or len(ones) > CONDITIONS_MAX:
        raise illisible(
            f"«\u00a0{CONDITIONS}\u00a0» doit être une liste de {CONDITIONS_MAX} versions au plus"
        )
    conditions = sorted(map(_conditions_of, ones), key=lambda one: one.applies_on, reverse=True)
    return FichierReferentiel(contenu_of(rows), tuple(conditions))


def _conditions_of(row: Any) -> ConditionsPortees:
    named = isinstance(row, dict) and set(row) == {"applies_on", "changements", "texte"}
    if not named or not all(type(value) is str and is_writable(value) for value in row.values()):
        raise illisible("une version des conditions n’a pas les champs attendus")
    one = ConditionsPortees(**row)
    try:
        is_day = date.fromisoformat(one.applies_on).isoformat() == one.applies_on
    except ValueError:
        is_day = False
    if not is_day or len(one.texte) > TEXTE_MAX or len(one.changements) > CHANGEMENTS_MAX:
        raise illisible("une version des conditions n’a pas de jour, ou est trop longue")
    return one


async def list_portees(signed: Signed) -> tuple[ConditionsPortees, ...]:
    """The conditions published here, the last first; those the project ships come with it. Raises Refus."""
    published = [one for one in await list_conditions(signed) if one.published_at is not None]
    return tuple(ConditionsPortees(o.version, o.changements, o.texte) for o in published[:CONDITIONS_MAX])


async def find_a_publier(
    signed: Signed, portees: Sequence[ConditionsPortees]
) -> tuple[ConditionsPortees, str] | None:
    """The last conditions of a file and the last version here, unless their text was published here. Raises Refus."""
    if not portees or not portees[0].texte.strip():
        return None
    here = await list_conditions(signed)
    if portees[0].texte.strip() in {one.texte.strip() for one in here}:
        return None
    return portees[0], here[0].version
