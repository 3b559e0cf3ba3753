"""The one engine of what leaves: a row written with the change it announces is its own queue (house §4).

A worker claims rows for the length of a lease, sends, marks; a killed worker's lease ends and another claims again. A
refusal is tried again later and later, then given up; what will never leave is set aside, and holds nothing back.

Mails, SMS and webhooks are queues of it; another kind is another `Queue`, and so is a lane of its own inside a table.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.columns import Bytea, Column, Timestamptz
from piccolo.custom_types import Combinable

from app import tables
from app.chiffrement import Illisible
from app.domain.faits.scellement import trousseau

LEASE = timedelta(minutes=2)
# Each lease that ends on a dead worker counts one more try. This is far beyond what 72 hours of refusals can make, and
# far below what the column holds.
MOST_TRIES = 2_000
CODE_MAX = 200

Values = dict[Column | str, Any]


class EnvoiRefuse(Exception):
    """What should have left did not; `is_permanent` when trying again is useless. `code` never holds an address.

    `is_ours`: the fault is in our row or our template, not in what the other side said; once mended it may leave.
    `is_unreachable`: nobody answered there, and the next row would fare no better.
    """

    def __init__(
        self, code: str, *, is_permanent: bool, is_ours: bool = False, is_unreachable: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.is_permanent = is_permanent
        self.is_ours = is_ours
        self.is_unreachable = is_unreachable


@dataclass(frozen=True)
class Queue:
    """Rows that leave the same way: where they stand, in which order they leave, how long they are tried.

    `nom` names what is sealed (« nom:id »); `done` is set when a row has left; `where` keeps the rows of this queue.
    `wiped` stands in place of the content once it is of no use; `retries` are seconds, the last one repeats.
    `is_replayable`: what is set aside keeps its content, unless the other side refused it for good.
    """

    nom: str
    table: type[tables.Courriels] | type[tables.Sms] | type[tables.Rappels]
    done: Timestamptz
    scelle: Bytea
    wiped: bytes | None
    order: tuple[Column, ...]
    where: tuple[Combinable, ...]
    retries: tuple[int, ...]
    give_up: timedelta
    is_replayable: bool

    def is_given_up(self, envoi: "Reclame", now: datetime) -> bool:
        """Whether it has been tried for long enough."""
        return now - envoi.created_at >= self.give_up


@dataclass(frozen=True, kw_only=True, repr=False)
class Reclame:
    """A row claimed for sending. Its repr says nothing: it may end in a log."""

    id: UUID
    attempts: int = 1
    created_at: datetime

    def earliest(self, instant: datetime) -> datetime:
        """When it may leave, from this instant on."""
        return instant


def seal(queue_nom: str, key: UUID, contenu: Mapping[str, Any]) -> bytes:
    """The content of a row, sealed for that row alone."""
    return trousseau().seal_text(json.dumps(contenu), f"{queue_nom}:{key}")


def unseal(queue_nom: str, key: UUID, scelle: bytes) -> dict[str, Any]:
    """What `seal` sealed. Raises Illisible."""
    contenu: dict[str, Any] = json.loads(trousseau().open_text(scelle, f"{queue_nom}:{key}"))
    return contenu


async def claim(queue: Queue, now: datetime, most: int) -> list[dict[str, Any]]:
    """Take some rows that are due, for the length of a lease, in the order they leave; `contenu` is what was sealed.

    A row that cannot be read, or kills whoever claims it, is set aside alone: the others do not wait for it.
    """
    while rows := await _claim_rows(queue, now, most):
        opened = [row for row in rows if await _open(queue, row, now)]
        if opened:
            return opened
    return []


async def _claim_rows(queue: Queue, now: datetime, most: int) -> list[dict[str, Any]]:
    table = queue.table
    due = (
        table.select(table.id)
        .where(
            *queue.where,
            queue.done.is_null(),
            table.failed_at.is_null(),
            table.due_at <= now,
            table.claimed_until.is_null() | (table.claimed_until <= now),
        )
        .order_by(*queue.order)
        .limit(most)
        .lock_rows("UPDATE", skip_locked=True)
    )
    rows: list[dict[str, Any]] = (
        await table.update({table.claimed_until: now + LEASE, table.attempts: table.attempts + 1})
        .where(table.id.is_in(due))
        .returning(*table.all_columns())
    )
    names = [column._meta.name for column in queue.order]
    return sorted(rows, key=lambda row: [row[name] for name in names])


async def _open(queue: Queue, row: dict[str, Any], now: datetime) -> bool:
    """Put the content in the row; False when it is set aside instead."""
    if row["attempts"] > MOST_TRIES:
        await _set_aside(queue, row["id"], "trop d’essais", now, is_kept=queue.is_replayable)
        return False
    try:
        row["contenu"] = unseal(queue.nom, row["id"], row[queue.scelle._meta.name])
    except (Illisible, ValueError, TypeError):
        await _set_aside(queue, row["id"], "illisible", now, is_kept=queue.is_replayable)
        return False
    return True


async def mark_sent(
    queue: Queue,
    envoi: Reclame,
    now: datetime,
    values: Values | None = None,
    *,
    is_kept: bool = False,
) -> None:
    """It left: its content is wiped (unless `is_kept`), `values` are written beside."""
    table = queue.table
    written: Values = {queue.done: now, table.erreur: "", table.claimed_until: None, **(values or {})}
    if not is_kept:
        written[queue.scelle] = queue.wiped
    await table.update(written).where(table.id == envoi.id, queue.done.is_null())


async def put_off(queue: Queue, envoi: Reclame, due_at: datetime, code: str = "") -> None:
    """Try again then; `code` is why, when something went wrong."""
    table = queue.table
    written: Values = {table.claimed_until: None, table.due_at: due_at, table.erreur: code[:CODE_MAX]}
    await table.update(written).where(table.id == envoi.id, queue.done.is_null())


async def release(queue: Queue, envois: Sequence[Reclame]) -> None:
    """Claimed and never tried: as if it had not been claimed."""
    table = queue.table
    await table.update({table.claimed_until: None, table.attempts: table.attempts - 1}).where(
        table.id.is_in([envoi.id for envoi in envois]), queue.done.is_null(), table.attempts > 0
    )


async def refuse(queue: Queue, envoi: Reclame, refus: EnvoiRefuse, now: datetime) -> bool:
    """It did not leave: tried again later and later, or set aside when that is useless or has lasted long enough.

    Returns whether it is set aside.
    """
    if refus.is_permanent or queue.is_given_up(envoi, now):
        is_kept = queue.is_replayable and (refus.is_ours or not refus.is_permanent)
        await _set_aside(queue, envoi.id, refus.code, now, is_kept=is_kept)
        return True
    wait = queue.retries[min(envoi.attempts, len(queue.retries)) - 1]
    await put_off(queue, envoi, envoi.earliest(now + timedelta(seconds=wait)), refus.code)
    return False


async def _set_aside(queue: Queue, key: UUID, code: str, now: datetime, *, is_kept: bool) -> None:
    table = queue.table
    written: Values = {table.failed_at: now, table.claimed_until: None, table.erreur: code[:CODE_MAX]}
    if not is_kept:
        written[queue.scelle] = queue.wiped
    await table.update(written).where(table.id == key, queue.done.is_null())
