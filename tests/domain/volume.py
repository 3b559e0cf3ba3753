"""What the tests of cost share: a base full of other people’s demandes, and the rows a text reads in it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app import database
from tests.cast import CAST

BIG = ("demandes", "sollicitations", "invitations", "messages", "lectures")

# Nine hundred demandes spread over a hundred and fifty agents and groupes: each demande has a part, a message, a
# visit and an invitation.
AGENTS = """
with equipes as (
    insert into groupes (nom, organisme, created_at)
    select 'Foule ' || n, :organisme, :now from generate_series(1, 150) n returning id, nom
),
gens as (
    insert into agents (email, nom, departement, is_expert, created_at)
    select 'foule' || n || '@exemple.fr', 'Foule ' || n, :departement, true, :now from generate_series(1, 150) n
    returning id, nom
)
insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
select g.id, e.id, true, true, true, :now from gens g join equipes e on e.nom = g.nom
"""
DEMANDES = """
with gens as (
    select a.id as agent, m.groupe, row_number() over (order by a.id) as rang
    from agents a join adhesions m on m.agent = a.id where a.nom like 'Foule %'
),
foule as (
    insert into demandes (formulaire, auteur, groupe, departement, titre, repere, sent_at, last_aidant_at,
        last_public_at, last_prive_at)
    select gen_random_uuid(), g.agent, g.groupe, :departement, 'Foule ' || n, 'foule ' || n, :now, :now, :now, :now
    from generate_series(1, 900) n join gens g on g.rang = 1 + n % 150
    returning numero, auteur, groupe
),
parts as (
    insert into sollicitations (demande, groupe, solicited_at, late_at) select numero, groupe, :now, :now from foule
),
fil as (
    insert into messages (demande, cle, auteur, groupe, cote, nature, texte, repere, sent_at)
    select numero, gen_random_uuid(), auteur, groupe, 'aidant', 'reponse', 'Foule', 'foule', :now from foule
),
visites as (
    insert into lectures (demande, agent, first_at, last_at) select numero, auteur, :now, :now from foule
)
insert into invitations (demande, agent, qualite, invited_at) select numero, auteur, 'expert', :now from foule
"""


async def make_foule(now: datetime) -> None:
    """A base where nearly everything is somebody else’s; the planner takes it as too big to be read whole."""
    departement = CAST.departements["974"]
    await database.fetch(AGENTS, organisme=CAST.organismes["caf"], departement=departement, now=now)
    await database.fetch(DEMANDES, departement=departement, now=now)
    for table in (*BIG, "agents", "groupes", "adhesions"):
        await database.fetch(f"analyze {table}")
    for way_of_reading_it_whole in ("seqscan", "hashjoin", "mergejoin"):
        await database.fetch(f"set local enable_{way_of_reading_it_whole} = off")


async def count_rows_read(sql: str, **named: Any) -> int:
    """How many rows of the big tables this text reads, those it then throws away included."""
    return sum(rows for name, rows in await _list_readings(sql, named) if name in BIG)


async def count_rows_read_again(sql: str, **named: Any) -> int:
    """How many rows of what it has already put together this text reads."""
    return sum(rows for name, rows in await _list_readings(sql, named) if not name)


async def _list_readings(sql: str, named: dict[str, Any]) -> list[tuple[str, int]]:
    """Each table read, nameless when the text made it itself, and its rows."""
    [row] = await database.fetch(f"explain (analyze, timing off, format json) {sql}", **named)
    [plan] = json.loads(row[0])
    return list(_readings(plan["Plan"]))


def _readings(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    # What a function that was not inlined reads cannot be seen from here; these two read nothing.
    assert node.get("Function Name", "unnest") in {"unnest", "generate_series"}, node["Function Name"]
    for child in node.get("Plans", ()):
        yield from _readings(child)
    if "Relation Name" in node or "CTE Name" in node:
        each = node["Actual Rows"] + sum(
            node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck")
        )
        yield node.get("Relation Name", ""), int(each * node["Actual Loops"])
