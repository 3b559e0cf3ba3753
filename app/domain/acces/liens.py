"""Asking to sign in: a mail with a link and a code (product §4, quality S4).

Asking does the same work for a known, an unknown and a disabled address: the same statements, the same answer.
Nothing of a link is kept but hashes.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from app import database
from app.domain.acces import tentatives
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.sessions import hash_jeton
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.mots import adresses
from app.domain.regles.errors import Invalide
from app.settings import get_settings

LINKS_ALIVE = 3

# Always one row: an unknown address borrows an agent for the time of a link that is not kept.
WHOSE = """
select a.id, a.deactivated_at is null as is_active, (select min(id) from agents) as anyone
from (select :email::text as email) as asked left join agents a on a.email = asked.email
"""

# A base without any agent has nobody to borrow: no row is written then.
KEEP_LIEN = """
insert into liens (agent, jeton, code, navigateur, destination, is_durable, created_at, expires_at)
select id, :jeton, :code, :navigateur, :destination, :is_durable, :now, :expires_at from agents where id = :agent
"""

# Among those of the same browser: whoever asks for somebody else’s address does not end the link they are waiting for.
END_OLDER = """
update liens set expires_at = :now
where agent = :agent and navigateur = :navigateur and used_at is null and expires_at > :now
    and id not in (select id from liens where agent = :agent and navigateur = :navigateur
        order by created_at desc, id desc limit :most)
"""


class _Undone(Exception):
    """Undoes what was written for nobody."""


async def ask_connexion(
    email: str, *, destination: str, is_durable: bool, navigateur: Navigateur, now: datetime
) -> str:
    """Send a link and a code to this address, if an active agent has it; an unknown one is told so once a day.

    Returns the address as understood. Raises Invalide for what is not an address, TropDeDemandes beyond the rates
    of product §4; neither depends on who has an account.
    """
    adresse = read_adresse(email)
    minutes = get_settings().link_minutes
    jeton, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    async with database.transaction():
        await tentatives.hold_adresse(adresse)
        asks = await tentatives.read_asks(adresse, navigateur, now)
        tentatives.check_asks(asks, navigateur, now)
        [agent] = await database.fetch(WHOSE, email=adresse)
        is_known = agent["id"] is not None and agent["is_active"]
        is_told = agent["id"] is None and not asks.is_told
        await tentatives.count_ask(adresse, navigateur, is_told=is_told, now=now)
        # Everything is written for everyone, then undone for who gets none: the time spent says nothing.
        async with _kept(is_known):
            whose = agent["id"] if is_known else agent["anyone"]
            await database.fetch(
                KEEP_LIEN,
                agent=whose,
                jeton=hash_jeton(jeton),
                code=seal_code(hash_jeton(jeton), code),
                navigateur=hash_jeton(navigateur.nom),
                destination=destination,
                is_durable=is_durable,
                now=now,
                expires_at=now + timedelta(minutes=minutes),
            )
            await database.fetch(
                END_OLDER, agent=whose, navigateur=hash_jeton(navigateur.nom), now=now, most=LINKS_ALIVE
            )
        async with _kept(is_known or is_told):
            fait = Fait.CONNEXION_DEMANDEE if is_known else Fait.CONNEXION_INCONNUE
            await post_courriels(
                [Pli(fait.courriel, adresse, agent["id"])],
                contexte={"jeton": jeton, "code": code, "minutes": minutes}
                if is_known
                else {"adresse": adresse},
                now=now,
                is_urgent=fait.fiche.is_urgent,
            )
        await _journal_ask(agent["id"], is_known=is_known, now=now)
    return adresse


async def wait_before_asking(adresse: str, navigateur: Navigateur, now: datetime) -> int:
    """Seconds before `ask_connexion` would send another mail to this address; the same whether it is known or not."""
    return tentatives.wait_before_next(await tentatives.read_asks(adresse, navigateur, now), now)


ALIVE = "select from liens where jeton = :jeton and used_at is null and expires_at > :now"


async def is_alive(jeton: str, now: datetime) -> bool:
    """Whether this link still opens something."""
    return await database.fetch_one(ALIVE, jeton=hash_jeton(jeton), now=now) is not None


def read_adresse(texte: str) -> str:
    """The address typed, in lower case. Raises Invalide."""
    if not texte.strip():
        raise Invalide({"email": "Saisissez votre adresse e-mail professionnelle."})
    adresse = adresses.read_adresse(texte)
    if adresse is None:
        raise Invalide({"email": adresses.say_fault(texte)})
    return adresse


def seal_code(hashed_jeton: str, code: str) -> str:
    """What is kept of a code: a keyed hash that fits its own link only."""
    return empreinte("code", hashed_jeton, code)


@asynccontextmanager
async def _kept(is_kept: bool) -> AsyncIterator[None]:
    """What is done inside is done in any case, then undone when it is not to be kept."""
    with suppress(_Undone):
        async with database.transaction():
            yield
            if not is_kept:
                raise _Undone


async def _journal_ask(agent: int | None, *, is_known: bool, now: datetime) -> None:
    if agent is None:
        await happened(Fait.CONNEXION_INCONNUE, now=now)
    elif is_known:
        await happened(Fait.CONNEXION_DEMANDEE, agent=agent, now=now)
    else:
        await happened(Fait.CONNEXION_REFUSEE, agent=agent, details={"raison": "desactive"}, now=now)
