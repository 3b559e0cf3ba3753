"""The second factor: a code of the agent’s phone (TOTP, RFC 6238), or one of ten codes kept on paper (product §3, §4).

A code serves once, wrong ones are counted under the lock of the row, and a right one is never refused for them.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp

from app import database, tables
from app.chiffrement import Illisible
from app.domain.acces.sessions import Signed
from app.domain.acces.tentatives import count_wrong_second
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte, trousseau
from app.domain.mots.folding import drop_unseen
from app.domain.regles.errors import Conflit, Introuvable, Invalide

ISSUER = "Administration+"
CODES = 10
# Clocks of phones drift: the half minute before and the one after are taken too.
DRIFT = 1
FAUX = "Ce code n’est pas le bon, ou a déjà servi. Attendez le suivant dans votre application."
DEJA = "Une double authentification est déjà en place sur votre compte."

# Digits and letters that nobody mistakes for one another.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class TropDeCodes(Conflit):
    """So many wrong codes that the session is closed: one signs in again, by mail."""


@dataclass(frozen=True)
class SecondFacteur:
    """The second factor of an agent: since when, and how many codes are left on paper."""

    created_at: datetime
    codes: int


@dataclass(frozen=True)
class Proposition:
    """A secret to put in a phone, not yet kept: `scelle` comes back with the code that shows it is there."""

    secret: str
    adresse: str
    scelle: str


STATE = "select created_at, cardinality(codes) as codes from seconds_facteurs where agent = :agent"
KEPT = "select secret_scelle, dernier_pas, codes from seconds_facteurs where agent = :agent"
LOCK = f"{KEPT} for no key update"
KEEP = """
insert into seconds_facteurs (agent, secret_scelle, dernier_pas, codes, created_at)
values (:agent, :secret, :pas, :codes, :now) on conflict (agent) do nothing returning id
"""
PROVEN = "select id from sessions where id = :session and second_facteur_at is not null"
PROVE = "update sessions set second_facteur_at = :now where id = :session returning id"
STEP = "update seconds_facteurs set dernier_pas = :pas where agent = :agent"
SPEND = "update seconds_facteurs set codes = array_remove(codes, :code) where agent = :agent"
RENEW = "update seconds_facteurs set codes = :codes where agent = :agent"
REMOVE = "delete from seconds_facteurs where agent = :agent returning id"
# Where a second factor is required, whoever has just removed theirs sets up another one before anything else.
FORGET = "update sessions set second_facteur_at = null where agent = :agent"


async def find_second_facteur(agent: int) -> SecondFacteur | None:
    """None when this agent has no second factor."""
    row = await database.fetch_one(STATE, agent=agent)
    return None if row is None else SecondFacteur(row["created_at"], row["codes"])


def propose(signed: Signed) -> Proposition:
    """A new secret for this agent. Nothing is written before `activate`."""
    return _proposition_of(signed, pyotp.random_base32())


def read_proposition(signed: Signed, scelle: str) -> Proposition | None:
    """What `propose` gave to this very session; None for anything else."""
    try:
        secret = trousseau().open_text(bytes.fromhex(scelle), _place(signed))
    except (ValueError, Illisible):
        return None
    return _proposition_of(signed, secret)


async def activate(signed: Signed, proposition: Proposition | None, code: str, now: datetime) -> list[str]:
    """Keep the secret once the phone gives its code; returns the codes to write down.

    Raises Invalide for a wrong code, Conflit when there is a second factor already, TropDeCodes.
    """
    digits = _digits(code)
    if proposition is None or not digits:
        raise Invalide({"code": "Saisissez les six chiffres que montre votre application."})
    agent = signed.droits.agent
    codes = [_make_code() for _ in range(CODES)]
    async with database.transaction():
        if await database.fetch_one(LOCK, agent=agent):
            raise Conflit(DEJA)
        pas = _matching_step(proposition.secret, digits, 0, now)
        is_ended = pas is None and await _refuse(signed, now)
        if pas is not None:
            kept = await database.fetch_one(
                KEEP,
                agent=agent,
                secret=trousseau().seal_text(proposition.secret, f"second_facteur:{agent}"),
                pas=pas,
                codes=[_hash(agent, one) for one in codes],
                now=now,
            )
            if kept is None:
                raise Conflit(DEJA)
            await _prove(signed, now)
            await _tell(Fait.SECOND_FACTEUR_ACTIVE, signed, now)
    if pas is None:
        raise _wrong(is_ended)
    return codes


async def prove(signed: Signed, code: str, now: datetime) -> None:
    """Give the second factor of a session just signed in; a second click finds it given.

    Raises Invalide, TropDeCodes once the session is closed, Introuvable without a second factor.
    """
    async with database.transaction():
        await database.fetch_one(LOCK, agent=signed.droits.agent)
        if await database.fetch_one(PROVEN, session=signed.session):
            return
        is_right, is_ended = await _take(signed, code, now)
        if is_right:
            await _prove(signed, now)
            await happened(Fait.SECOND_FACTEUR_DONNE, agent=signed.droits.agent, now=now)
    if not is_right:
        raise _wrong(is_ended)


async def renew_codes(signed: Signed, code: str, now: datetime) -> list[str]:
    """Ten new codes to write down; the former ones open nothing more. Raises as `prove` does."""
    agent = signed.droits.agent
    codes = [_make_code() for _ in range(CODES)]
    async with database.transaction():
        is_right, is_ended = await _take(signed, code, now)
        if is_right:
            await database.fetch(RENEW, agent=agent, codes=[_hash(agent, one) for one in codes])
            await happened(Fait.CODES_SECOURS_REFAITS, agent=agent, now=now)
    if not is_right:
        raise _wrong(is_ended)
    return codes


async def remove(signed: Signed, code: str, now: datetime) -> None:
    """Take one’s own second factor away, to change phones or do without. Raises as `prove` does."""
    agent = signed.droits.agent
    async with database.transaction():
        is_right, is_ended = await _take(signed, code, now)
        if is_right:
            await database.fetch(REMOVE, agent=agent)
            await database.fetch(FORGET, agent=agent)
            await _tell(Fait.SECOND_FACTEUR_RETIRE, signed, now)
    if not is_right:
        raise _wrong(is_ended)


async def lift(agent: int) -> bool:
    """In the current transaction, forget the second factor of somebody who lost their phone; False without one."""
    return await database.fetch_one(REMOVE, agent=agent) is not None


async def say_code(agent: int, now: datetime) -> str:
    """For the demonstration, whose visitors have no phone of these people: the first code that was not taken yet.

    A sentence once the codes that the clock of now allows are all taken.
    """
    row = await database.fetch_one(KEPT, agent=agent)
    if row is None:
        return ""
    totp = pyotp.TOTP(_open(agent, row))
    pas = max(totp.timecode(now), row["dernier_pas"] + 1)
    return totp.generate_otp(pas) if pas <= totp.timecode(now) + DRIFT else "bientôt un autre code"


def code_of(secret: str, now: datetime) -> str:
    """What a phone that holds this secret shows at this instant."""
    return pyotp.TOTP(secret).at(now)


async def _take(signed: Signed, code: str, now: datetime) -> tuple[bool, bool]:
    """(the code is right, and is spent; it was wrong and ended the session), under the lock of the row."""
    agent = signed.droits.agent
    row = await database.fetch_one(LOCK, agent=agent)
    if row is None:
        raise Introuvable
    if (digits := _digits(code)) is not None:
        pas = _matching_step(_open(agent, row), digits, row["dernier_pas"], now)
        if pas is not None:
            await database.fetch(STEP, agent=agent, pas=pas)
            return True, False
    elif (spent := _hash(agent, _letters(code))) in row["codes"]:
        await database.fetch(SPEND, agent=agent, code=spent)
        await _tell(Fait.CODE_SECOURS_UTILISE, signed, now, restent=len(row["codes"]) - 1)
        return True, False
    if not code.strip():
        raise Invalide({"code": "Saisissez le code de votre application, ou un code de secours."})
    return False, await _refuse(signed, now)


def _matching_step(secret: str, digits: str, last: int, now: datetime) -> int | None:
    """The half minute whose code this is, among those not taken yet."""
    totp = pyotp.TOTP(secret)
    here = totp.timecode(now)
    steps = [pas for pas in range(here - DRIFT, here + DRIFT + 1) if pas > last]
    return next((pas for pas in steps if hmac.compare_digest(totp.generate_otp(pas), digits)), None)


async def _prove(signed: Signed, now: datetime) -> None:
    if await database.fetch_one(PROVE, session=signed.session, now=now) is None:
        raise Conflit("Votre session vient de se terminer.")


async def _refuse(signed: Signed, now: datetime) -> bool:
    """Count a wrong code; True when the session ends with it."""
    is_ended = await count_wrong_second(signed.session, signed.droits.agent, now)
    if is_ended:
        await tables.Sessions.delete().where(tables.Sessions.id == signed.session)
    details = {"session_fermee": is_ended}
    await happened(Fait.SECOND_FACTEUR_REFUSE, agent=signed.droits.agent, details=details, now=now)
    return is_ended


def _wrong(is_ended: bool) -> Exception:
    if is_ended:
        return TropDeCodes("Trop de codes faux\u00a0: votre session est fermée. Connectez-vous de nouveau.")
    return Invalide({"code": FAUX})


async def _tell(fait: Fait, signed: Signed, now: datetime, **contexte: Any) -> None:
    """Write the line of the journal, and the mail: whoever did not do it must learn of it."""
    agent = signed.droits.agent
    await happened(fait, agent=agent, details=contexte, now=now)
    pli = Pli(fait.courriel, signed.email, agent)
    await post_courriels([pli], contexte=contexte, now=now, is_urgent=True)


def _open(agent: int, row: Any) -> str:
    return trousseau().open_text(row["secret_scelle"], f"second_facteur:{agent}")


def _place(signed: Signed) -> str:
    return f"second_facteur_propose:{signed.droits.agent}:{signed.session}"


def _proposition_of(signed: Signed, secret: str) -> Proposition:
    adresse = pyotp.TOTP(secret).provisioning_uri(name=signed.email, issuer_name=ISSUER)
    return Proposition(secret, adresse, trousseau().seal_text(secret, _place(signed)).hex())


def _digits(code: str) -> str | None:
    """Six digits, however they were spaced; None when they are not six."""
    found = re.sub(r"[\s.-]", "", drop_unseen(code))
    return found if re.fullmatch(r"[0-9]{6}", found) else None


def _letters(code: str) -> str:
    return re.sub(r"[^0-9a-z]", "", drop_unseen(code[:100]).lower())


def _make_code() -> str:
    """Twelve signs of thirty-one: 59 bits, by groups of four."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _hash(agent: int, code: str) -> str:
    return empreinte("secours", str(agent), _letters(code))
