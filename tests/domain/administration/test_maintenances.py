"""Maintenances: announced, under way, over; one at a time; what is wrong is said at its field."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain.administration.maintenances import (
    ANNONCE,
    DUREE_MAX,
    GenreMaintenance,
    Maintenance,
    MaintenanceSaisie,
    change_maintenance,
    end_maintenance,
    find_current,
    list_annonces,
    list_maintenances,
    plan_maintenance,
    refresh_maintenances,
)
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import signed_as

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
HOUR = timedelta(hours=1)


def saisie(genre: str, from_at: datetime, until_at: datetime) -> MaintenanceSaisie:
    """As an administrateur types it, in the hours of Paris."""
    begins, ends = from_at.astimezone(PARIS), until_at.astimezone(PARIS)
    return MaintenanceSaisie(genre, begins.date(), begins.time(), ends.date(), ends.time())


async def plan(
    now: datetime, genre: str, *, begins: timedelta = timedelta(), lasts: timedelta = 2 * HOUR
) -> Maintenance:
    """A maintenance that begins so long after now, and the process knows it."""
    ada = await signed_as(CAST.ada, now)
    await plan_maintenance(ada, saisie(genre, now + begins, now + begins + lasts), uuid4(), now)
    return max(await list_maintenances(ada), key=lambda one: one.id)


def annonces(now: datetime, zone: ZoneInfo = PARIS) -> list[str]:
    return [bande.texte.replace("\u00a0", " ") for bande in list_annonces(now, zone)]


async def test_it_is_announced_then_under_way_then_over_by_itself(now: datetime) -> None:
    await plan(now, "lecture", begins=timedelta(days=10))
    begins = now + timedelta(days=10)
    assert annonces(begins - ANNONCE - timedelta(seconds=1)) == [] and annonces(now) == []
    [said] = annonces(begins - ANNONCE)
    assert said == (
        "Maintenance prévue vendredi 4 décembre 2026 de 10 h à 12 h : vous pourrez lire, rien de ce que vous enverrez "
        "ne sera enregistré."
    )
    assert "de 13 h à 15 h" in annonces(begins - HOUR, REUNION)[0]
    assert find_current(begins - timedelta(seconds=1)) is None
    assert annonces(begins) == []
    found = find_current(begins)
    assert found is not None and not found.is_closed
    assert found.say_current(begins, PARIS).startswith("Maintenance en cours, fin prévue à 12")
    assert find_current(begins + 2 * HOUR) is None
    await refresh_maintenances(begins + 2 * HOUR)
    assert find_current(begins) is None


async def test_over_midnight_both_days_are_said(now: datetime) -> None:
    await plan(now, "fermeture", begins=12 * HOUR, lasts=4 * HOUR)
    [said] = annonces(now)
    assert said == (
        "Maintenance prévue du mardi 24 novembre 2026, 22 h, au mercredi 25 novembre 2026, 2 h : "
        "le service sera fermé."
    )
    found = find_current(now + 13 * HOUR)
    assert found is not None and found.is_closed
    assert found.say_end(now + 13 * HOUR, PARIS).replace("\u00a0", " ") == "le 25 novembre, 2 h"


async def test_one_at_a_time_but_one_may_follow_another(now: datetime) -> None:
    await plan(now, "lecture", begins=HOUR, lasts=HOUR)
    await plan(now, "fermeture", begins=2 * HOUR, lasts=HOUR)
    with pytest.raises(Invalide) as refus:
        await plan(now, "lecture", begins=timedelta(minutes=90), lasts=HOUR)
    assert list(refus.value.erreurs) == ["du_on"]
    found = [find_current(now + hours * HOUR) for hours in (1, 2)]
    assert [one.genre.value for one in found if one] == ["lecture", "fermeture"]
    ada = await signed_as(CAST.ada, now)
    first = min(await list_maintenances(ada), key=lambda one: one.id)
    with pytest.raises(Invalide):
        await change_maintenance(
            ada, first.id, saisie("lecture", now + HOUR, now + 3 * HOUR), edition=1, now=now
        )
    await end_maintenance(ada, first.id, now)
    await plan(now, "lecture", begins=HOUR, lasts=HOUR)


@pytest.mark.parametrize(
    ("genre", "begins", "ends", "field"),
    [
        ("ailleurs", HOUR, 2 * HOUR, "genre"),
        ("lecture", -2 * HOUR, HOUR, "du_on"),
        ("lecture", -HOUR / 2, -HOUR / 4, "au_on"),
        ("lecture", 2 * HOUR, HOUR, "au_on"),
        ("lecture", HOUR, HOUR, "au_on"),
        ("lecture", HOUR, DUREE_MAX + 2 * HOUR, "au_on"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    genre: str, begins: timedelta, ends: timedelta, field: str, now: datetime
) -> None:
    ada = await signed_as(CAST.ada, now)
    with pytest.raises(Invalide) as refus:
        await plan_maintenance(ada, saisie(genre, now + begins, now + ends), uuid4(), now)
    assert list(refus.value.erreurs) == [field]
    assert await list_maintenances(ada) == []


def test_each_missing_part_is_asked_for(now: datetime) -> None:
    empty = MaintenanceSaisie("", None, None, None, None)
    assert list(empty.find_erreurs(now)) == ["genre", "du_on", "du_a", "au_on", "au_a"]
    without_hour = replace(saisie("lecture", now, now + HOUR), au_a=None)
    assert list(without_hour.find_erreurs(now)) == ["au_a"]


async def test_what_lasts_longer_is_changed_under_way_and_all_stands_in_the_journal(now: datetime) -> None:
    ada, cle = await signed_as(CAST.ada, now), uuid4()
    typed = saisie(GenreMaintenance.LECTURE, now, now + HOUR)
    await plan_maintenance(ada, typed, cle, now)
    await plan_maintenance(ada, typed, cle, now)
    [one] = await list_maintenances(ada)
    later = now + timedelta(minutes=58)
    longer = saisie(GenreMaintenance.FERMETURE, now, now + 30 * HOUR)
    await change_maintenance(ada, one.id, longer, edition=1, now=later)
    # The day after, its beginning is far behind and may stay.
    much_later = now + 26 * HOUR
    await change_maintenance(
        ada, one.id, saisie("fermeture", now, now + 40 * HOUR), edition=2, now=much_later
    )
    with pytest.raises(Conflit):
        await change_maintenance(ada, one.id, longer, edition=2, now=much_later)
    found = find_current(much_later)
    assert found is not None and found.is_closed and found.edition == 3
    await end_maintenance(ada, one.id, much_later)
    await end_maintenance(ada, one.id, much_later)
    assert find_current(much_later) is None
    with pytest.raises(Conflit):
        await change_maintenance(ada, one.id, longer, edition=3, now=much_later)
    rows = await database.fetch("select fait from journal where fait like 'maintenance%' order by id")
    assert [row["fait"] for row in rows] == [
        "maintenance_prevue",
        "maintenance_modifiee",
        "maintenance_modifiee",
        "maintenance_finie",
    ]


async def test_what_was_ended_is_said_as_it_ended(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    planned, current = await plan(now, "lecture", begins=5 * HOUR), await plan(now, "lecture")
    assert [one.say_etat(now) for one in (planned, current)] == ["prévue", "en cours"]
    assert current.say_etat(now + 2 * HOUR) == "finie"
    for one in (planned, current):
        await end_maintenance(ada, one.id, now + HOUR)
    said = {one.id: one.say_etat(now + HOUR) for one in await list_maintenances(ada)}
    assert said == {planned.id: "annulée", current.id: "finie"}


async def test_nobody_else_plans_one(now: datetime) -> None:
    one, rose = await plan(now, "lecture", begins=HOUR), await signed_as(CAST.rose, now)
    typed = saisie("lecture", now + 5 * HOUR, now + 6 * HOUR)
    with pytest.raises(Refus):
        await plan_maintenance(rose, typed, uuid4(), now)
    with pytest.raises(Introuvable):
        await change_maintenance(rose, one.id, typed, edition=1, now=now)
    with pytest.raises(Introuvable):
        await end_maintenance(rose, one.id, now)
    assert [found.ended_at for found in await list_maintenances(await signed_as(CAST.ada, now))] == [None]
