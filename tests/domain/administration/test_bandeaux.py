"""Information bands: whom they are for, on which days, and what a process remembers of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.administration.bandeaux import (
    AFFICHES_MAX,
    TEXTE_MAX,
    Audience,
    BandeauSaisi,
    edit_bandeau,
    list_affiches,
    list_bandeaux,
    publish_bandeau,
    refresh_bandeaux,
    withdraw_bandeau,
)
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.permissions import Droits
from tests.cast import CAST
from tests.domain.scene import signed_as

TODAY = date(2026, 11, 24)
SAISI = BandeauSaisi("Le RSA est en panne.", Audience.TOUS, TODAY, TODAY + timedelta(days=2))

SEEN = [
    (Audience.TOUS, {"dehors", "aidant", "instructeur", "responsable", "sans rôle"}),
    (Audience.AIDANTS, {"aidant"}),
    (Audience.INSTRUCTEURS, {"instructeur"}),
    (Audience.RESPONSABLES, {"responsable"}),
]
WHO: dict[str, Droits | None] = {
    "dehors": None,
    "aidant": Droits(agent=1, aidant=frozenset({1})),
    "instructeur": Droits(agent=1, instructeur=frozenset({1})),
    "responsable": Droits(agent=1, responsable=frozenset({1})),
    "sans rôle": Droits(agent=1),
}


@pytest.mark.parametrize(("audience", "seen"), SEEN)
async def test_each_audience_reads_its_own_and_no_other(
    audience: Audience, seen: set[str], now: datetime
) -> None:
    ada = await signed_as(CAST.ada, now)
    await publish_bandeau(ada, replace(SAISI, audience=audience), uuid4(), now)
    assert {who for who, droits in WHO.items() if list_affiches(droits, now)} == seen


async def test_from_its_first_day_to_its_last_as_paris_counts_them(now: datetime) -> None:
    await publish_bandeau(await signed_as(CAST.ada, now), SAISI, uuid4(), now)
    at = {
        "2026-11-23T22:59:00+00:00": 0,
        "2026-11-23T23:01:00+00:00": 1,
        "2026-11-26T22:59:00+00:00": 1,
        "2026-11-26T23:01:00+00:00": 0,
    }
    assert {instant: len(list_affiches(None, datetime.fromisoformat(instant))) for instant in at} == at


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"texte": ""}, "texte"),
        ({"texte": "a" * (TEXTE_MAX + 1)}, "texte"),
        ({"audience": "personne"}, "audience"),
        ({"du_on": None}, "du_on"),
        ({"au_on": None}, "au_on"),
        ({"au_on": TODAY - timedelta(days=1)}, "au_on"),
        ({"du_on": TODAY + timedelta(days=3)}, "au_on"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    typed: dict[str, object], field: str, now: datetime
) -> None:
    ada = await signed_as(CAST.ada, now)
    with pytest.raises(Invalide) as refus:
        await publish_bandeau(ada, replace(SAISI, **typed), uuid4(), now)  # type: ignore[arg-type]
    assert list(refus.value.erreurs) == [field]
    assert await list_bandeaux(ada) == []


async def test_written_changed_and_withdrawn_stand_in_the_journal(now: datetime) -> None:
    ada, cle = await signed_as(CAST.ada, now), uuid4()
    await publish_bandeau(ada, SAISI, cle, now)
    await publish_bandeau(ada, SAISI, cle, now)
    [bandeau] = await list_bandeaux(ada)
    await edit_bandeau(ada, bandeau.id, replace(SAISI, texte="C’est réparé."), edition=1, now=now)
    with pytest.raises(Conflit):
        await edit_bandeau(ada, bandeau.id, SAISI, edition=1, now=now)
    [shown] = list_affiches(None, now)
    assert (shown.texte, shown.nom) == ("C’est réparé.", f"{bandeau.id}-2")
    await withdraw_bandeau(ada, bandeau.id, now)
    await withdraw_bandeau(ada, bandeau.id, now)
    assert list_affiches(None, now) == []
    with pytest.raises(Conflit):
        await edit_bandeau(ada, bandeau.id, SAISI, edition=2, now=now)
    rows = await database.fetch("select fait from journal where fait like 'bandeau%' order by id")
    assert [row["fait"] for row in rows] == ["bandeau_publie", "bandeau_modifie", "bandeau_retire"]


async def test_a_page_shows_the_last_ones_only(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    for n in range(AFFICHES_MAX + 2):
        await publish_bandeau(ada, replace(SAISI, texte=f"Nouvelle {n}."), uuid4(), now)
    assert [one.texte for one in list_affiches(None, now)] == ["Nouvelle 4.", "Nouvelle 3.", "Nouvelle 2."]


async def test_nobody_else_writes_one(now: datetime) -> None:
    await publish_bandeau(await signed_as(CAST.ada, now), SAISI, uuid4(), now)
    [bandeau] = await list_bandeaux(await signed_as(CAST.ada, now))
    rose = await signed_as(CAST.rose, now)
    with pytest.raises(Refus):
        await publish_bandeau(rose, SAISI, uuid4(), now)
    with pytest.raises(Introuvable):
        await edit_bandeau(rose, bandeau.id, SAISI, edition=1, now=now)
    with pytest.raises(Introuvable):
        await withdraw_bandeau(rose, bandeau.id, now)


async def test_a_band_withdrawn_elsewhere_leaves_the_memory(now: datetime) -> None:
    await publish_bandeau(await signed_as(CAST.ada, now), SAISI, uuid4(), now)
    await database.fetch("update bandeaux set withdrawn_at = :now", now=now)
    assert len(list_affiches(None, now)) == 1
    await refresh_bandeaux(now)
    assert list_affiches(None, now) == []
