"""A form that met the end of a session: kept sealed for an hour, for the same agent alone (product §4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app import database, tables
from app.chiffrement import Illisible
from app.domain.faits.scellement import trousseau

LIFE = timedelta(hours=1)
BYTES_MAX = 500_000
CHEMIN_MAX = 500
MOST = 20  # kept for one agent; the oldest go first


@dataclass(frozen=True, repr=False)
class PostScelle:
    """What was being sent, and where. Its repr says nothing: it may end in a log."""

    id: UUID
    chemin: str
    champs: Mapping[str, list[str]]
    has_files: bool
    expires_at: datetime


# An agent that is gone has nothing kept.
SEAL = """
insert into posts_scelles (id, agent, chemin, corps_scelle, created_at, expires_at)
select :cle, id, :chemin, :corps, :now, :expires_at from agents where id = :agent and deactivated_at is null
returning id
"""

KEEP_LAST = """
delete from posts_scelles
where agent = :agent
    and id not in (select id from posts_scelles where agent = :agent order by created_at desc, id limit :most)
"""


async def seal_post(
    agent: int, chemin: str, champs: Mapping[str, list[str]], *, has_files: bool, now: datetime
) -> UUID | None:
    """Keep the text of a form this agent was sending to `chemin`; files are not kept.

    None when it cannot be kept: beyond 500 kB, or nobody to give it back to.
    """
    typed = {nom: valeurs for nom, valeurs in champs.items() if nom not in {"csrf", "reprise"}}
    corps = json.dumps({"champs": typed, "has_files": has_files}, ensure_ascii=False)
    if len(corps.encode()) > BYTES_MAX or len(chemin) > CHEMIN_MAX:
        return None
    key = uuid4()
    async with database.transaction():
        kept = await database.fetch_one(
            SEAL,
            cle=key,
            agent=agent,
            chemin=chemin,
            corps=trousseau().seal_text(corps, f"post_scelle:{key}"),
            now=now,
            expires_at=now + LIFE,
        )
        await database.fetch(KEEP_LAST, agent=agent, most=MOST)
    return key if kept else None


async def find_post(agent: int, cle: UUID, now: datetime) -> PostScelle | None:
    """What this agent was sending; None for anybody else, and after its hour."""
    table = tables.PostsScelles
    row = await table.objects().get((table.id == cle) & (table.agent == agent) & (table.expires_at > now))
    if row is None:
        return None
    try:
        corps: dict[str, Any] = json.loads(trousseau().open_text(row.corps_scelle, f"post_scelle:{row.id}"))
    except Illisible:
        return None
    return PostScelle(row.id, row.chemin, corps["champs"], corps["has_files"], row.expires_at)


async def erase_post(agent: int, cle: UUID) -> None:
    """Forget it, once sent again or given up."""
    await tables.PostsScelles.delete().where(
        tables.PostsScelles.id == cle, tables.PostsScelles.agent == agent
    )
