"""The SMS to send and those received: the row is the queue, number and text sealed (product §8).

Never at night: from 20 h to 8 h on the clock of the usager's département, an SMS waits for the morning.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.faits import envois
from app.domain.faits.scellement import empreinte
from app.settings import get_settings
from app.tables import Sms

NUIT = time(20)
MATIN = time(8)
TEXTE_MAX = 2_000
WIPED = b""

SMS = envois.Queue(
    nom="sms",
    table=Sms,
    done=Sms.done_at,
    scelle=Sms.contenu_scelle,
    wiped=WIPED,
    order=(Sms.due_at,),
    where=(Sms.sens == "envoye",),
    retries=(10, 30, 60, 120, 300),
    give_up=timedelta(hours=12),
    # The mandat it asked for has failed: the usager is asked again otherwise, never by this row.
    is_replayable=False,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class EnvoiSms(envois.Reclame):
    """An SMS claimed for sending."""

    mandat: UUID
    numero: str
    texte: str
    fuseau: str

    def earliest(self, instant: datetime) -> datetime:
        """In the day of the usager’s département."""
        return next_morning(instant, ZoneInfo(self.fuseau))


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
    """From 20 h to 8 h there; the handset of a demonstration wakes nobody, at any hour."""
    if get_settings().is_demo:
        return False
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
    await Sms.insert(
        Sms(
            id=key,
            mandat=mandat,
            sens="envoye",
            numero_empreinte=empreinte_numero(numero),
            contenu_scelle=_seal(key, numero, texte, zone.key),
            sent_by=sent_by,
            created_at=now,
            due_at=next_morning(now, zone),
        )
    )


KEEP = """
insert into sms (id, mandat, sens, numero_empreinte, contenu_scelle, fournisseur_id, created_at, done_at)
values (:key, :mandat, 'recu', :empreinte, :contenu, :fournisseur_id, :now, :now)
on conflict (fournisseur_id) do nothing returning id
"""


async def keep_received(*, mandat: UUID, numero: str, texte: str, cle: str, now: datetime) -> bool:
    """Keep an SMS that came in; False when `cle`, the provider's name for it, was already kept."""
    key = uuid4()
    row = await database.fetch_one(
        KEEP,
        key=key,
        mandat=mandat,
        empreinte=empreinte_numero(numero),
        contenu=_seal(key, numero, texte[:TEXTE_MAX], ""),
        fournisseur_id=f"recu:{cle}"[:100],
        now=now,
    )
    return row is not None


async def claim_sms(now: datetime, most: int = 5) -> list[EnvoiSms]:
    """Take some SMS that are due; those the night has caught are put off to the morning."""
    day = []
    for row in await envois.claim(SMS, now, most):
        same = {name: row[name] for name in ("id", "mandat", "attempts", "created_at")}
        envoi = EnvoiSms(**row["contenu"], **same)
        if (morning := envoi.earliest(now)) > now:
            await envois.put_off(SMS, envoi, morning)
        else:
            day.append(envoi)
    return day


async def mark_sent(envoi: EnvoiSms, fournisseur_id: str, now: datetime) -> None:
    """The provider took it: number and text are wiped, but for the demonstration's handset, which shows them."""
    name: envois.Values = {Sms.fournisseur_id: f"envoye:{fournisseur_id}"[:100]}
    await envois.mark_sent(SMS, envoi, now, name, is_kept=get_settings().sms_url is None)


LATEST = """
select id, sens, contenu_scelle, created_at, done_at is not null as is_done
from sms where contenu_scelle <> :wiped order by created_at desc, sens limit :most
"""


async def list_sms(most: int = 200) -> list[SmsLu]:
    """The SMS not wiped, latest first, opened: for the demonstration's handset only."""
    return [_lu(row) for row in await database.fetch(LATEST, wiped=WIPED, most=most)]


def _seal(key: UUID, numero: str, texte: str, fuseau: str) -> bytes:
    return envois.seal(SMS.nom, key, {"numero": numero, "texte": texte, "fuseau": fuseau})


def _lu(row: Any) -> SmsLu:
    clair = envois.unseal(SMS.nom, row["id"], row["contenu_scelle"])
    same = {name: row[name] for name in ("sens", "created_at", "is_done")}
    return SmsLu(numero=clair["numero"], texte=clair["texte"], **same)
