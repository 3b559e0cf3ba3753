"""Signing in: sessions, links, counted attempts, posts kept."""

from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Serial,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import FOLLOW, FORGET
from app.tables.personnes import Agents


class Sessions(Table, db=ENGINE, tablename="sessions"):
    """A signed-in browser. `cle` is the SHA-256 of the cookie; log-out deletes the row."""

    id = BigSerial(primary_key=True)
    cle = Varchar(64, unique=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    expires_at = Timestamptz()
    is_durable = Boolean(default=False, help_text="« rester connecté »")
    navigateur = Varchar(80, default="", help_text="words to recognise it in the profile")
    signature = Varchar(200, default="", help_text="who signs for a compte collectif")
    second_facteur_at = Timestamptz(null=True, default=None, help_text="when this session gave it")
    vue_agent = ForeignKey(
        Agents, on_delete=FORGET, null=True, default=None, help_text="« Voir comme »: whom"
    )
    vue_until = Timestamptz(null=True, default=None, help_text="… and until when")
    identite_scellee = Bytea(
        null=True, default=None, help_text="the token of the provider who opened it, to leave there too"
    )
    envoi = Varchar(64, null=True, default=None, help_text="keyed hash of its last act, for a twin")
    envoi_lieu = Varchar(500, null=True, default=None, help_text="where that act led")
    envoi_at = Timestamptz(null=True, default=None)


class SecondsFacteurs(Table, db=ENGINE, tablename="seconds_facteurs"):
    """The phone that confirms who signs in, and the codes that replace it."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, unique=True)
    secret_scelle = Bytea()
    dernier_pas = BigInt(default=0, help_text="last half minute whose code was taken")
    codes = Array(Varchar(64), default=list, help_text="keyed hashes; one leaves when it serves")
    created_at = Timestamptz()


class Liens(Table, db=ENGINE, tablename="liens"):
    """A sign-in mail: link token and code, hashed; bound to the browser that asked."""

    id = BigSerial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    jeton = Varchar(64, unique=True, help_text="SHA-256")
    code = Varchar(64, help_text="keyed hash")
    navigateur = Varchar(64, help_text="SHA-256 of the asking browser’s cookie")
    destination = Varchar(500, default="/")
    is_durable = Boolean(default=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    wrong_codes = SmallInt(default=0)


class Tentatives(Table, db=ENGINE, tablename="tentatives"):
    """One counted attempt, for the rates of product §4; erased after a day."""

    id = BigSerial(primary_key=True)
    nature = Varchar(40)
    empreinte = Varchar(64, help_text="keyed hash of the address or of the IP")
    at = Timestamptz()


class PostsScelles(Table, db=ENGINE, tablename="posts_scelles"):
    """A POST that met an expired session, sealed until the same agent signs in again."""

    id = UUID(primary_key=True, default=UUID4())
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    chemin = Varchar(500)
    corps_scelle = Bytea()
    created_at = Timestamptz()
    expires_at = Timestamptz()
