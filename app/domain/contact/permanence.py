"""When the team answers: its hours, whether somebody is there now, and the day an answer is promised for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse
from app.settings import get_settings

#: The team is in Paris, whoever writes from wherever.
PARIS = Calendrier("Europe/Paris", "")
#: S4: « sous 1 à 2 jours ouvrés ».
JOURS_REPONSE = 2
#: A session notes its visits every five minutes: beyond two of them, nobody is there.
PRESENT_FOR = timedelta(minutes=10)

PRESENT = """
select exists (select from sessions s join agents a on a.id = s.agent
    where a.is_administrateur and a.deactivated_at is null and s.expires_at > :now and s.last_seen_at > :since
) as is_present
"""


@dataclass(frozen=True)
class Permanence:
    """The hours (whole ones, in Paris), whether they run now, who is there, and before when whoever writes now is
    answered.
    """

    ouvre: int
    ferme: int
    is_open: bool
    is_present: bool
    reponse_at: datetime


async def read_permanence(now: datetime) -> Permanence:
    """The team at this instant."""
    settings = get_settings()
    [row] = await database.fetch(PRESENT, now=now, since=now - PRESENT_FOR)
    return Permanence(
        ouvre=settings.support_opens,
        ferme=settings.support_closes,
        is_open=is_open(now, settings.support_opens, settings.support_closes),
        is_present=row["is_present"],
        reponse_at=echeance_premiere_reponse(now, PARIS, JOURS_REPONSE),
    )


def is_open(now: datetime, ouvre: int, ferme: int) -> bool:
    """Whether these hours run now: on working days, in Paris."""
    local = now.astimezone(PARIS.zone)
    return PARIS.is_jour_ouvre(local.date()) and ouvre <= local.hour < ferme
