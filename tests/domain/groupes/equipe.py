"""What the tests of groupes share: the groupe as a page loads it, people hired, sessions counted."""

from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.groupes import groupe as groupes
from app.domain.groupes.departs import Acte
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import get_compte
from app.domain.groupes.retraits import leave, preview_depart
from app.domain.regles.roles import Role, Roles
from tests.cast import CAST
from tests.domain.scene import signed_as


async def groupe_of(signed: Signed, groupe: int) -> Groupe:
    """The groupe, as this agent's page loads it."""
    return await groupes.get_groupe(signed.droits, groupe)


async def hire(prenom: str, groupe: int, now: datetime, *roles: Role) -> int:
    """One more person, in one groupe; returns the agent."""
    row = await database.fetch_one(
        """
        with a as (
            insert into agents (email, prenom, nom, departement, cgu_version, cgu_accepted_at, created_at, last_seen_at)
            select :email, :prenom, 'Le Bihan', departement, cgu_version, cgu_accepted_at, :now, :now
            from agents where id = :like returning id)
        insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
        select id, :groupe, :aidant, :instructeur, :responsable, :now from a returning agent
        """,
        email=f"{prenom.lower()}@exemple.fr",
        prenom=prenom,
        like=CAST.aida,
        groupe=groupe,
        aidant=Role.AIDANT in roles,
        instructeur=Role.INSTRUCTEUR in roles,
        responsable=Role.RESPONSABLE in roles,
        now=now,
    )
    assert row is not None
    return int(row["agent"])


async def join(agent: int, groupe: int, now: datetime, *roles: Role) -> None:
    """One more membership for somebody."""
    await database.fetch(
        """
        insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
        values (:agent, :groupe, :aidant, :instructeur, :responsable, :now)
        """,
        agent=agent,
        groupe=groupe,
        aidant=Role.AIDANT in roles,
        instructeur=Role.INSTRUCTEUR in roles,
        responsable=Role.RESPONSABLE in roles,
        now=now,
    )


async def roles_in(agent: int, groupe: int) -> Roles | None:
    """The roles somebody holds there; None for who is no member."""
    compte = await get_compte(agent)
    poste = compte.poste_of(groupe)
    return poste.roles if poste else None


async def go(
    by: int,
    agent: int,
    groupe: int,
    now: datetime,
    *,
    acte: Acte = Acte.RETIRER,
    choix: dict[int, int] | None = None,
    motif: str = "",
) -> None:
    """Somebody takes somebody out, having seen the page."""
    signed = await signed_as(by, now)
    loaded = await groupe_of(signed, groupe)
    plan = await preview_depart(signed.droits, loaded, await get_compte(agent), acte)
    await leave(signed, loaded, agent, acte, choix=choix or {}, vu=plan.empreinte, motif=motif, now=now)


async def column(sql: str, **named: object) -> list[object]:
    """The first column of a query."""
    return [row[0] for row in await database.fetch(sql, **named)]
