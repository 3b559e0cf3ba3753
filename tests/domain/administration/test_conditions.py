"""The conditions are published by versions: a day, a text, what changes; none is changed after."""

from datetime import date, datetime
from typing import Any

import pytest

from app.domain.acces.conditions import list_changements, read_en_vigueur, shipped_conditions
from app.domain.administration.conditions import ConditionsSaisies, list_conditions, publish_conditions
from app.domain.regles.errors import Conflit, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_journal

TODAY, LATER = date(2026, 11, 24), date(2026, 12, 1)
LIVREES = shipped_conditions().version


async def publish(now: datetime, vu: str = LIVREES, **facts: Any) -> None:
    typed: dict[str, Any] = {
        "texte": "## Un titre\nUn texte.",
        "changements": "Un titre.",
        "applies_on": TODAY,
    } | facts
    await publish_conditions(await signed_as(CAST.ada, now), ConditionsSaisies(**typed), vu=vu, now=now)


async def test_they_apply_from_their_day_and_are_journalled(now: datetime) -> None:
    assert await read_en_vigueur(now) == shipped_conditions()
    await publish(now, applies_on=LATER)
    assert await read_en_vigueur(now) == shipped_conditions()
    assert await list_changements(LIVREES, now) == []
    day = now.replace(month=12, day=1)
    assert (await read_en_vigueur(day)).blocs == [(True, "Un titre"), (False, "Un texte.")]
    assert await list_changements(LIVREES, day) == [("2026-12-01", "Un titre.")]
    # It is still 30 November in UTC when the day begins in Paris.
    assert (await read_en_vigueur(now.replace(day=30, hour=23))).version == "2026-12-01"
    assert [line["details"] for line in await list_journal("conditions_publiees")] == [
        {"version": "2026-12-01"}
    ]


@pytest.mark.parametrize(
    ("champ", "value"),
    [
        ("texte", " "),
        ("texte", "x" * 50_001),
        ("texte", shipped_conditions().texte),
        ("changements", ""),
        ("changements", "x" * 2_001),
        ("applies_on", None),
        ("applies_on", date(2026, 11, 23)),
    ],
)
async def test_what_is_wrong_is_said_by_field(now: datetime, champ: str, value: Any) -> None:
    with pytest.raises(Invalide) as refused:
        await publish(now, **{champ: value})
    assert list(refused.value.erreurs) == [champ]


async def test_the_second_of_two_is_told_and_a_day_has_one_version(now: datetime) -> None:
    await publish(now)
    with pytest.raises(Conflit):
        await publish(now, texte="Autre.")
    with pytest.raises(Invalide) as refused:
        await publish(now, vu="2026-11-24", texte="Autre.")
    assert list(refused.value.erreurs) == ["applies_on"]
    ada = await signed_as(CAST.ada, now)
    assert [one.version for one in await list_conditions(ada)] == ["2026-11-24", LIVREES]


async def test_nobody_else_reads_or_writes_them_here(now: datetime) -> None:
    saisies = ConditionsSaisies("Texte.", "Tout.", TODAY)
    for who in (CAST.rose, CAST.elie, CAST.paul, CAST.aida):
        signed = await signed_as(who, now)
        for act in (list_conditions(signed), publish_conditions(signed, saisies, vu=LIVREES, now=now)):
            with pytest.raises(Refus):
                await act
