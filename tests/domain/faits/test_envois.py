"""The engine of what leaves, for mails and SMS alike: claimed once, tried long enough, set aside alone, wiped."""

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain.faits import courriels, envois, sms
from app.domain.faits.envois import LEASE, MOST_TRIES, EnvoiRefuse, Queue, Reclame, refuse
from app.settings import get_settings
from tests.courrier import write_lettre

LATER = EnvoiRefuse("451", is_permanent=False)
NEVER = EnvoiRefuse("550", is_permanent=True)
OURS = EnvoiRefuse("TemplateNotFound", is_permanent=True, is_ours=True)


@dataclass(frozen=True)
class Kind:
    """One of the queues, with what the tests need of it."""

    queue: Queue
    post: Callable[[datetime], Awaitable[None]]
    claim: Callable[[datetime, int], Awaitable[list[Any]]]
    mark_sent: Callable[[Any, datetime], Awaitable[None]]

    async def rows(self) -> list[dict[str, Any]]:
        """Every row, oldest first; `content` is what is still sealed, `left` when it left."""
        table = self.queue.table
        rows = await table.select(*table.all_columns()).order_by(table.created_at)
        for row in rows:
            row["content"] = row[self.queue.scelle._meta.name] or b""
            row["left"] = row[self.queue.done._meta.name]
        return rows

    async def spoil(self, now: datetime) -> None:
        """The row written at this instant cannot be read any more, as when its key is lost."""
        table = self.queue.table
        await table.update({self.queue.scelle: b"lost"}).where(table.created_at == now)


async def post_mail(now: datetime) -> None:
    await write_lettre("connexion_inconnue", "ines@exemple.fr", now)


async def mark_mail(envoi: Reclame, now: datetime) -> None:
    await envois.mark_sent(courriels.COURRIELS, envoi, now)


async def post_sms(now: datetime) -> None:
    zone = ZoneInfo("Europe/Paris")
    row = await database.fetch_one(
        "insert into mandats (nature, etat, version, empreinte, attestation, recorded_by, recorded_at) "
        "select 'sms', 'en_attente', '', '', '', min(id), :now from agents returning id",
        now=now,
    )
    assert row is not None
    await sms.post_sms(
        mandat=row["id"], numero="+33612345678", texte="OUI ?", zone=zone, sent_by=None, now=now
    )


async def mark_sms(envoi: sms.EnvoiSms, now: datetime) -> None:
    await sms.mark_sent(envoi, str(uuid4()), now)


KINDS = [
    Kind(courriels.COURRIELS, post_mail, courriels.claim_courriels, mark_mail),
    Kind(sms.SMS, post_sms, sms.claim_sms, mark_sms),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.queue.nom)


@pytest.fixture
def _provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider, not the demonstration’s handset."""
    settings = dataclasses.replace(get_settings(), sms_url="https://exemple.fr/sms")
    monkeypatch.setattr(sms, "get_settings", lambda: settings)


@every_kind
@pytest.mark.usefixtures("_provider")
async def test_what_has_left_is_wiped_and_never_claimed_again(kind: Kind, now: datetime) -> None:
    await kind.post(now)
    [envoi] = await kind.claim(now, 5)
    await kind.mark_sent(envoi, now)
    [row] = await kind.rows()
    assert (row["left"], row["content"]) == (now, b"")
    assert await kind.claim(now + timedelta(days=1), 5) == []


async def test_the_handset_of_the_demonstration_keeps_what_it_shows(now: datetime) -> None:
    await post_sms(now)
    [envoi] = await sms.claim_sms(now)
    await mark_sms(envoi, now)
    assert [(lu.texte, lu.is_done) for lu in await sms.list_sms()] == [("OUI ?", True)]


@every_kind
async def test_what_is_refused_for_good_is_wiped_and_never_claimed_again(kind: Kind, now: datetime) -> None:
    await kind.post(now)
    [envoi] = await kind.claim(now, 5)
    assert await refuse(kind.queue, envoi, NEVER, now) is True
    [row] = await kind.rows()
    assert (row["failed_at"], row["content"], row["erreur"], row["left"]) == (now, b"", "550", None)
    assert await kind.claim(now + timedelta(days=1), 5) == []


@every_kind
async def test_a_fault_of_ours_keeps_what_may_still_leave_once_mended(kind: Kind, now: datetime) -> None:
    await kind.post(now)
    [envoi] = await kind.claim(now, 5)
    assert await refuse(kind.queue, envoi, OURS, now) is True
    [row] = await kind.rows()
    assert bool(row["content"]) is kind.queue.is_replayable
    assert await kind.claim(now + timedelta(days=1), 5) == []


@every_kind
async def test_the_lease_of_a_dead_worker_ends_and_another_claims(kind: Kind, now: datetime) -> None:
    await kind.post(now)
    [first] = await kind.claim(now, 5)
    assert await kind.claim(now + LEASE - timedelta(seconds=1), 5) == []
    [second] = await kind.claim(now + LEASE, 5)
    assert (first.id, first.attempts, second.id, second.attempts) == (first.id, 1, first.id, 2)


@every_kind
async def test_an_unreadable_row_is_set_aside_alone(kind: Kind, now: datetime) -> None:
    """A whole batch of them, at the head of the queue: what follows leaves all the same, in this very round."""
    lost = [now - timedelta(minutes=n + 1) for n in range(6)]
    for at in lost:
        await kind.post(at)
        await kind.spoil(at)
    await kind.post(now)
    [envoi] = await kind.claim(now, 3)
    rows = await kind.rows()
    assert [(row["failed_at"], row["erreur"]) for row in rows[:-1]] == [(now, "illisible")] * 6
    assert rows[-1]["id"] == envoi.id and rows[-1]["failed_at"] is None
    assert [bool(row["content"]) for row in rows[:-1]] == [kind.queue.is_replayable] * 6, (
        "the key may come back"
    )


@every_kind
async def test_a_refusal_that_lasts_is_given_up(kind: Kind, now: datetime) -> None:
    """4xx for ever: tried again and again by a worker that comes by every hour, and it ends."""
    await kind.post(now)
    at, tries = now, 0
    while (row := (await kind.rows())[0])["failed_at"] is None:
        at = max(at + timedelta(hours=1), row["due_at"])
        for envoi in await kind.claim(at, 5):
            tries += 1
            is_over = await refuse(kind.queue, envoi, LATER, at)
            assert is_over is (at - now >= kind.queue.give_up)
    assert kind.queue.give_up <= at - now <= kind.queue.give_up + timedelta(hours=13)
    assert tries > 5
    assert kind.queue.give_up / timedelta(seconds=kind.queue.retries[-1]) < MOST_TRIES < 2**15, (
        "at every turn"
    )
    assert bool(row["content"]) is kind.queue.is_replayable
    assert await kind.claim(at + timedelta(days=1), 5) == []


def test_a_mail_is_tried_72_hours_and_an_sms_12() -> None:
    assert [kind.queue.give_up for kind in KINDS] == [timedelta(hours=72), timedelta(hours=12)]


@every_kind
async def test_a_row_that_kills_every_worker_ends_aside(kind: Kind, now: datetime) -> None:
    await kind.post(now)
    await kind.queue.table.update({"attempts": MOST_TRIES}, force=True)
    assert await kind.claim(now, 5) == []
    [row] = await kind.rows()
    assert (row["failed_at"], row["erreur"]) == (now, "trop d’essais")


@every_kind
async def test_a_worker_that_comes_back_late_changes_nothing_of_what_has_left(
    kind: Kind, now: datetime
) -> None:
    await kind.post(now)
    [slow] = await kind.claim(now, 5)
    [quick] = await kind.claim(now + LEASE, 5)
    await kind.mark_sent(quick, now + LEASE)
    await refuse(kind.queue, slow, NEVER, now + 2 * LEASE)
    [row] = await kind.rows()
    assert (row["left"], row["failed_at"]) == (now + LEASE, None)
