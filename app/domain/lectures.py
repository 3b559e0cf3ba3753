"""Who opened a demande, and when: first and last visit (product §7)."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.demandes import Demande
from app.domain.sessions import Signed


@dataclass(frozen=True)
class Lecture:
    """The visits of one agent."""

    agent: int
    nom: str
    first_at: datetime
    last_at: datetime


async def mark_read(signed: Signed, demande: Demande, now: datetime) -> None:
    """Write this visit; whoever sees metadata only leaves no mark."""
    raise NotImplementedError


async def list_lectures(demande: Demande) -> list[Lecture]:
    """Every agent who opened it, first come first."""
    raise NotImplementedError
