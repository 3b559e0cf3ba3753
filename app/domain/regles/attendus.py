"""Who is awaited on a demande, for one reader: on the parts of an instructeur, else on all of them (product §6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from app.domain.regles.statuts import Part, Tour, is_open, tour_part


class PartSuivie(Protocol):
    """A part, and who took charge of it."""

    @property
    def part(self) -> Part:
        """Its facts."""
        ...

    @property
    def taken_by(self) -> int | None:
        """The agent who follows it."""
        ...


P = TypeVar("P", bound=PartSuivie)


class Qui(Enum):
    """Who must play, as one reader says it."""

    SOI = auto()
    """The reader, who took charge."""
    EQUIPE = auto()
    """The reader’s groupe, where nobody took charge yet."""
    COLLEGUE = auto()
    """Colleagues who took charge."""
    ORGANISME = auto()
    """Other groupes asked."""
    AIDANT = auto()
    PERSONNE = auto()
    """The demande is closed."""


@dataclass(frozen=True)
class Attendus(Generic[P]):
    """Who is awaited, and on which parts; none when it is the aidant, or nobody."""

    qui: Qui
    parts: tuple[P, ...] = ()


def find_attendus(
    parts: Sequence[P],
    miennes: Sequence[P],
    *,
    lecteur: int,
    last_aidant_at: datetime,
    closed_at: datetime | None,
) -> Attendus[P]:
    """Who must play. `miennes` are the parts that the reader answers for, none on the aidant side."""
    if closed_at is not None:
        return Attendus(Qui.PERSONNE)
    if awaited := _list_awaited(miennes, last_aidant_at):
        takers = {one.taken_by for one in awaited}
        if lecteur in takers:
            return Attendus(Qui.SOI, awaited)
        return Attendus(Qui.EQUIPE if None in takers else Qui.COLLEGUE, awaited)
    if any(is_open(one.part) for one in miennes):
        return Attendus(Qui.AIDANT)
    others = _list_awaited(parts, last_aidant_at)
    return Attendus(Qui.ORGANISME, others) if others else Attendus(Qui.AIDANT)


def _list_awaited(parts: Iterable[P], last_aidant_at: datetime) -> tuple[P, ...]:
    return tuple(one for one in parts if tour_part(one.part, last_aidant_at) is Tour.INSTRUCTEUR)
