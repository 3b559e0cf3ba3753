"""The SQL twin of `permissions.can_read_demande`: what lists, counters and search start from.

A test holds it equal to the law for the whole cast (house §4).
"""

from typing import Any

from app.domain.regles.permissions import Droits

# $1 agent, $2 groupes where instructeur, $3 is_expert. Each branch starts from an index of the agent's own load.
VISIBLE = """
    select numero from demandes where auteur = $1
    union select demande from invitations where agent = $1 and qualite = 'collegue'
    union select demande from invitations where agent = $1 and qualite = 'instructeur' and $2::integer[] <> '{}'
    union select demande from sollicitations where groupe = any($2)
    union select i.demande from invitations i join demandes e on e.numero = i.demande
        where i.agent = $1 and i.qualite = 'expert' and $3 and e.closed_at is null
"""


def visible_demandes(droits: Droits) -> tuple[str, list[Any]]:
    """A SQL text giving the numbers of every demande this agent may read, and its parameters $1 to $3."""
    return VISIBLE, [droits.agent, list(droits.instructeur), droits.is_expert]
