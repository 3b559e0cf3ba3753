"""Whether people are well served now, in facts and in codes (quality R7): for monitors, operators, and the platform.

A code is said when somebody would be hurt, not when one mailbox refuses its mails: a mail that was tried and refused
waits for its next try, a mail that nobody tried waits for us.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app import database
from app.coffre import CoffreIndisponible
from app.domain.entretien.balayages import Balayage, list_balayages
from app.domain.entretien.battements import SILENCE
from app.domain.pieces_jointes.depot import coffre

SIGN_IN_LATE = timedelta(minutes=2)
LATE = timedelta(minutes=10)
#: A sweep of the timetable that fails for that long is not mended by its next turn.
FAILING = timedelta(hours=1)
#: Sealing turns each minute: silent for longer, the hours of the timetable are not kept.
HOURS_SILENCE = timedelta(minutes=10)
CLOCKS_APART = timedelta(seconds=10)
#: What turns without pause when the worker is well, and the code of what its silence stops.
LANES = {"send_urgents": "connexion", "send_courriels": "courriels", "send_sms": "sms"}

# An index holds what is to be sent: the whole outbox is never read.
STATE = """
select clock_timestamp() as base_at, current_setting('transaction_read_only') = 'on' as is_read_only,
    (select max(at) from battements) as beat_at,
    (select min(uploaded_at) from pieces_jointes
        where verdict = 'en_attente' and erased_at is null) as analyse_due_at, q.*, s.*
from (select count(*) as courriels_dus, count(*) filter (where attempts > 0) as courriels_refuses,
        min(due_at) filter (where attempts = 0 and priorite = 0) as connexion_due_at,
        min(due_at) filter (where attempts = 0 and priorite > 0) as courriel_due_at
    from courriels where sent_at is null and failed_at is null and not is_waiting and due_at <= :now) q,
    (select count(*) as sms_dus, min(due_at) filter (where attempts = 0) as sms_due_at
    from sms where sens = 'envoye' and done_at is null and failed_at is null and due_at <= :now) s
"""


@dataclass(frozen=True)
class Sante:
    """Instants are None when there is nothing to say. `*_due_at`: the oldest that is due and was never tried."""

    at: datetime
    base_at: datetime | None = None
    is_read_only: bool = False
    beat_at: datetime | None = None
    courriels_dus: int = 0
    courriels_refuses: int = 0
    connexion_due_at: datetime | None = None
    courriel_due_at: datetime | None = None
    sms_dus: int = 0
    sms_due_at: datetime | None = None
    analyse_due_at: datetime | None = None
    """When the oldest file that nobody can open yet came: the antivirus has not said what it is."""
    balayages: list[Balayage] = field(default_factory=list)
    coffre: str = ""
    """Why files cannot be kept; empty when they can."""
    is_base_lost: bool = False

    @property
    def troubles(self) -> list[str]:
        """What would hurt people now, in codes; empty when all is well."""
        if self.is_base_lost:
            return ["base"]
        found = {
            "base_lecture_seule": self.is_read_only,
            "worker": self.beat_at is None or self._lasts(self.beat_at, SILENCE),
            "connexion": self._lasts(self.connexion_due_at, SIGN_IN_LATE),
            "courriels": self._lasts(self.courriel_due_at, LATE),
            "sms": self._lasts(self.sms_due_at, LATE),
            "antivirus": self._lasts(self.analyse_due_at, LATE),
            "coffre": bool(self.coffre),
            "horloge": self.base_at is not None and abs(self.base_at - datetime.now(UTC)) > CLOCKS_APART,
        }
        for sweep in self.balayages:
            if sweep.nom in LANES and self._is_silent(sweep, SILENCE):
                found[LANES[sweep.nom]] = True
            elif sweep.nom == "seal_journal" and self._is_silent(sweep, HOURS_SILENCE):
                found["horaires"] = True
            elif sweep.is_failing and self._is_silent(sweep, FAILING):
                found[f"balayage:{sweep.nom}"] = True
        return [code for code, is_so in found.items() if is_so]

    def _lasts(self, since: datetime | None, limit: timedelta) -> bool:
        return since is not None and self.at - since > limit

    def _is_silent(self, sweep: Balayage, limit: timedelta) -> bool:
        return sweep.succeeded_at is None or self._lasts(sweep.succeeded_at, limit)


async def read_sante(now: datetime) -> Sante:
    """The facts of this instant. Never raises because something is away: that is what it says."""
    said = await _check_store()
    try:
        [row] = await database.fetch(STATE, now=now)
        facts: dict[str, Any] = dict(row)
        return Sante(now, **facts, balayages=await list_balayages(), coffre=said)
    except database.Indisponible:
        return Sante(now, coffre=said, is_base_lost=True)


async def _check_store() -> str:
    try:
        await coffre().check()
    except CoffreIndisponible as error:
        return str(error)
    return ""


def read_pool() -> dict[str, int]:
    """How many connections this process holds, how many are idle, how many it may open."""
    pool = database.ENGINE.pool
    if pool is None:
        return {"open": 0, "idle": 0, "most": 0}
    return {"open": pool.get_size(), "idle": pool.get_idle_size(), "most": pool.get_max_size()}
