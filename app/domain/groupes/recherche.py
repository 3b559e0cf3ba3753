"""The groupes and the agents that somebody who reads no content may find by name (product §3, §6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app import database
from app.domain.regles.permissions import Droits, can_see_deployment_of, can_see_groupe

#: Whoever finds more types one word more.
TROUVES_MAX = 25


@dataclass(frozen=True)
class GroupeTrouve:
    """A groupe by its name or its organisme. `departement`: where a pilote, who does not see it, looks at it."""

    id: int
    nom: str
    organisme: str
    is_active: bool
    is_ouvert: bool
    departement: int | None


@dataclass(frozen=True)
class AgentTrouve:
    """A member, with the groupe where their account is looked at."""

    id: int
    nom: str
    fonction: str
    groupe: int
    groupe_nom: str
    is_active: bool


GROUPES = """
select g.id, g.nom, g.organisme as organisme_id, o.nom as organisme, o.is_aidant,
    g.deactivated_at is null as is_active,
    array(select c.departement from couvertures c where c.groupe = g.id order by c.departement) as departements
from groupes g join organismes o on o.id = g.organisme
where (:is_tout::boolean or g.id = any (:groupes::int[]))
    and plier(g.nom || ' ' || o.sigle || ' ' || o.nom) like all (:motifs::text[])
order by g.deactivated_at is not null, g.nom
"""
AGENTS = """
with trouves as (
    select a.id, trim(a.prenom || ' ' || a.nom) as nom, a.fonction, a.deactivated_at is null as is_active,
        (select min(m.groupe) from adhesions_vivantes m
         where m.agent = a.id and (:is_tout::boolean or m.groupe = any (:groupes::int[]))) as groupe
    from agents a
    where (:is_tout or a.id in (select m.agent from adhesions m where m.groupe = any (:groupes)))
        and plier(a.prenom || ' ' || a.nom) like all (:motifs::text[])
)
select t.*, g.nom as groupe_nom from trouves t join groupes g on g.id = t.groupe
order by not t.is_active, t.nom, t.id limit :most
"""


async def find_groupes(droits: Droits, motifs: Sequence[str]) -> list[GroupeTrouve]:
    """By name and organisme: those whose page this reader opens, and those of a pilote’s scope."""
    if not (motifs and reads_no_content(droits)):
        return []
    is_tout = droits.is_administrateur or bool(droits.perimetres)
    found = []
    for row in await database.fetch(
        GROUPES, motifs=list(motifs), is_tout=is_tout, groupes=list(droits.groupes)
    ):
        seen = [
            d
            for d in row["departements"]
            if not row["is_aidant"] and can_see_deployment_of(droits, row["organisme_id"], d)
        ]
        is_ouvert = can_see_groupe(droits, row["id"])
        if is_ouvert or (seen and row["is_active"]):
            found.append(
                GroupeTrouve(
                    row["id"],
                    row["nom"],
                    row["organisme"],
                    is_active=row["is_active"],
                    is_ouvert=is_ouvert,
                    departement=seen[0] if seen else None,
                )
            )
    return found[:TROUVES_MAX]


async def find_agents(droits: Droits, motifs: Sequence[str]) -> list[AgentTrouve]:
    """By name: the members of the groupes whose page this reader opens."""
    if not (motifs and (droits.responsable or droits.is_administrateur)):
        return []
    rows = await database.fetch(
        AGENTS,
        motifs=list(motifs),
        is_tout=droits.is_administrateur,
        groupes=list(droits.groupes),
        most=TROUVES_MAX,
    )
    return [AgentTrouve(**dict(row)) for row in rows]


def reads_no_content(droits: Droits) -> bool:
    """Whether some of what this agent follows is followed without being read."""
    return bool(droits.responsable or droits.perimetres or droits.is_administrateur)
