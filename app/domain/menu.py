"""The left menu: where this agent may go, with what waits there."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.permissions import Droits


@dataclass(frozen=True)
class Entree:
    """One link of the menu."""

    libelle: str
    url: str
    compte: int | None = None
    is_current: bool = False


# What waits: open parts of my groupes, and my own open demandes. Both read the living rows only.
WAITING = """
select
    (select count(distinct s.demande) from sollicitations s
     where s.groupe = any($2) and s.closed_at is null and s.traitee_at is null and s.declinee_at is null) as recues,
    (select count(*) from demandes d where d.auteur = $1 and d.closed_at is null) as miennes
"""


async def build_menu(droits: Droits, chemin: str, now: datetime) -> list[Entree]:
    """The links this agent may follow; a count says what is still open there."""
    row = await database.fetch_one(WAITING, droits.agent, list(droits.instructeur))
    assert row is not None
    entries: list[tuple[str, str, int | None]] = []
    if droits.instructeur:
        entries.append(("Demandes reçues", "/demandes/recues", row["recues"]))
    if droits.aidant or row["miennes"]:
        entries.append(("Mes demandes", "/demandes", row["miennes"]))
    if droits.is_expert:
        entries.append(("Demandes suivies", "/demandes/suivies", None))
    entries.append(("Mon profil", "/profil", None))
    return [Entree(libelle, url, compte or None, chemin == url) for libelle, url, compte in entries]
