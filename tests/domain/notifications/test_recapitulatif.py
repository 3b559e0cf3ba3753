"""What comes back by itself is told once, at an hour of its agent’s clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain.notifications.inactivite import watch_inactivity
from app.domain.notifications.recapitulatif import recap_week, remind_to_close, tell_cgu
from tests.cast import CAST
from tests.factories import list_told, make_demande


def at(local: str, zone: str = "Europe/Paris") -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def test_mondays_mail_goes_to_whoever_has_something_to_do(now: datetime) -> None:
    await make_demande(now)
    assert await recap_week(at("2026-11-30T10:29")) == 0
    assert await recap_week(at("2026-11-30T10:30")) == 2
    assert await list_told("recapitulatif") == {"ines@exemple.fr", "idir@exemple.fr"}
    assert await recap_week(at("2026-11-30T16:00")) == 0
    assert await recap_week(at("2026-12-07T10:30")) == 2


@pytest.mark.parametrize(("down_until", "told"), [("2026-12-02T09:00", 2), ("2026-12-04T09:00", 0)])
async def test_a_monday_missed_is_caught_up_until_thursday(down_until: str, told: int, now: datetime) -> None:
    await make_demande(now)
    assert await recap_week(at(down_until)) == told


async def test_monday_comes_earlier_in_la_reunion(now: datetime) -> None:
    await make_demande(now, groupes=[CAST.groupes.cpam_974], departement="974")
    assert await recap_week(at("2026-11-30T10:30", "Indian/Reunion")) == 1
    assert await list_told("recapitulatif") == {"eve@exemple.fr"}


async def test_a_week_after_it_is_traitee_the_author_is_told_to_close_once(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update sollicitations set traitee_at = :now, late_at = null where demande = :numero",
        numero=numero,
        now=now,
    )
    week = now + timedelta(days=7)
    assert await remind_to_close(week - timedelta(seconds=1)) == 0
    assert [await remind_to_close(week), await remind_to_close(week)] == [1, 0]
    assert await list_told("a_cloturer") == {"aida@exemple.fr"}


async def test_who_left_their_demandes_is_no_longer_told_to_close_them(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.aida)
    await database.fetch(
        "update sollicitations set traitee_at = :now, late_at = null where demande = :numero",
        now=now,
        numero=numero,
    )
    await database.fetch(
        "update demandes set vacante_at = :now where numero = :numero", now=now, numero=numero
    )
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.aida)
    assert await remind_to_close(now + timedelta(days=7)) == 0
    assert await recap_week(at("2026-11-30T10:30")) == 0


async def test_new_conditions_are_told_once_and_never_at_night(now: datetime) -> None:
    await database.fetch("update agents set cgu_version = 'ancienne' where id = :agent", agent=CAST.ines)
    assert await tell_cgu(at("2026-11-24T21:00")) == 0
    assert [await tell_cgu(now), await tell_cgu(now)] == [1, 0]


async def go_silent(agent: int, since: datetime) -> None:
    await database.fetch(
        "update agents set last_seen_at = :last_seen_at", last_seen_at=since + timedelta(days=3000)
    )
    await database.fetch(
        "update agents set last_seen_at = :last_seen_at where id = :agent", last_seen_at=since, agent=agent
    )


async def is_active(agent: int) -> bool:
    row = await database.fetch_one("select deactivated_at from agents where id = :agent", agent=agent)
    return row is not None and row["deactivated_at"] is None


async def test_two_words_then_the_account_closes_and_what_it_held_is_handed_on(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.aida)
    await go_silent(CAST.aida, at("2026-01-05T10:00"))
    # The worker starts eight months later: two words still come first, a month apart.
    told = []
    for week in range(14):
        told.append(await watch_inactivity(at("2026-09-07T10:00") + timedelta(weeks=week)))
    assert [week for week, count in enumerate(told) if count] == [0, 5, 10]
    assert not await is_active(CAST.aida)
    row = await database.fetch_one(
        "select auteur, vacante_at from demandes where numero = :numero", numero=numero
    )
    assert row is not None and (row["auteur"] != CAST.aida or row["vacante_at"] is not None)
    assert await list_told("compte_desactive") == {"aida@exemple.fr"}


async def test_the_last_responsable_is_kept_and_the_administrateurs_are_told(now: datetime) -> None:
    await go_silent(CAST.rose, at("2026-01-05T10:00"))
    for week in range(16):
        await watch_inactivity(at("2026-05-11T10:00") + timedelta(weeks=week))
    assert await is_active(CAST.rose)
    assert await list_told("responsable_inactif") == {"ada@exemple.fr"}


async def test_a_visit_begins_everything_anew(now: datetime) -> None:
    await go_silent(CAST.aida, at("2026-01-05T10:00"))
    assert await watch_inactivity(at("2026-05-11T10:00")) == 1
    await database.fetch(
        "update agents set last_seen_at = :last_seen_at where id = :agent",
        last_seen_at=at("2026-05-12T10:00"),
        agent=CAST.aida,
    )
    assert await watch_inactivity(at("2026-08-12T10:00")) == 0
    assert await watch_inactivity(at("2026-09-14T10:00")) == 1
