"""Who asked for a mandat by SMS learns what became of it: the number, the link, never the answer (product §9)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.faits.courriels import tell
from app.domain.faits.registre import Fait


class IssueSms(StrEnum):
    """What became of the SMS; the words stand in the mail (`courriels/mandat_sms_repondu`).

    PARTI and RESTE are said instead of REPONDU when the demande was to leave by itself: it did, or could not.
    """

    REPONDU = "repondu"
    PARTI = "parti"
    RESTE = "reste"
    EXPIRE = "expire"
    ECHEC = "echec"


async def tell_author(agent: int, mandat: UUID, demande: int | None, issue: IssueSms, now: datetime) -> None:
    """Write the mail of this issue to the agent who asked."""
    contexte = {"mandat": str(mandat), "issue": issue.value}
    await tell(Fait.MANDAT_SMS_REPONDU, [agent], demande=demande, contexte=contexte, now=now)
