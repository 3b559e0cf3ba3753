"""The outbox: a mail is a row written with what it announces; a sweep sends it (product §9, house §4).

Nothing of a demande goes in a mail but its number, the organismes and the link.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app import database
from app.domain.faits.registre import Fait
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
    """A mail to write: its folder (`Fait.courriel`), to whom (no agent: the mailbox of a groupe, or a stranger)."""

    courriel: str
    adresse: str
    agent: int | None = None


# One statement however many are told: a groupe of forty costs what one agent costs.
POST = """
with ecrits as (
    insert into courriels (id, fait, agent, adresse, demande, contexte_scelle, priorite, created_at, due_at)
    select p.id, p.fait, p.agent, p.adresse, :demande, p.scelle, :priorite, :now, :now
    from unnest(:ids::uuid[], :courriels::text[], :agents::int[], :adresses::text[], :scelles::bytea[])
        as p (id, fait, agent, adresse, scelle)
)
select pg_notify(:channel, '')
"""


async def post_courriels(
    plis: Sequence[Pli],
    *,
    contexte: Mapping[str, Any],
    now: datetime,
    demande: int | None = None,
    is_urgent: bool = False,
) -> None:
    """Write mails to send, in the current transaction; the worker is woken when it commits.

    This is the only writer of the outbox. `contexte` is what the mails say beside the number of the demande; urgent
    ones leave before the others.
    """
    if not plis:
        return
    ids = [uuid4() for _ in plis]
    clair = json.dumps({"numero": demande, **contexte})
    await database.fetch(
        POST,
        ids=ids,
        courriels=[pli.courriel for pli in plis],
        agents=[pli.agent for pli in plis],
        adresses=[pli.adresse for pli in plis],
        scelles=[trousseau().seal_text(clair, f"courriel:{key}") for key in ids],
        demande=demande,
        priorite=SIGN_IN if is_urgent else ORDINARY,
        now=now,
        channel=CHANNEL,
    )


WANTING = """
select id, email from agents
where id = any(:agents) and deactivated_at is null and notification <> 'aucune' order by id
"""


async def tell(
    fait: Fait, agents: Collection[int], *, demande: int | None, contexte: Mapping[str, Any], now: datetime
) -> None:
    """Send the mail of this fait to the agents it is about (`Told.CONCERNE`).

    Deactivated agents and those who asked for no mail are left out.
    """
    rows = await database.fetch(WANTING, agents=list(agents))
    plis = [Pli(fait.courriel, row["email"], row["id"]) for row in rows]
    await post_courriels(plis, demande=demande, contexte=contexte, now=now, is_urgent=fait.recit.is_urgent)


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
