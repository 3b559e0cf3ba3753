"""The welcome mail: a new account gets a sign-in link that lives for days, with its code (product §4, §9)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.liens import seal_code
from app.domain.acces.sessions import hash_jeton
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.registre import Fait
from app.settings import get_settings


@dataclass(frozen=True)
class Accueilli:
    """Someone who gets an account."""

    agent: int
    adresse: str


# The links this agent had end: the last mail is the one that works.
KEEP = """
with finis as (
    update liens set expires_at = :now where agent = any(:agents) and used_at is null and expires_at > :now
),
attendus as (update agents set invited_until = :until where id = any(:agents))
insert into liens (agent, jeton, code, navigateur, created_at, expires_at)
select l.agent, l.jeton, l.code, l.navigateur, :now, :until
from unnest(:agents::int[], :jetons::text[], :codes::text[], :navigateurs::text[]) as l (agent, jeton, code, navigateur)
"""

END = (
    "update liens set expires_at = :now where agent = any(:agents) and used_at is null and expires_at > :now"
)


async def welcome(
    fait: Fait, accueillis: Sequence[Accueilli], *, contexte: Mapping[str, Any], now: datetime
) -> None:
    """Send each of them a link and its code, in the current transaction. No browser asked for them, so that the code
    is always needed besides the link.
    """
    days = get_settings().welcome_days
    agents = [who.agent for who in accueillis]
    jetons = [secrets.token_urlsafe(32) for _ in agents]
    codes = [f"{secrets.randbelow(10**6):06}" for _ in agents]
    await database.fetch(
        KEEP,
        agents=agents,
        jetons=[hash_jeton(jeton) for jeton in jetons],
        codes=[seal_code(hash_jeton(jeton), code) for jeton, code in zip(jetons, codes, strict=True)],
        navigateurs=[hash_jeton(secrets.token_urlsafe(32)) for _ in agents],
        now=now,
        until=now + timedelta(days=days),
    )
    plis = [
        Pli(fait.courriel, who.adresse, who.agent, {"jeton": jeton, "code": code})
        for who, jeton, code in zip(accueillis, jetons, codes, strict=True)
    ]
    await post_courriels(plis, contexte={**contexte, "jours": days}, now=now, is_urgent=fait.fiche.is_urgent)


async def end_liens(agents: Sequence[int], now: datetime) -> None:
    """No link sent to these agents opens anything any more."""
    await database.fetch(END, agents=list(agents), now=now)
