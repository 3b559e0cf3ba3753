"""Signing in by mail: ask for a link, then open it or type its code, once (product §4, quality S4).

Asking does the same work for a known, an unknown and a disabled address: the same statements, the same answer.
Nothing of a link is kept but hashes. A wrong code is counted before anything is said.
"""

import hmac
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from app import database
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.sessions import hash_jeton, open_session
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.mots import adresses
from app.domain.regles.errors import Conflit, Invalide, TropDeDemandes
from app.settings import get_settings

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BETWEEN = timedelta(seconds=60)
MAILS_PER_ADDRESS = 5
MAILS_PER_NETWORK = 300
# Six digits are few: a network may not try them at will over many addresses.
WRONG_CODES_PER_NETWORK = 50
WRONG_CODES_PER_LINK = 5
LINKS_ALIVE = 3

CODE_FAUX = (
    "Ce code n’est pas le bon, ou n’est plus valable. Vérifiez-le sur le dernier courriel reçu ; "
    "après cinq codes faux, il faut demander un nouveau courriel."
)


@dataclass(frozen=True)
class Lien:
    """A link as its page shows it. `is_here`: this browser asked for it, so the button alone is enough."""

    agent: int
    email: str
    destination: str
    is_durable: bool
    is_alive: bool
    is_here: bool


@dataclass(frozen=True)
class Ouverture:
    """A session just opened: its token goes to the browser and nowhere else."""

    agent: int
    jeton: str
    is_durable: bool
    destination: str


class _Undone(Exception):
    """Undoes what was written for nobody."""


# --- Asking -----------------------------------------------------------------------------------------------------

HOLD = "select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as is_held"

COUNTS = """
select count(*) filter (where nature = 'adresse') as for_address,
    max(at) filter (where nature = 'adresse') as last_at,
    min(at) filter (where nature = 'adresse') as first_at,
    count(*) filter (where nature = 'reseau') as from_network,
    count(*) filter (where nature = 'inconnue') as told
from tentatives
where (nature = 'adresse' and empreinte = $1 and at > $3) or (nature = 'reseau' and empreinte = $2 and at > $3)
    or (nature = 'inconnue' and empreinte = $1 and at > $4)
"""

COUNT = """
insert into tentatives (nature, empreinte, at)
select nature, empreinte, $3 from unnest($1::text[], $2::text[]) as asked (nature, empreinte)
"""

# Always one row: an unknown address borrows an agent for the time of a link that is not kept.
WHOSE = """
select a.id, a.deactivated_at is null as is_active, (select min(id) from agents) as anyone
from (select $1::text as email) as asked left join agents a on a.email = asked.email
"""

KEEP_LIEN = """
insert into liens (agent, jeton, code, navigateur, destination, is_durable, created_at, expires_at)
select id, $2, $3, $4, $5, $6, $7, $8 from agents where id = $1
"""

END_OLDER = """
update liens set expires_at = $2
where agent = $1 and used_at is null and expires_at > $2
    and id not in (select id from liens where agent = $1 order by created_at desc, id desc limit $3)
"""


async def ask_connexion(
    email: str, *, destination: str, is_durable: bool, navigateur: Navigateur, now: datetime
) -> str:
    """Send a link and a code to this address, if an active agent has it; an unknown one is told so once a day.

    Returns the address as understood. Raises Invalide for what is not an address, TropDeDemandes beyond the rates
    of product §4; neither depends on who has an account.
    """
    adresse = read_adresse(email)
    by_address, by_network = empreinte("adresse", adresse), empreinte("reseau", navigateur.reseau)
    minutes = get_settings().link_minutes
    jeton, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    async with database.transaction():
        # One ask at a time for an address: the rates and the three links count right. The others do not wait: a crowd
        # of them would hold every connection of the site.
        held = await database.fetch_one(HOLD, by_address)
        if held is None or not held["is_held"]:
            raise _too_soon(BETWEEN)
        counts = await database.fetch_one(COUNTS, by_address, by_network, now - HOUR, now - DAY)
        assert counts is not None
        _check_rates(counts, now)
        agent = await database.fetch_one(WHOSE, adresse)
        assert agent is not None
        is_known = agent["id"] is not None and agent["is_active"]
        is_told = agent["id"] is None and not counts["told"]
        natures = ["adresse", "reseau", *(["inconnue"] if is_told else [])]
        await database.fetch(COUNT, natures, [by_address, by_network, by_address][: len(natures)], now)
        # Everything is written for everyone, then undone for who gets none: the time spent says nothing.
        async with _kept(is_known):
            whose = agent["id"] if is_known else agent["anyone"]
            await database.fetch(
                KEEP_LIEN,
                *(whose, hash_jeton(jeton), _seal_code(hash_jeton(jeton), code), hash_jeton(navigateur.nom)),
                *(destination, is_durable, now, now + timedelta(minutes=minutes)),
            )
            await database.fetch(END_OLDER, whose, now, LINKS_ALIVE)
        async with _kept(is_known or is_told):
            fait = Fait.CONNEXION_DEMANDEE if is_known else Fait.CONNEXION_INCONNUE
            await post_courriels(
                [Pli(fait.courriel, adresse, agent["id"])],
                contexte={"jeton": jeton, "code": code, "minutes": minutes}
                if is_known
                else {"adresse": adresse},
                now=now,
                is_urgent=fait.recit.is_urgent,
            )
        await _journal_ask(agent["id"], is_known=is_known, now=now)
    return adresse


def read_adresse(texte: str) -> str:
    """The address typed, in lower case. Raises Invalide."""
    if not texte.strip():
        raise Invalide({"email": "Saisissez votre adresse e-mail professionnelle."})
    adresse = adresses.read_adresse(texte)
    if adresse is None:
        raise Invalide(
            {"email": "Cette adresse n’est pas complète. Elle a la forme prenom.nom@structure.fr."}
        )
    return adresse


def wait_before_next(asked_at: datetime, now: datetime) -> int:
    """Seconds before another mail may be asked for the same address."""
    return max(0, ceil((asked_at + BETWEEN - now).total_seconds()))


def _check_rates(counts: Any, now: datetime) -> None:
    if counts["last_at"] and (seconds := wait_before_next(counts["last_at"], now)):
        raise _too_soon(timedelta(seconds=seconds))
    if counts["for_address"] >= MAILS_PER_ADDRESS:
        minutes = ceil((counts["first_at"] + HOUR - now) / timedelta(minutes=1))
        left = "une minute" if minutes <= 1 else f"{minutes} minutes"
        raise TropDeDemandes(
            "Cinq courriels ont déjà été demandés pour cette adresse en une heure. "
            f"Utilisez le dernier reçu, ou réessayez dans {left}."
        )
    if counts["from_network"] >= MAILS_PER_NETWORK:
        raise TropDeDemandes(
            "Trop de courriels ont été demandés depuis votre réseau en une heure. Réessayez un peu plus tard."
        )


def _too_soon(left: timedelta) -> TropDeDemandes:
    seconds = ceil(left.total_seconds())
    words = "une seconde" if seconds == 1 else f"{seconds} secondes"
    return TropDeDemandes(f"Un courriel vient d’être demandé pour cette adresse. Attendez encore {words}.")


@asynccontextmanager
async def _kept(is_kept: bool) -> AsyncIterator[None]:
    """What is done inside, done all the same and undone when it is not to be kept."""
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


# --- Opening ----------------------------------------------------------------------------------------------------

FIND = """
select l.agent, l.destination, l.is_durable, l.navigateur, a.email,
    l.used_at is null and l.expires_at > $2 and l.wrong_codes < $3 and a.deactivated_at is null as is_alive
from liens l join agents a on a.id = l.agent where l.jeton = $1
"""

# Locked until the answer is given: five codes sent at once are five codes, fifty clicks are one.
LOCK = """
select l.id, l.agent, l.jeton, l.code, l.navigateur from liens l join agents a on a.id = l.agent
where {which} and l.used_at is null and l.expires_at > $2 and l.wrong_codes < $3 and a.deactivated_at is null
order by l.id for update of l
"""
LOCK_LIEN = LOCK.format(which="l.jeton = $1")
LOCK_HERE = LOCK.format(which="a.email = $1 and l.navigateur = $4")

SPEND = """
update liens set used_at = $2 where id = $1 and used_at is null returning agent, destination, is_durable
"""


async def find_lien(jeton: str, navigateur: Navigateur, now: datetime) -> Lien | None:
    """What the page of a link shows; consumes nothing. None when there never was one, or long ago."""
    row = await database.fetch_one(FIND, hash_jeton(jeton), now, WRONG_CODES_PER_LINK)
    if row is None:
        return None
    return Lien(
        agent=row["agent"],
        email=row["email"],
        destination=row["destination"],
        is_durable=row["is_durable"],
        is_alive=row["is_alive"],
        is_here=hmac.compare_digest(row["navigateur"], hash_jeton(navigateur.nom)),
    )


async def sign_in_by_lien(
    jeton: str, *, code: str, is_durable: bool, navigateur: Navigateur, now: datetime
) -> Ouverture:
    """Spend a link. From another browser than the one that asked, its code is needed, and `is_durable` is chosen
    again: the choice was made for another computer.

    Raises Conflit when the link is used, expired or dead, Invalide for a wrong code, TropDeDemandes.
    """
    digits = _read_digits(code)
    async with database.transaction():
        liens = await database.fetch(LOCK_LIEN, hash_jeton(jeton), now, WRONG_CODES_PER_LINK)
        is_here = bool(liens) and liens[0]["navigateur"] == hash_jeton(navigateur.nom)
        if liens and not is_here:
            await _check_wrong_codes(navigateur, now)
        right = liens if is_here else _matching(liens, digits)
        if right:
            return await _open(right[0]["id"], None if is_here else is_durable, navigateur, now)
        if not liens:
            await _journal_dead(jeton, now)
        elif digits:
            await _count_wrong_code(liens, navigateur, now)
    if not liens:
        raise Conflit("Ce lien de connexion a déjà servi ou n’est plus valable.")
    raise Invalide({"code": CODE_FAUX if digits else "Saisissez les six chiffres du courriel."})


async def sign_in_by_code(email: str, *, code: str, navigateur: Navigateur, now: datetime) -> Ouverture:
    """Sign in without the link, by the code typed in the browser that asked for this address.

    Raises Invalide, with the same words whether the address is unknown, the code wrong, spent or dead, and
    TropDeDemandes.
    """
    digits = _read_digits(code)
    if not digits:
        raise Invalide({"code": "Saisissez les six chiffres du courriel."})
    async with database.transaction():
        await _check_wrong_codes(navigateur, now)
        here = hash_jeton(navigateur.nom)
        liens = await database.fetch(LOCK_HERE, email, now, WRONG_CODES_PER_LINK, here)
        if right := _matching(liens, digits):
            return await _open(right[-1]["id"], None, navigateur, now)
        await _count_wrong_code(liens, navigateur, now)
    raise Invalide({"code": CODE_FAUX})


def _seal_code(hashed_jeton: str, code: str) -> str:
    return empreinte("code", hashed_jeton, code)


def _read_digits(code: str) -> str:
    """Six digits, however they were spaced; nothing when they are not six."""
    digits = re.sub(r"[\s.-]", "", code)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""


def _matching(liens: Sequence[Any], digits: str) -> list[Any]:
    return [
        lien
        for lien in liens
        if digits and hmac.compare_digest(lien["code"], _seal_code(lien["jeton"], digits))
    ]


async def _check_wrong_codes(navigateur: Navigateur, now: datetime) -> None:
    row = await database.fetch_one(
        "select count(*) as wrong from tentatives where nature = 'code' and empreinte = $1 and at > $2",
        empreinte("reseau", navigateur.reseau),
        now - HOUR,
    )
    if row is not None and row["wrong"] >= WRONG_CODES_PER_NETWORK:
        raise TropDeDemandes(
            "Trop de codes faux ont été saisis depuis votre réseau en une heure. Réessayez un peu plus tard."
        )


async def _count_wrong_code(liens: Sequence[Any], navigateur: Navigateur, now: datetime) -> None:
    await database.fetch(
        "update liens set wrong_codes = wrong_codes + 1 where id = any($1)", [lien["id"] for lien in liens]
    )
    await database.fetch(COUNT, ["code"], [empreinte("reseau", navigateur.reseau)], now)
    agent = liens[0]["agent"] if liens else None
    await happened(Fait.CONNEXION_REFUSEE, agent=agent, details={"raison": "code"}, now=now)


async def _journal_dead(jeton: str, now: datetime) -> None:
    """Someone came with a link that ended. A token we never made leaves no line: anybody can send a million."""
    lien = await database.fetch_one("select agent from liens where jeton = $1", hash_jeton(jeton))
    if lien is not None:
        await happened(Fait.CONNEXION_REFUSEE, agent=lien["agent"], details={"raison": "lien"}, now=now)


async def _open(lien: int, is_durable: bool | None, navigateur: Navigateur, now: datetime) -> Ouverture:
    """The link is spent, the former session of this browser ends, a new one begins under a new name."""
    spent = await database.fetch_one(SPEND, lien, now)
    assert spent is not None, "the link was locked"
    if is_durable is None:
        is_durable = bool(spent["is_durable"])
    await database.fetch("delete from sessions where cle = $1", hash_jeton(navigateur.former))
    jeton = await open_session(spent["agent"], is_durable=is_durable, navigateur=navigateur.mots, now=now)
    await database.fetch("update agents set last_seen_at = $2 where id = $1", spent["agent"], now)
    return Ouverture(spent["agent"], jeton, is_durable, spent["destination"])
