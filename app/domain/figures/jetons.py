"""Programs of operators: a token that reads indicators of a scope, and the address told of facts, if any."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app import database
from app.domain.faits.scellement import empreinte, trousseau
from app.domain.regles.errors import Invalide, Refus, TropDeDemandes

PAR_MINUTE = 60
NATURE = "api"
URL_MAX = 500


@dataclass(frozen=True)
class Programme:
    """Who calls: the scope its token was made for (None: all)."""

    id: int
    nom: str
    organisme: int | None
    departement: int | None


CREATE = """
insert into jetons (nom, empreinte, organisme, departement, created_by, created_at, webhook_url)
values (:nom, :empreinte, (select id from organismes where code = :organisme),
    (select id from departements where code = :departement), :par, :now, :url)
returning id, organisme, departement
"""
SEAL = "update jetons set webhook_secret_scelle = :scelle where id = :id"


@dataclass(frozen=True, repr=False)
class JetonNeuf:
    """Said once, when it is made. `secret` signs what the webhook receives; empty without an address."""

    id: int
    jeton: str
    secret: str


async def create_jeton(
    nom: str,
    now: datetime,
    *,
    organisme: str | None = None,
    departement: str | None = None,
    webhook_url: str = "",
    par: int | None = None,
    is_https_required: bool = True,
) -> JetonNeuf:
    """A token for a program; only its hash is kept. `organisme`, `departement`: codes. Raises Invalide."""
    erreurs: dict[str, str] = {}
    if not nom.strip() or len(nom) > 120:
        erreurs["nom"] = "Donnez un nom au programme (120 caractères au plus)."
    if webhook_url and not is_url_allowed(webhook_url, is_https_required=is_https_required):
        erreurs["webhook_url"] = "Donnez une adresse https, sans identifiant ni fragment."
    if erreurs:
        raise Invalide(erreurs)
    jeton, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32) if webhook_url else ""
    async with database.transaction():
        row = await database.fetch_one(
            CREATE,
            nom=nom.strip(),
            empreinte=hash_of(jeton),
            organisme=organisme,
            departement=departement,
            par=par,
            now=now,
            url=webhook_url,
        )
        assert row is not None
        if (organisme and row["organisme"] is None) or (departement and row["departement"] is None):
            raise Invalide({"organisme": "Cet organisme ou ce département n’existe pas."})
        if secret:
            scelle = trousseau().seal_text(secret, f"jeton:{row['id']}")
            await database.fetch(SEAL, scelle=scelle, id=row["id"])
    return JetonNeuf(row["id"], jeton, secret)


async def revoke_jeton(jeton: int, now: datetime) -> bool:
    """From now on it opens nothing and is told nothing; False when there is no such living token."""
    rows = await database.fetch(
        "update jetons set revoked_at = :now where id = :id and revoked_at is null returning id",
        id=jeton,
        now=now,
    )
    return bool(rows)


FIND = """
select id, nom, organisme, departement from jetons where empreinte = :empreinte and revoked_at is null
"""
# One statement under one lock a token: a burst is counted one by one.
COUNT = """
with vus as (
    select count(*) as nombre from tentatives
    where nature = :nature and empreinte = :empreinte and at > :depuis),
compte as (
    insert into tentatives (nature, empreinte, at) select :nature, :empreinte, :now from vus where nombre < :plafond)
select nombre from vus
"""
HOLD = "select pg_advisory_xact_lock(hashtextextended(:empreinte, 0))"


async def open_api(authorization: str, now: datetime) -> Programme:
    """Who calls, counted. Raises Refus without a living token, TropDeDemandes over 60 calls a minute."""
    kind, _, jeton = authorization.partition(" ")
    row = None
    if kind.lower() == "bearer" and jeton and len(jeton) <= 200:
        row = await database.fetch_one(FIND, empreinte=hash_of(jeton))
    if row is None:
        raise Refus("Jeton absent, inconnu ou révoqué.")
    counted = empreinte("api", str(row["id"]))
    async with database.transaction():
        await database.fetch(HOLD, empreinte=counted)
        seen = await database.fetch_one(
            COUNT,
            nature=NATURE,
            empreinte=counted,
            depuis=now - timedelta(minutes=1),
            now=now,
            plafond=PAR_MINUTE,
        )
    assert seen is not None
    if seen["nombre"] >= PAR_MINUTE:
        raise TropDeDemandes("60 appels par minute au plus\u00a0: réessayez dans une minute.")
    return Programme(row["id"], row["nom"], row["organisme"], row["departement"])


def hash_of(jeton: str) -> str:
    """What the base keeps of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(jeton.encode("utf-8", "replace")).hexdigest()


def is_url_allowed(url: str, *, is_https_required: bool) -> bool:
    """An address to tell: https, a host, no user, no fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = {"https"} if is_https_required else {"https", "http"}
    return (
        len(url) <= URL_MAX
        and url.isascii()
        and url.isprintable()
        and " " not in url
        and parts.scheme in schemes
        and bool(parts.hostname)
        and not parts.username
        and not parts.fragment
        and port != 0
    )
