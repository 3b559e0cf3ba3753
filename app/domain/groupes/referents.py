"""Whom to ask nearby: the responsables of the groupes one belongs to."""

from dataclasses import dataclass

from app import database
from app.domain.regles.permissions import Droits

#: A groupe with more of them is named once.
REFERENTS_MAX = 20


@dataclass(frozen=True)
class Referent:
    """A responsable of one’s groupe, with where their card stands."""

    groupe: int
    groupe_nom: str
    agent: int
    nom: str


NEARBY = """
select m.groupe, g.nom as groupe_nom, a.id as agent, trim(a.prenom || ' ' || a.nom) as nom
from membres_actifs m join groupes g on g.id = m.groupe join agents a on a.id = m.agent
where m.groupe = any(:groupes) and m.is_responsable and a.id <> :agent
order by g.nom, a.nom, a.prenom limit :most
"""


async def list_referents(droits: Droits) -> list[Referent]:
    """The responsables this agent may turn to, by groupe; empty for who belongs to none."""
    if not droits.groupes:
        return []
    rows = await database.fetch(NEARBY, groupes=list(droits.groupes), agent=droits.agent, most=REFERENTS_MAX)
    return [Referent(**dict(row)) for row in rows]
