"""Who is awaited, for each reader: a table of parts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.regles.attendus import Qui, find_attendus
from app.domain.regles.statuts import Part

AIDANT_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = AIDANT_AT + timedelta(hours=1)
INES, IDIR = 1, 2


@dataclass(frozen=True)
class Une:
    """A part of a table."""

    part: Part
    taken_by: int | None = None


LIBRE, PRISE, REPONDUE = Une(Part()), Une(Part(), IDIR), Une(Part(replied_at=LATER), IDIR)
FINIE, DECLINEE = Une(Part(traitee_at=LATER)), Une(Part(declinee_at=LATER))


@pytest.mark.parametrize(
    ("miennes", "autres", "lecteur", "qui", "awaited"),
    [
        ((), (LIBRE,), INES, Qui.ORGANISME, (LIBRE,)),
        ((), (REPONDUE, LIBRE), INES, Qui.ORGANISME, (LIBRE,)),
        ((), (REPONDUE,), INES, Qui.AIDANT, ()),
        ((), (FINIE, DECLINEE), INES, Qui.AIDANT, ()),
        ((LIBRE,), (), INES, Qui.EQUIPE, (LIBRE,)),
        ((PRISE,), (), INES, Qui.COLLEGUE, (PRISE,)),
        ((PRISE,), (), IDIR, Qui.SOI, (PRISE,)),
        ((PRISE, LIBRE), (), INES, Qui.EQUIPE, (PRISE, LIBRE)),
        ((REPONDUE, LIBRE), (), INES, Qui.EQUIPE, (LIBRE,)),
        ((REPONDUE,), (LIBRE,), INES, Qui.AIDANT, ()),
        ((FINIE,), (LIBRE,), INES, Qui.ORGANISME, (LIBRE,)),
        ((FINIE,), (REPONDUE,), INES, Qui.AIDANT, ()),
        ((DECLINEE,), (), INES, Qui.AIDANT, ()),
    ],
)
def test_who_is_awaited(
    miennes: tuple[Une, ...], autres: tuple[Une, ...], lecteur: int, qui: Qui, awaited: tuple[Une, ...]
) -> None:
    attendus = find_attendus(
        (*miennes, *autres), miennes, lecteur=lecteur, last_aidant_at=AIDANT_AT, closed_at=None
    )
    assert (attendus.qui, attendus.parts) == (qui, awaited)


def test_nobody_is_awaited_once_it_is_closed() -> None:
    attendus = find_attendus((LIBRE,), (LIBRE,), lecteur=INES, last_aidant_at=AIDANT_AT, closed_at=LATER)
    assert attendus.qui is Qui.PERSONNE
