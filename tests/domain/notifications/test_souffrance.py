"""The ladder of a late part: each rung once, in its order, never for a part that answered."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.notifications.souffrance import climb
from app.domain.regles.statuts import Nature
from tests.cast import CAST
from tests.domain.groupes.equipe import column
from tests.factories import erase_demandes, list_journal, list_told, make_demande

MINUTE = timedelta(minutes=1)
RUNGS = ("en_souffrance", "responsables_prevenus", "experts_saisis")


async def make_late(now: datetime, **facts: object) -> tuple[int, datetime]:
    """A demande and the instant its part becomes late: Tuesday 24 November, 11:00 in Paris is NOW − 1 h + 1 h."""
    numero = await make_demande(now, sent_at=now, **facts)  # type: ignore[arg-type]
    row = await database.fetch_one(
        "select late_at from sollicitations where demande = :numero", numero=numero
    )
    assert row is not None
    return numero, row["late_at"]


async def natures(numero: int) -> list[object]:
    return await column("select nature from messages where demande = :numero order by id", numero=numero)


async def test_each_rung_a_working_day_after_the_other(now: datetime) -> None:
    numero, late = await make_late(now)  # late on Friday 27 November
    assert await climb(late) == 0
    assert await climb(late + MINUTE) == 1
    assert await list_told("en_souffrance") == {"ines@exemple.fr", "idir@exemple.fr"}
    assert await climb(late + timedelta(days=2)) == 0  # a Sunday
    monday = late + timedelta(days=3, minutes=1)
    assert await climb(monday - MINUTE) == 0
    assert await climb(monday) == 1
    assert await list_told("responsables_prevenus") == {"rose@exemple.fr"}
    assert await climb(monday + timedelta(days=1)) == 1
    assert await list_told("experts_saisis") == {"elie@exemple.fr"}
    assert await climb(monday + timedelta(days=30)) == 0
    assert await natures(numero) == [Nature.SOUFFRANCE, Nature.RESPONSABLES, Nature.EXPERTS]
    private = await column("select is_prive from messages where demande = :numero order by id", numero=numero)
    assert private == [True, True, False]
    invited = await column("select agent from invitations where demande = :numero", numero=numero)
    assert invited == [CAST.elie]
    assert [len(await list_journal(rung)) for rung in RUNGS] == [1, 1, 1]


async def test_a_worker_that_was_down_climbs_one_rung_at_a_time(now: datetime) -> None:
    _, late = await make_late(now)
    wednesday = late + timedelta(days=12)
    assert await climb(wednesday) == 1
    assert await climb(wednesday) == 0
    assert await list_told("responsables_prevenus") == set()


@pytest.mark.parametrize("end", ["traitee_at = now(), late_at = null", "declinee_at = now(), late_at = null"])
async def test_a_part_that_ended_or_answered_meanwhile_climbs_no_more(end: str, now: datetime) -> None:
    numero, late = await make_late(now)
    await climb(late + MINUTE)
    await database.fetch(f"update sollicitations set {end} where demande = $1", numero)
    assert await climb(late + timedelta(days=9)) == 0


async def test_another_lateness_is_told_again(now: datetime) -> None:
    numero, late = await make_late(now)
    await climb(late + MINUTE)
    again = late + timedelta(days=15)
    await database.fetch(
        "update sollicitations set late_at = :late_at where demande = :numero", numero=numero, late_at=again
    )
    assert await climb(again) == 0
    assert await climb(again + MINUTE) == 1
    assert await natures(numero) == [Nature.SOUFFRANCE, Nature.SOUFFRANCE]


async def test_when_the_aidant_owes_the_answer_the_aidant_is_told_once(now: datetime) -> None:
    numero, late = await make_late(now)
    await database.fetch(
        "update sollicitations set answered_at = :answered_at, replied_at = :answered_at where demande = :numero",
        numero=numero,
        answered_at=now + MINUTE,
    )
    assert await climb(late + MINUTE) == 1
    assert await list_told("aidant_attendu") == {"aida@exemple.fr"}
    assert await climb(late + timedelta(days=9)) == 0
    assert await natures(numero) == []


async def test_a_closed_demande_is_late_no_more_and_the_calendar_is_its_departement(now: datetime) -> None:
    numero, late = await make_late(now)
    await database.fetch(
        "update sollicitations set closed_at = :now, late_at = null where demande = :numero",
        numero=numero,
        now=now,
    )
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    assert await climb(late + timedelta(days=2)) == 0


@pytest.mark.committed
async def test_two_workers_climb_a_rung_once(now: datetime) -> None:
    try:
        numero, late = await make_late(now)
        assert sum(await asyncio.gather(*(climb(late + MINUTE) for _ in range(4)))) == 1
        assert await natures(numero) == [Nature.SOUFFRANCE]
    finally:
        await erase_demandes()
