"""Signing in: open the link of a mail or type its code, once (product §4, quality S4), or come from ProConnect.

A wrong code is counted before anything is said.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database, tables
from app.chiffrement import Illisible
from app.domain.acces.liens import seal_code
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.sessions import hash_jeton, open_session
from app.domain.acces.tentatives import WRONG_CODES_PER_LINK, count_wrong_code, has_tried_many
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.mots.folding import drop_unseen
from app.domain.regles.errors import Conflit, Invalide

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


FIND = """
select l.agent, l.destination, l.is_durable, l.navigateur, a.email,
    l.used_at is null and l.expires_at > :now and l.wrong_codes < :most and a.deactivated_at is null as is_alive
from liens l join agents a on a.id = l.agent where l.jeton = :jeton
"""

# Both texts lock what they find until the answer is given, so that five codes sent at once count as five and fifty
# clicks open one session. They keep the same condition of life as FIND.
LOCK_LIEN = """
select l.id, l.agent, a.email, l.jeton, l.code, l.navigateur from liens l join agents a on a.id = l.agent
where l.jeton = :jeton
    and l.used_at is null and l.expires_at > :now and l.wrong_codes < :most and a.deactivated_at is null
order by l.id for no key update of l
"""
LOCK_HERE = """
select l.id, l.agent, a.email, l.jeton, l.code, l.navigateur from liens l join agents a on a.id = l.agent
where a.email = :email and l.navigateur = :navigateur
    and l.used_at is null and l.expires_at > :now and l.wrong_codes < :most and a.deactivated_at is null
order by l.id for no key update of l
"""

SPEND = """
update liens set used_at = :now where id = :lien and used_at is null returning agent, destination, is_durable
"""

COUNT_WRONG_CODE = "update liens set wrong_codes = wrong_codes + :weight where id = any(:liens)"


async def find_lien(jeton: str, navigateur: Navigateur, now: datetime) -> Lien | None:
    """What the page of a link shows; consumes nothing. None when there never was one, or long ago."""
    row = await database.fetch_one(FIND, jeton=hash_jeton(jeton), now=now, most=WRONG_CODES_PER_LINK)
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

    Raises Conflit when the link is used, expired or dead, Invalide for a wrong code.
    """
    digits = _read_digits(code)
    async with database.transaction():
        liens = await database.fetch(LOCK_LIEN, jeton=hash_jeton(jeton), now=now, most=WRONG_CODES_PER_LINK)
        is_here = bool(liens) and liens[0]["navigateur"] == hash_jeton(navigateur.nom)
        right = liens if is_here else _matching(liens, digits)
        if right:
            return await _open(right[0]["id"], None if is_here else is_durable, navigateur, now)
        if not liens:
            await _journal_dead(jeton, now)
        elif digits:
            await _refuse_code(liens, liens[0]["email"], navigateur, now)
    if not liens:
        raise Conflit("Ce lien de connexion a déjà servi ou n’est plus valable.")
    raise Invalide({"code": CODE_FAUX if digits else "Saisissez les six chiffres du courriel."})


async def sign_in_by_code(email: str, *, code: str, navigateur: Navigateur, now: datetime) -> Ouverture:
    """Sign in without the link, by the code typed in the browser that asked for this address.

    Raises Invalide, with the same words whether the address is unknown, the code wrong, spent or dead.
    """
    digits = _read_digits(code)
    if not digits:
        raise Invalide({"code": "Saisissez les six chiffres du courriel."})
    async with database.transaction():
        liens = await database.fetch(
            LOCK_HERE, email=email, navigateur=hash_jeton(navigateur.nom), now=now, most=WRONG_CODES_PER_LINK
        )
        if right := _matching(liens, digits):
            return await _open(right[-1]["id"], None, navigateur, now)
        await _refuse_code(liens, email, navigateur, now)
    raise Invalide({"code": CODE_FAUX})


BY_ADRESSE = """
select id, deactivated_at is null as is_active from agents where email = :email for no key update
"""
SANS_COMPTE = (
    "ProConnect vous reconnaît, mais aucun compte Administration+ n’a l’adresse {adresse}. Demandez-le au responsable "
    "de votre groupe\u00a0; si votre compte a une autre adresse, connectez-vous par courriel."
)
DESACTIVE = (
    "ProConnect vous reconnaît, mais le compte de l’adresse {adresse} est désactivé. Le responsable de votre groupe "
    "peut le réactiver."
)


async def sign_in_by_identite(
    adresse: str, identite: str, *, destination: str, navigateur: Navigateur, now: datetime
) -> Ouverture:
    """Open a session for the account of an address that a provider has verified; it makes no account.

    The session ends with the browser, and asks the second factor where the rules ask it; it keeps `identite`, the token
    with which that of the provider may be ended, sealed. Raises Conflit with the reason, which is told to whoever owns
    the address.
    """
    async with database.transaction():
        agent = await database.fetch_one(BY_ADRESSE, email=adresse)
        if agent is not None and agent["is_active"]:
            jeton = await _begin(agent["id"], is_durable=False, navigateur=navigateur, now=now)
            if identite:
                cle = hash_jeton(jeton)
                scelle = trousseau().seal_text(identite, _contexte(cle))
                await tables.Sessions.update({tables.Sessions.identite_scellee: scelle}).where(
                    tables.Sessions.cle == cle
                )
            return Ouverture(agent["id"], jeton, False, destination)
        details = {"raison": "proconnect"}
        await happened(Fait.CONNEXION_REFUSEE, agent=agent["id"] if agent else None, details=details, now=now)
    raise Conflit((DESACTIVE if agent else SANS_COMPTE).format(adresse=adresse))


async def find_identite(jeton: str) -> str:
    """The token of the provider through which this session was opened; nothing when it was not, or cannot be read."""
    cle = hash_jeton(jeton)
    row = await database.fetch_one(
        "select identite_scellee from sessions where cle = :cle and identite_scellee is not null", cle=cle
    )
    try:
        return trousseau().open_text(row["identite_scellee"], _contexte(cle)) if row else ""
    except Illisible:
        return ""


def _contexte(cle: str) -> str:
    return f"session:{cle}"


def _read_digits(code: str) -> str:
    """Six digits, however they were spaced; nothing when they are not six."""
    digits = re.sub(r"[\s.-]", "", drop_unseen(code))
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""


def _matching(liens: Sequence[Any], digits: str) -> list[Any]:
    return [
        lien
        for lien in liens
        if digits and hmac.compare_digest(lien["code"], seal_code(lien["jeton"], digits))
    ]


async def _refuse_code(liens: Sequence[Any], adresse: str, navigateur: Navigateur, now: datetime) -> None:
    """Count a wrong code, for its network, its address and every link it could have opened.

    From a network that has typed too many, one wrong code ends the link: a right one is never refused, and nobody gets
    to try a second.
    """
    weight = WRONG_CODES_PER_LINK if await has_tried_many(navigateur, now) else 1
    await database.fetch(COUNT_WRONG_CODE, liens=[lien["id"] for lien in liens], weight=weight)
    await count_wrong_code(adresse, navigateur, now)
    agent = liens[0]["agent"] if liens else None
    await happened(Fait.CONNEXION_REFUSEE, agent=agent, details={"raison": "code"}, now=now)


async def _journal_dead(jeton: str, now: datetime) -> None:
    """Someone came with a link that ended. A token we never made leaves no line: anybody can send a million."""
    lien = (
        await tables.Liens.select(tables.Liens.agent).where(tables.Liens.jeton == hash_jeton(jeton)).first()
    )
    if lien is not None:
        await happened(Fait.CONNEXION_REFUSEE, agent=lien["agent"], details={"raison": "lien"}, now=now)


async def _open(lien: int, is_durable: bool | None, navigateur: Navigateur, now: datetime) -> Ouverture:
    """The link is spent, and a session begins."""
    spent = await database.fetch_one(SPEND, lien=lien, now=now)
    assert spent is not None, "the link was locked"
    if is_durable is None:
        is_durable = bool(spent["is_durable"])
    jeton = await _begin(spent["agent"], is_durable=is_durable, navigateur=navigateur, now=now)
    return Ouverture(spent["agent"], jeton, is_durable, spent["destination"])


async def _begin(agent: int, *, is_durable: bool, navigateur: Navigateur, now: datetime) -> str:
    """The former session of this browser ends, a new one begins under a new name; its token."""
    await tables.Sessions.delete().where(tables.Sessions.cle == hash_jeton(navigateur.former))
    jeton = await open_session(agent, is_durable=is_durable, navigateur=navigateur.mots, now=now)
    await tables.Agents.update({tables.Agents.last_seen_at: now, tables.Agents.invited_until: None}).where(
        tables.Agents.id == agent
    )
    return jeton
