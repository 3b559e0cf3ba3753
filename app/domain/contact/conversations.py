"""One conversation as its reader sees it: its author, by their account or by the link of their mail, or the team."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.sessions import Signed, hash_jeton
from app.domain.faits.scellement import trousseau
from app.domain.regles.errors import Introuvable
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_administer, require

MIENNES_MAX = 20
LISTE_MAX = 200
PAROLES_MAX = 100


class SujetContact(MotFerme):
    """What it is about; its row is how it is asked and said. The value is kept in `conversations`."""

    fiche: str

    CONNEXION = "connexion", "Je n’arrive pas à me connecter"
    COMPTE = "compte", "Mon compte, mon groupe, mes rôles"
    DEMANDE = "demande", "Une demande en cours, par son numéro"
    DONNEES = "donnees", "Mes données personnelles"
    IDEE = "idee", "Une idée, un défaut du site"
    AUTRE = "autre", "Autre chose"


@dataclass(frozen=True)
class Parole:
    """One message. `auteur` is the name of who of the team wrote, or nothing."""

    id: int
    texte: str
    is_equipe: bool
    auteur: str
    created_at: datetime


@dataclass(frozen=True)
class EnTete:
    """A conversation in a list. `qui` is its author: a name and groupes, or the address a stranger typed."""

    id: int
    sujet: SujetContact
    qui: str
    agent: int | None
    groupes: str
    created_at: datetime
    last_at: datetime
    attend_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Conversation:
    """A whole conversation. `vu` is the last message of it: an act says which one its page had shown."""

    entete: EnTete
    paroles: list[Parole]

    @property
    def vu(self) -> int:
        return self.paroles[-1].id if self.paroles else 0

    @property
    def marque(self) -> str:
        """What is on screen: another one has something to show."""
        return f"{self.vu}-close" if self.entete.closed_at else str(self.vu)


FACTS = """
select c.id, c.sujet, c.agent, c.jeton, c.visiteur_scelle, c.created_at, c.last_at, c.attend_at, c.closed_at,
    coalesce(trim(a.prenom || ' ' || a.nom), '') as nom,
    coalesce((select string_agg(g.nom, ', ' order by g.nom) from adhesions m join groupes g on g.id = m.groupe
        where m.agent = c.agent), '') as groupes
from conversations c left join agents a on a.id = c.agent
"""
OF_AGENT = f"{FACTS} where c.agent = :agent order by c.last_at desc, c.id desc limit :most"
ALL = f"{FACTS} order by c.attend_at is null, c.attend_at, c.last_at desc, c.id desc limit :most"
ONE = f"{FACTS} where c.id = :conversation"
BY_JETON = f"{FACTS} where c.jeton = :jeton"
PAROLES = """
select p.id, p.cle, p.texte_scelle, p.is_equipe, p.created_at,
    coalesce(trim(a.prenom || ' ' || a.nom), '') as auteur
from paroles p left join agents a on a.id = p.agent and p.is_equipe
where p.conversation = :conversation order by p.id limit :most
"""


async def list_mine(signed: Signed) -> list[EnTete]:
    """What this agent wrote to the team, the last conversation first."""
    rows = await database.fetch(OF_AGENT, agent=signed.droits.agent, most=MIENNES_MAX)
    return [_entete_of(row) for row in rows]


async def list_conversations(signed: Signed) -> list[EnTete]:
    """For the team: those that wait first, the oldest first. Raises Refus."""
    require(can_administer(signed.droits))
    return [_entete_of(row) for row in await database.fetch(ALL, most=LISTE_MAX)]


async def get_mine(signed: Signed, conversation: int) -> Conversation:
    """One of this agent’s own. Raises Introuvable, for everybody else too."""
    row = await database.fetch_one(ONE, conversation=conversation)
    if row is None or row["agent"] != signed.droits.agent:
        raise Introuvable
    return await _whole(row)


async def get_by_jeton(jeton: str) -> Conversation:
    """The one whose mail holds this link. Raises Introuvable."""
    row = await database.fetch_one(BY_JETON, jeton=hash_jeton(jeton))
    if row is None:
        raise Introuvable
    return await _whole(row)


async def get_conversation(signed: Signed, conversation: int) -> Conversation:
    """Any of them, for the team. Raises Introuvable, to everybody else too."""
    row = await database.fetch_one(ONE, conversation=conversation) if can_administer(signed.droits) else None
    if row is None:
        raise Introuvable
    return await _whole(row)


def open_visiteur(jeton: str, scelle: bytes) -> dict[str, str]:
    """The `adresse` and the `lien` of a stranger, sealed with their conversation. Raises Illisible."""
    said: dict[str, str] = json.loads(trousseau().open_text(scelle, f"conversation:{jeton}"))
    return said


async def _whole(row: Any) -> Conversation:
    paroles: Sequence[Any] = await database.fetch(PAROLES, conversation=row["id"], most=PAROLES_MAX)
    return Conversation(
        entete=_entete_of(row),
        paroles=[
            Parole(
                id=one["id"],
                texte=trousseau().open_text(one["texte_scelle"], f"parole:{one['cle']}"),
                is_equipe=one["is_equipe"],
                auteur=one["auteur"],
                created_at=one["created_at"],
            )
            for one in paroles
        ],
    )


def _entete_of(row: Any) -> EnTete:
    is_stranger = row["agent"] is None
    return EnTete(
        id=row["id"],
        sujet=SujetContact(row["sujet"]),
        qui=open_visiteur(row["jeton"], row["visiteur_scelle"])["adresse"] if is_stranger else row["nom"],
        agent=row["agent"],
        groupes=row["groupes"],
        created_at=row["created_at"],
        last_at=row["last_at"],
        attend_at=row["attend_at"],
        closed_at=row["closed_at"],
    )
