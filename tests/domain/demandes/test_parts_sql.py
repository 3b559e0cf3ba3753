"""What SQL says of the parts of a demande is what `regles.statuts` says of them."""

from datetime import datetime, timedelta
from itertools import combinations_with_replacement, product

from app import database
from app.domain.regles import statuts
from app.domain.regles.statuts import Part
from tests.cast import CAST
from tests.domain.scene import HOUR, make_caf_cpam

WORDS = """
select tour_part(:traitee_at, :declinee_at, :replied_at, :last_aidant_at) as tour,
    is_part_ouverte(:traitee_at, :declinee_at) as is_ouverte
"""
BILAN = "select * from bilan_parts(:numero, :last_aidant_at, :groupes)"
CHANGE = """
update sollicitations set traitee_at = :traitee_at, declinee_at = :declinee_at, replied_at = :replied_at,
    late_at = :late_at, solicited_at = :solicited_at, taken_by = :taken_by
where demande = :numero and groupe = :groupe
"""


def parts_at(now: datetime) -> list[Part]:
    """Every way a part may stand, around the last word of the aidant side, which is said `now`."""
    ends = [(None, None), (now, None), (None, now)]
    replies = [None, now - HOUR, now, now + HOUR]
    return [
        Part(traitee_at=traitee_at, declinee_at=declinee_at, replied_at=replied_at)
        for (traitee_at, declinee_at), replied_at in product(ends, replies)
    ]


async def test_whose_turn_it_is_on_a_part(now: datetime) -> None:
    for part in parts_at(now):
        [row] = await database.fetch(
            WORDS,
            traitee_at=part.traitee_at,
            declinee_at=part.declinee_at,
            replied_at=part.replied_at,
            last_aidant_at=now,
        )
        assert row["tour"] == statuts.tour_part(part, now), part
        assert row["is_ouverte"] is statuts.is_open(part), part


async def test_what_two_parts_say_together(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    groupes = (CAST.groupes.caf, CAST.groupes.cpam)
    for parts in combinations_with_replacement(parts_at(now), 2):
        for n, (groupe, part) in enumerate(zip(groupes, parts, strict=True), start=1):
            await database.fetch(
                CHANGE,
                traitee_at=part.traitee_at,
                declinee_at=part.declinee_at,
                replied_at=part.replied_at,
                late_at=now + n * HOUR if statuts.is_open(part) else None,
                solicited_at=now - n * HOUR,
                taken_by=CAST.ines if n == 1 else None,
                numero=numero,
                groupe=groupe,
            )
        [whole] = await database.fetch(BILAN, numero=numero, last_aidant_at=now, groupes=None)
        assert whole["tour"] == statuts.tour(parts, now, None), parts
        assert whole["is_traitee"] is statuts.is_traitee(parts), parts
        assert whole["is_ouverte"] is any(map(statuts.is_open, parts)), parts
        late = [now + n * HOUR for n, part in enumerate(parts, start=1) if statuts.is_open(part)]
        assert whole["late_at"] == min(late, default=None)
        assert whole["solicited_at"] == now - HOUR
        assert sorted(whole["pris_par"], key=str) == [CAST.ines, None]
        for groupe, part in zip(groupes, parts, strict=True):
            [own] = await database.fetch(BILAN, numero=numero, last_aidant_at=now, groupes=[groupe])
            assert own["tour"] == statuts.tour([part], now, None), part
            assert own["is_ouverte"] is statuts.is_open(part), part


async def test_a_demande_without_any_part_has_nothing_open_nor_traitee(now: datetime) -> None:
    [row] = await database.fetch(BILAN, numero=0, last_aidant_at=now, groupes=None)
    assert (row["is_ouverte"], row["is_traitee"], row["tour"]) == (False, False, "aidant")


async def test_a_mandat_lasts_until_the_end_of_its_anniversary_there(now: datetime) -> None:
    [row] = await database.fetch("select fin_du_mandat(:jour, 'Indian/Reunion') as fin", jour=now.date())
    assert row["fin"] == datetime.fromisoformat("2027-11-25T00:00:00+04:00")
    assert row["fin"] - now > timedelta(days=365)
