"""Webhooks: three facts told to programs, without personal data; made from the journal, sent by the queue engine."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app import database
from app.chiffrement import Illisible
from app.domain.faits import envois
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.tables import Rappels
from app.verrous import Verrou

FAITS = (Fait.DEMANDE_ENVOYEE, Fait.DEMANDE_TRAITEE, Fait.DEMANDE_CLOTUREE)
RECUL = timedelta(days=3)
LIMITE = 500

RAPPELS = envois.Queue(
    nom="rappel",
    table=Rappels,
    done=Rappels.sent_at,
    scelle=Rappels.corps_scelle,
    wiped=None,
    order=(Rappels.due_at,),
    where=(),
    retries=(10, 60, 300, 1800, 3600),
    give_up=timedelta(hours=72),
    is_replayable=False,
)

# The journal is written with the fact: what it says happened. A token is told, of its scope, what came after it was
# made.
A_DIRE = """
select j.id as journal, j.fait, j.at, j.demande, t.id as jeton, p.code as departement,
    (select json_agg(json_build_object('id', g.id, 'nom', g.nom, 'organisme', o.code) order by g.id)
     from sollicitations s join groupes g on g.id = s.groupe join organismes o on o.id = g.organisme
     where s.demande = j.demande and (j.fait <> 'demande_traitee' or g.id = j.groupe)) as groupes
from jetons t
join journal j on j.fait = any(:faits) and j.at > :depuis and j.at >= t.created_at
join demandes d on d.numero = j.demande join departements p on p.id = d.departement
where t.webhook_url <> '' and t.revoked_at is null
    and (t.departement is null or t.departement = d.departement)
    and (t.organisme is null or exists (select from sollicitations s join groupes g on g.id = s.groupe
        where s.demande = j.demande and g.organisme = t.organisme))
    and not exists (select from rappels r where r.journal = j.id and r.jeton = t.id)
order by j.id limit :limite
"""
WRITE = """
insert into rappels (id, jeton, journal, corps_scelle, created_at, due_at)
select x.id, x.jeton, x.journal, x.scelle, :now, :now
from unnest(:ids::uuid[], :jetons::int[], :journaux::bigint[], :scelles::bytea[]) as x(id, jeton, journal, scelle)
"""
ADRESSES = "select id, webhook_url, webhook_secret_scelle, revoked_at from jetons where id = any(:jetons)"
FORGET = "delete from rappels where created_at < :avant and (sent_at is not null or failed_at is not null)"


@dataclass(frozen=True, kw_only=True, repr=False)
class EnvoiRappel(envois.Reclame):
    """A fact claimed for telling: where, what, and how it is signed."""

    url: str
    corps: bytes
    secret: str


async def write_rappels(now: datetime) -> int:
    """Write what is to be told of the last three days and was not; returns how many. Safe to run twice."""
    async with database.transaction():
        await database.fetch("select pg_advisory_xact_lock(:verrou)", verrou=Verrou.RAPPELS)
        rows = await database.fetch(
            A_DIRE, faits=[fait.value for fait in FAITS], depuis=now - RECUL, limite=LIMITE
        )
        if not rows:
            return 0
        ids = [uuid4() for _ in rows]
        await database.fetch(
            WRITE,
            ids=ids,
            jetons=[row["jeton"] for row in rows],
            journaux=[row["journal"] for row in rows],
            scelles=[
                envois.seal(RAPPELS.nom, key, _corps(key.hex, row))
                for key, row in zip(ids, rows, strict=True)
            ],
            now=now,
        )
    return len(rows)


def _corps(identifiant: str, row: Any) -> dict[str, Any]:
    """Number, groupes, instants: nothing of anybody."""
    return {
        "id": identifiant,
        "evenement": row["fait"],
        "a": row["at"].isoformat(),
        "demande": row["demande"],
        "departement": row["departement"],
        "groupes": json.loads(row["groupes"] or "[]"),
    }


async def claim_rappels(now: datetime, most: int = 20) -> list[EnvoiRappel]:
    """Take some that are due, with the address and the secret of their program."""
    rows = await envois.claim(RAPPELS, now, most)
    found = {row["id"]: row for row in await database.fetch(ADRESSES, jetons=[row["jeton"] for row in rows])}
    return [
        EnvoiRappel(
            id=row["id"],
            attempts=row["attempts"],
            created_at=row["created_at"],
            url="" if found[row["jeton"]]["revoked_at"] else found[row["jeton"]]["webhook_url"],
            corps=json.dumps(row["contenu"], ensure_ascii=False).encode(),
            secret=_open(row["jeton"], found[row["jeton"]]["webhook_secret_scelle"]),
        )
        for row in rows
    ]


def _open(jeton: int, scelle: bytes | None) -> str:
    try:
        return trousseau().open_text(scelle, f"jeton:{jeton}") if scelle else ""
    except Illisible:
        return ""


def sign(secret: str, corps: bytes, now: datetime) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "t.body">`: who receives checks it with the secret, and the age with t."""
    at = int(now.timestamp())
    digest = hmac.new(secret.encode(), f"{at}.".encode() + corps, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def forget_rappels(now: datetime) -> None:
    """What was told, or given up, leaves after thirty days; the journal looks three days back only."""
    await database.fetch(FORGET, avant=now - timedelta(days=30))
