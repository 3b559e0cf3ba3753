"""The left menu: where this agent may go, with what waits there."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.regles.permissions import Droits, can_create_demande


@dataclass(frozen=True)
class Entree:
    """One link of the menu."""

    libelle: str
    url: str
    compte: int | None = None
    is_current: bool = False


# What waits, from the living rows only: the « En cours » of Demandes reçues, my open demandes, the ones I follow as
# an expert. Lighter than the lists, and held equal to their tabs by tests/domain/listes/test_listes.py.
WAITING = """
select
    (select count(*) from (
        select demande from sollicitations
        where groupe = any($2) and closed_at is null and traitee_at is null and declinee_at is null
        union
        select i.demande from invitations i
        where i.agent = $1 and i.qualite = 'instructeur' and $2::integer[] <> '{}'
            and not exists (select 1 from sollicitations s where s.demande = i.demande and s.groupe = any($2))
            and exists (select 1 from sollicitations s where s.demande = i.demande and s.closed_at is null
                and s.traitee_at is null and s.declinee_at is null)
    ) ouvertes) as recues,
    (select count(*) from (
        select numero from demandes where auteur = $1 and closed_at is null
        union
        select i.demande from invitations i join demandes d on d.numero = i.demande
        where i.agent = $1 and i.qualite = 'collegue' and d.closed_at is null
    ) ouvertes) as miennes,
    (select count(*) from invitations i join demandes d on d.numero = i.demande
     where i.agent = $1 and i.qualite = 'expert' and d.closed_at is null) as suivies
"""


async def build_menu(droits: Droits, chemin: str, now: datetime) -> list[Entree]:
    """The links this agent may follow; a count says what is still open there."""
    row = await database.fetch_one(WAITING, droits.agent, list(droits.instructeur))
    assert row is not None
    entries: list[tuple[str, str, int | None]] = []
    if droits.instructeur or row["recues"]:
        entries.append(("Demandes reçues", "/demandes/recues", row["recues"]))
    if can_create_demande(droits) or row["miennes"]:
        entries.append(("Mes demandes", "/demandes", row["miennes"]))
    if droits.is_expert:
        entries.append(("Demandes suivies", "/demandes/suivies", row["suivies"]))
    entries.append(("Mon profil", "/profil", None))
    return [Entree(libelle, url, compte or None, chemin == url) for libelle, url, compte in entries]
