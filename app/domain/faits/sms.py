"""The SMS to send and those received: the row is the queue, number and text sealed (product §8).

Never at night: from 20 h to 8 h on the clock of the usager's département, an SMS waits for the morning.
"""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.faits.scellement import empreinte, trousseau
from app.settings import get_settings

NUIT = time(20)
MATIN = time(8)
LEASE = timedelta(minutes=2)
RETRIES = (10, 30, 60, 120, 300)  # seconds; the last one repeats
GIVE_UP = timedelta(hours=12)
TEXTE_MAX = 2_000


@dataclass(frozen=True, repr=False)
class Envoi:
    """An SMS claimed for sending. Its repr says nothing: it may end in a log."""

    id: UUID
    mandat: UUID
    numero: str
    texte: str
    fuseau: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, repr=False)
class SmsLu:
    """An SMS of the demonstration's handset, opened. `sens` is envoye or recu."""

    sens: str
    numero: str
    texte: str
    created_at: datetime
    is_done: bool


def is_available() -> bool:
    """Whether SMS leave from here: a real service needs a provider, only a demonstration may pretend."""
    settings = get_settings()
    return settings.sms_url is not None or not settings.is_production


def empreinte_numero(numero: str) -> str:
    """What finds a number again without keeping it."""
    return empreinte("telephone", numero)


def is_night(instant: datetime, zone: ZoneInfo) -> bool:
    """From 20 h to 8 h there."""
    local = instant.astimezone(zone).time()
    return local >= NUIT or local < MATIN


def next_morning(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself in the day, else 8 h of the morning that comes."""
    if not is_night(instant, zone):
        return instant
    local = instant.astimezone(zone)
    day = local.date() + timedelta(days=1) if local.time() >= NUIT else local.date()
    return datetime.combine(day, MATIN, zone)


async def post_sms(
    *, mandat: UUID, numero: str, texte: str, zone: ZoneInfo, sent_by: int | None, now: datetime
) -> None:
    """Write one SMS to send, in the current transaction; it leaves with the next sweep, in the day."""
    key = uuid4()
    await database.fetch(
        """
        insert into sms (id, mandat, sens, numero_empreinte, contenu_scelle, sent_by, created_at, due_at)
        values ($1, $2, 'envoye', $3, $4, $5, $6, $7)
        """,
        *(key, mandat, empreinte_numero(numero), _seal(key, numero, texte, zone.key), sent_by, now),
        next_morning(now, zone),
    )


async def keep_received(*, mandat: UUID, numero: str, texte: str, cle: str, now: datetime) -> bool:
    """Keep an SMS that came in; False when `cle`, the provider's name for it, was already kept."""
    key = uuid4()
    row = await database.fetch_one(
        """
        insert into sms (id, mandat, sens, numero_empreinte, contenu_scelle, fournisseur_id, created_at, done_at)
        values ($1, $2, 'recu', $3, $4, $5, $6, $6) on conflict (fournisseur_id) do nothing returning id
        """,
        *(
            key,
            mandat,
            empreinte_numero(numero),
            _seal(key, numero, texte[:TEXTE_MAX], ""),
            f"recu:{cle}"[:100],
        ),
        now,
    )
    return row is not None


CLAIM = """
update sms set claimed_until = $2, attempts = attempts + 1
where id in (
    select id from sms
    where sens = 'envoye' and done_at is null and failed_at is null and due_at <= $1
        and (claimed_until is null or claimed_until <= $1)
    order by due_at limit $3 for update skip locked)
returning id, mandat, contenu_scelle, attempts, created_at
"""


async def claim_sms(now: datetime, most: int = 5) -> list[Envoi]:
    """Take some SMS that are due, for two minutes; those the night has caught are put off to the morning."""
    envois = [_open(row) for row in await database.fetch(CLAIM, now, now + LEASE, most)]
    day = []
    for envoi in envois:
        if is_night(now, ZoneInfo(envoi.fuseau)):
            await put_off(envoi, next_morning(now, ZoneInfo(envoi.fuseau)))
        else:
            day.append(envoi)
    return day


async def mark_sent(envoi: Envoi, fournisseur_id: str, now: datetime) -> None:
    """The provider took it."""
    await database.fetch(
        "update sms set done_at = $2, fournisseur_id = $3 where id = $1 and done_at is null",
        *(envoi.id, now, f"envoye:{fournisseur_id}"[:100]),
    )


async def put_off(envoi: Envoi, due_at: datetime) -> None:
    """Try again then."""
    await database.fetch("update sms set claimed_until = null, due_at = $2 where id = $1", envoi.id, due_at)


async def mark_failed(envoi: Envoi, now: datetime) -> None:
    """It will not leave any more."""
    await database.fetch("update sms set claimed_until = null, failed_at = $2 where id = $1", envoi.id, now)


def next_try(envoi: Envoi, now: datetime) -> datetime | None:
    """When to try again; None when twelve hours of trying are enough."""
    if now - envoi.created_at >= GIVE_UP:
        return None
    wait = RETRIES[min(envoi.attempts, len(RETRIES)) - 1]
    return next_morning(now + timedelta(seconds=wait), ZoneInfo(envoi.fuseau))


async def list_sms(most: int = 200) -> list[SmsLu]:
    """Every SMS, latest first, opened: for the demonstration's handset only."""
    rows = await database.fetch(
        """
        select id, sens, contenu_scelle, created_at, done_at is not null as is_done
        from sms order by created_at desc, sens limit $1
        """,
        most,
    )
    return [_lu(row) for row in rows]


def _seal(key: UUID, numero: str, texte: str, fuseau: str) -> bytes:
    clair = json.dumps({"numero": numero, "texte": texte, "fuseau": fuseau})
    return trousseau().seal_text(clair, f"sms:{key}")


def _opened(row: Any) -> dict[str, Any]:
    clair: dict[str, Any] = json.loads(trousseau().open_text(row["contenu_scelle"], f"sms:{row['id']}"))
    return clair


def _open(row: Any) -> Envoi:
    same = {name: row[name] for name in ("id", "mandat", "attempts", "created_at")}
    return Envoi(**_opened(row), **same)


def _lu(row: Any) -> SmsLu:
    clair = _opened(row)
    same = {name: row[name] for name in ("sens", "created_at", "is_done")}
    return SmsLu(numero=clair["numero"], texte=clair["texte"], **same)
