"""Bringing someone in: another groupe, a colleague, the experts (product §3, §7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.demandes import Demande
from app.domain.sessions import Signed


@dataclass(frozen=True)
class GroupeInvitable:
    """A groupe that can be asked. `avertissement` is empty, or says that nobody active is there."""

    id: int
    nom: str
    organisme: str
    sigle: str
    instructeurs: int
    avertissement: str


@dataclass(frozen=True)
class Collegue:
    """A colleague who can be invited."""

    agent: int
    nom: str
    fonction: str
    groupe_nom: str


async def list_groupes(demande: Demande, departement: int | None) -> list[GroupeInvitable]:
    """The opérateurs of a département (the demande’s by default) not asked yet."""
    raise NotImplementedError


async def list_collegues(signed: Signed, demande: Demande) -> list[Collegue]:
    """The colleagues this agent may invite; empty when they may invite nobody."""
    raise NotImplementedError


async def invite(
    signed: Signed,
    demande: Demande,
    *,
    groupes: Collection[int],
    collegues: Collection[int],
    experts: bool,
    texte: str,
    is_prive: bool,
    cle: UUID,
    now: datetime,
) -> int:
    """Bring groupes, colleagues or the experts in; returns the line of the thread."""
    raise NotImplementedError
