"""The state of the platform, in facts: worker, mails, SMS, files, base, sweeps, and what today brought."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed
from app.domain.entretien.battements import SILENCE
from app.domain.mots.dates import PARIS
from app.domain.regles.permissions import can_administer, require

DAY = timedelta(days=1)
#: The sweeps run every hour: silent for longer, they are not running.
SWEEPS = timedelta(hours=3)


@dataclass(frozen=True)
class EtatPlateforme:
    """Instants are None when it never happened. Mails that wait for their agent’s hour are not late: they are left out
    of `courriels_en_attente`. `taille_base` and `taille_pieces` are in bytes; `archived_at` is the last log that
    PostgreSQL put away for a restoration.
    """

    beat_at: datetime | None
    travailleurs: int
    courriels_en_attente: int
    courriel_oldest_at: datetime | None
    courriels_partis: int
    courriels_refuses: int
    sms_en_attente: int
    sms_partis: int
    sms_refuses: int
    pieces: int
    taille_pieces: int
    taille_base: int
    version_base: str
    archived_at: datetime | None
    swept_at: datetime | None
    erased: int
    agents: int
    demandes: int
    messages: int
    en_souffrance: int

    def is_working(self, now: datetime) -> bool:
        """A worker said lately that it lives."""
        return self.beat_at is not None and now - self.beat_at <= SILENCE

    def is_sweeping(self, now: datetime) -> bool:
        """What must go goes."""
        return self.swept_at is not None and now - self.swept_at <= SWEEPS


STATE = """
select
    (select max(at) from battements) as beat_at,
    (select count(*) from battements where at > :alive) as travailleurs,
    q.nombre as courriels_en_attente, q.oldest_at as courriel_oldest_at,
    (select count(*) from courriels where coalesce(sent_at, failed_at) > :since and failed_at is null)
        as courriels_partis,
    (select count(*) from courriels where coalesce(sent_at, failed_at) > :since and failed_at is not null)
        as courriels_refuses,
    (select count(*) from sms where sens = 'envoye' and done_at is null and failed_at is null) as sms_en_attente,
    (select count(*) from sms where sens = 'envoye' and done_at > :since and failed_at is null) as sms_partis,
    (select count(*) from sms where sens = 'envoye' and failed_at > :since) as sms_refuses,
    p.nombre as pieces, p.taille as taille_pieces,
    pg_database_size(current_database()) as taille_base, current_setting('server_version') as version_base,
    (select last_archived_time from pg_stat_archiver) as archived_at,
    (select max(ended_at) from menages) as swept_at,
    (select coalesce(sum(nombre), 0)::bigint from menages where jour >= :yesterday) as erased,
    (select count(*) from agents where last_seen_at >= :midnight) as agents,
    j.demandes, j.messages,
    (select count(*) from sollicitations where late_at < :now) as en_souffrance
from (select count(*) as nombre, min(created_at) as oldest_at from courriels
      where sent_at is null and failed_at is null and not is_waiting) q,
    (select count(*) as nombre, coalesce(sum(taille), 0)::bigint as taille from pieces_jointes
     where erased_at is null) p,
    (select count(*) filter (where fait = 'demande_envoyee') as demandes,
        count(*) filter (where fait in ('message_envoye', 'message_prive_envoye')) as messages
     from journal where at >= :midnight) j
"""


async def read_etat(signed: Signed, now: datetime) -> EtatPlateforme:
    """The facts of this instant; what is said « today » is so in Paris. Raises Refus."""
    require(can_administer(signed.droits))
    today = now.astimezone(PARIS)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    [row] = await database.fetch(
        STATE,
        now=now,
        alive=now - SILENCE,
        since=now - DAY,
        midnight=midnight,
        yesterday=today.date() - DAY,
    )
    return EtatPlateforme(**dict(row))
