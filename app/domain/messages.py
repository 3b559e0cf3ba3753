"""What people write in a demande, and the two quick answers (product §2, §7; S1, S2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.demandes import Demande
from app.domain.errors import Conflit
from app.domain.fil import Ligne
from app.domain.sessions import Signed


@dataclass(frozen=True)
class Saisie:
    """An answer as it was typed. The keys of `Invalide.erreurs` are the names of these fields."""

    texte: str
    cle: UUID
    is_prive: bool = False
    is_procedure: bool = False
    is_traitee: bool = False
    relances: tuple[int, ...] = ()  # groupes asked again
    signature: str = ""
    vu: int = 0  # last line the writer had on screen
    confirme: bool = False


class Arrives(Conflit):
    """Lines arrived while the writer was typing: show them above the kept text, then post with `confirme`."""

    def __init__(self, lignes: tuple[Ligne, ...]) -> None:
        super().__init__("De nouveaux messages sont arrivés pendant que vous écriviez.")
        self.lignes = lignes


async def post_message(
    signed: Signed, demande: Demande, saisie: Saisie, now: datetime, *, groupe: int | None = None
) -> int:
    """Write in the thread; returns the line. `groupe`: for which of their solicited groupes an instructeur acts."""
    raise NotImplementedError


async def take_charge(
    signed: Signed, demande: Demande, *, cle: UUID, signature: str, now: datetime, groupe: int | None = None
) -> int:
    """« Je m’en occupe » : a visible answer; the groupe keeps the ball."""
    raise NotImplementedError


async def decline(
    signed: Signed,
    demande: Demande,
    *,
    cle: UUID,
    texte: str,
    signature: str,
    now: datetime,
    groupe: int | None = None,
) -> int:
    """« Je ne suis pas le bon interlocuteur » : ends the part of the whole groupe."""
    raise NotImplementedError


async def count_readers(demande: Demande) -> int:
    """How many people would read a private message now, its writer included."""
    raise NotImplementedError
