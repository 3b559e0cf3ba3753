"""The outbox: a mail is a row written with what it announces; a sweep sends it (product §9, house §4).

Nothing of a demande goes in a mail but its number, the organismes and the link.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app import database, tables
from app.domain.faits.scellement import trousseau

LEASE = timedelta(minutes=2)
RETRIES = (10, 20, 40, 80, 160, 300)  # seconds; the last one repeats (quality R2)
SIGN_IN = 0
ORDINARY = 5
CHANNEL = "courriels"


@dataclass(frozen=True)
class Envoi:
    """A mail claimed for sending. `id` is also its Message-ID, so that a second copy is recognised."""

    id: UUID
    fait: str
    adresse: str
    contexte: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True)
class Pli:
    """A mail to write: what it announces, to whom (no agent: the mailbox of a groupe)."""

    fait: str
    agent: int | None
    adresse: str


async def post_courriel(
    fait: str,
    *,
    adresse: str,
    contexte: Mapping[str, Any],
    now: datetime,
    agent: int | None = None,
    demande: int | None = None,
    priorite: int = ORDINARY,
) -> None:
    """Write one mail to send, in the current transaction; the worker is woken when it commits."""
    key = uuid4()
    await tables.Courriel.insert(
        tables.Courriel(
            id=key,
            fait=fait,
            agent=agent,
            adresse=adresse,
            demande=demande,
            contexte_scelle=trousseau().seal_text(json.dumps(contexte), f"courriel:{key}"),
            priorite=priorite,
            created_at=now,
            due_at=now,
        )
    )
    await database.fetch("select pg_notify($1, '')", CHANNEL)


async def tell(
    fait: str,
    agents: Collection[int],
    *,
    by: int | None,
    demande: int,
    contexte: Mapping[str, Any],
    now: datetime,
    groupes: Collection[int] = (),
) -> int:
    """Tell agents, once each and never the one who acted, and the mailboxes of these groupes in copy.

    Returns how many mails were written. Deactivated agents and those who asked for none are left out.
    """
    rows = await database.fetch(
        """
        select a.id as agent, a.email as adresse from agents a
        where a.id = any($1) and a.id is distinct from $2 and a.deactivated_at is null
            and a.notification <> 'aucune'
        union
        select null, g.bal from groupes g where g.id = any($3) and g.bal is not null
        """,
        list(agents),
        by,
        list(groupes),
    )
    plis = [Pli(fait, row["agent"], row["adresse"]) for row in rows]
    await post_courriels(plis, demande=demande, contexte=contexte, now=now)
    return len(plis)


# One statement however many are told: a groupe of forty costs what one agent costs.
POST = """
with ecrits as (
    insert into courriels (id, fait, agent, adresse, demande, contexte_scelle, priorite, created_at, due_at)
    select p.id, p.fait, p.agent, p.adresse, $6, p.scelle, $7, $8, $8
    from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::bytea[]) as p (id, fait, agent, adresse, scelle)
)
select pg_notify($9, '')
"""


async def post_courriels(
    plis: Sequence[Pli], *, demande: int, contexte: Mapping[str, Any], now: datetime
) -> None:
    """Write the mails of one demande, in the current transaction; the worker is woken when it commits."""
    if not plis:
        return
    keys = [uuid4() for _ in plis]
    clair = json.dumps({**contexte, "numero": demande})
    await database.fetch(
        POST,
        keys,
        [pli.fait for pli in plis],
        [pli.agent for pli in plis],
        [pli.adresse for pli in plis],
        [trousseau().seal_text(clair, f"courriel:{key}") for key in keys],
        demande,
        ORDINARY,
        now,
        CHANNEL,
    )


CLAIM = """
update courriels set claimed_until = $2, attempts = attempts + 1
where id in (
    select id from courriels
    where sent_at is null and failed_at is null and due_at <= $1
        and (claimed_until is null or claimed_until <= $1)
    order by priorite, due_at limit $3 for update skip locked)
returning id, fait, adresse, contexte_scelle, attempts, priorite, due_at
"""


async def claim_courriels(now: datetime, most: int = 20) -> list[Envoi]:
    """Take some mails that are due, for two minutes: another worker leaves them alone, a killed one frees them."""
    rows = await database.fetch(CLAIM, now, now + LEASE, most)
    rows.sort(key=lambda row: (row["priorite"], row["due_at"]))
    return [
        Envoi(
            row["id"],
            row["fait"],
            row["adresse"],
            json.loads(trousseau().open_text(row["contexte_scelle"], f"courriel:{row['id']}")),
            row["attempts"],
        )
        for row in rows
    ]


async def mark_sent(envoi: Envoi, now: datetime) -> None:
    """The server took it: what it said is wiped."""
    await database.fetch(
        "update courriels set sent_at = $2, contexte_scelle = null, erreur = '' where id = $1", envoi.id, now
    )


async def mark_refused(envoi: Envoi, erreur: str, *, is_permanent: bool, now: datetime) -> None:
    """The server refused it: for good it is set aside, otherwise tried again later, 5 minutes at most."""
    wait = RETRIES[min(envoi.attempts, len(RETRIES)) - 1]
    await database.fetch(
        """
        update courriels set erreur = $2, claimed_until = null, due_at = $3,
            failed_at = case when $4 then $5::timestamptz end,
            contexte_scelle = case when $4 then null else contexte_scelle end
        where id = $1
        """,
        envoi.id,
        erreur[:200],
        now + timedelta(seconds=wait),
        is_permanent,
        now,
    )
