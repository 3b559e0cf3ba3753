"""The end of a demande, and its return: only the aidant side closes (product §2, §3; S1)."""

from datetime import datetime

from app.domain.demandes import Demande
from app.domain.sessions import Signed


async def close_demande(
    signed: Signed, demande: Demande, *, note: int, commentaire: str, now: datetime
) -> None:
    """Close and say whether it helped: 1 non, 2 en partie, 3 oui. Invalide on `note` or `commentaire`."""
    raise NotImplementedError


async def reopen_demande(signed: Signed, demande: Demande, now: datetime) -> None:
    """Open again what is not erased: traitée parts start a new delay, declined ones stay."""
    raise NotImplementedError
