"""What waits leaves at the hour its agent chose, grouped, once, and tells only what that agent may still read."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain.faits.courriels import COURRIELS, Pli, claim_courriels, post_courriels
from app.domain.faits.envois import mark_sent
from app.domain.faits.genres import Genre
from app.domain.faits.registre import GROUPED
from app.domain.notifications.depart import release_courriels
from app.domain.notifications.preferences import choose_prereglage, choose_rythmes, get_preferences
from app.domain.regles.rythmes import Prereglage, Rythme
from app.poste import write_courriel
from app.settings import get_settings
from tests.cast import CAST
from tests.factories import make_demande

PARIS = ZoneInfo("Europe/Paris")
INES = "ines@exemple.fr"
WAIT = timedelta(seconds=30)


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=PARIS).astimezone(UTC)


async def tell(
    demande: int | None,
    now: datetime,
    genre: Genre = Genre.MESSAGE,
    *,
    agent: int | None = None,
    adresse: str = INES,
) -> None:
    pli = Pli("message_envoye", adresse, agent or CAST.ines, genre=genre)
    await post_courriels([pli], contexte={"groupe": "France Services Callac"}, demande=demande, now=now)


async def leave(now: datetime) -> list[str]:
    """The subjects of what leaves at this instant."""
    await release_courriels(now)
    claimed = await claim_courriels(now, 500)
    for one in claimed:
        await mark_sent(COURRIELS, one, now)
    return [str(write_courriel(one, get_settings())["Subject"]) for one in claimed]


async def waiting() -> list[datetime]:
    rows = await database.fetch("select due_at from courriels where is_waiting order by due_at")
    return [row["due_at"] for row in rows]


async def test_a_storm_of_a_hundred_messages_makes_one_mail(now: datetime) -> None:
    numero = await make_demande(now)
    for second in range(100):
        await tell(numero, now + timedelta(milliseconds=second))
    await release_courriels(now + timedelta(minutes=1))
    [envoi] = await claim_courriels(now + timedelta(minutes=1), 500)
    written = write_courriel(envoi, get_settings())
    assert envoi.fait == GROUPED
    assert written["Subject"] == f"Demande n°\u00a0{numero}\u00a0: 100 nouvelles"
    text = written.get_body(("plain",))
    assert text is not None and "(100 fois)" in text.get_content()
    assert written["References"] == f"<demande-{numero}@aplus.invalid>"


async def test_what_comes_before_the_demande_is_opened_waits_for_the_next_grouped_hour(now: datetime) -> None:
    numero = await make_demande(now)
    await tell(numero, now)
    assert len(await leave(now + WAIT)) == 1
    later = now + timedelta(minutes=10)
    await tell(numero, later)
    assert await leave(later + WAIT) == []
    assert await waiting() == [at("2026-11-24T11:00")]
    await database.fetch(
        "insert into lectures (demande, agent, first_at, last_at) values (:demande, :agent, :first_at, :first_at)",
        demande=numero,
        agent=CAST.ines,
        first_at=later,
    )
    await tell(numero, later + WAIT)
    assert len(await leave(later + 2 * WAIT)) == 1
    assert len(await leave(at("2026-11-24T11:00"))) == 1


async def test_nothing_leaves_at_night_but_an_urgent_demande(now: datetime) -> None:
    night = at("2026-11-27T22:00")
    usual, urgent = await make_demande(now), await make_demande(now, urgence="expulsion")
    for numero in (usual, urgent):
        await tell(numero, night, Genre.NOUVELLE_DEMANDE)
    [subject] = await leave(night)
    assert subject.startswith("Urgent\u00a0: Demande") and str(urgent) in subject
    assert await leave(at("2026-11-29T12:00")) == []
    [subject] = await leave(at("2026-11-30T08:00"))
    assert str(usual) in subject


async def test_a_grouped_mail_tells_each_demande_with_its_link(now: datetime) -> None:
    await choose_prereglage(CAST.ines, Prereglage.REGROUPE, now)
    one, two = await make_demande(now), await make_demande(now)
    for numero in (one, two, one):
        await tell(numero, now)
    assert await leave(now + WAIT) == []
    eleven = at("2026-11-24T11:00")
    await release_courriels(eleven)
    [envoi] = await claim_courriels(eleven, 500)
    written = write_courriel(envoi, get_settings())
    assert written["Subject"] == "2 demandes ont bougé"
    for part in ("plain", "html"):
        body = written.get_body((part,))
        assert body is not None
        assert all(f"/demandes/{numero}" in body.get_content() for numero in (one, two))
    assert written["References"] is None
    rows = await database.fetch(
        "select groupe_dans, contexte_scelle from courriels where fait <> :fait", fait=GROUPED
    )
    assert {(row["groupe_dans"], row["contexte_scelle"]) for row in rows} == {(envoi.id, None)}


async def test_a_worker_that_was_down_three_days_sends_one_mail_at_an_open_hour(now: datetime) -> None:
    for hour in range(48):
        await tell(await make_demande(now), at("2026-11-25T09:00") + timedelta(hours=hour))
    assert await leave(at("2026-11-28T10:00")) == []  # a Saturday
    assert await leave(at("2026-11-30T08:00")) == ["48 demandes ont bougé"]
    assert await leave(at("2026-11-30T11:00")) == []


async def test_never_is_never_and_a_change_of_mind_counts_for_what_waits(now: datetime) -> None:
    await choose_prereglage(CAST.ines, Prereglage.REGROUPE, now)
    await tell(await make_demande(now), now)
    await leave(now + WAIT)
    assert await waiting() == [at("2026-11-24T11:00")]
    await choose_prereglage(CAST.ines, Prereglage.TOUT_DE_SUITE, now + WAIT)
    assert len(await leave(now + WAIT)) == 1
    await choose_prereglage(CAST.ines, Prereglage.MINIMUM, now)
    await tell(await make_demande(now), now, Genre.PRIVE)
    assert await leave(now + WAIT) == [] and await waiting() == []


async def test_whoever_reads_no_more_or_is_gone_is_told_no_more(now: datetime) -> None:
    numero = await make_demande(now)
    await tell(numero, now, agent=CAST.eve, adresse="eve@exemple.fr")
    await tell(numero, now)
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.ines
    )
    assert await leave(now + WAIT) == [] and await waiting() == []


async def test_mails_of_the_account_wait_for_nobody(now: datetime) -> None:
    night = at("2026-11-28T23:00")
    await post_courriels(
        [Pli("compte_reactive", INES, CAST.ines, genre=Genre.COMPTE)],
        contexte={"groupe": "CAF 22"},
        now=night,
    )
    assert len(await leave(night)) == 1


async def test_a_mail_that_cannot_be_read_holds_nothing_back(now: datetime) -> None:
    await tell(await make_demande(now), now)
    await database.fetch("update courriels set contexte_scelle = 'x'")
    await tell(await make_demande(now), now)
    assert len(await leave(now + WAIT)) == 1
    [row] = await database.fetch("select erreur from courriels where failed_at is not null")
    assert row["erreur"] == "illisible"


async def test_choices_are_kept_as_what_differs(now: datetime) -> None:
    habit = {genre: genre.rythme_of(Prereglage.TOUT_DE_SUITE).value for genre in Genre if genre.is_choosable}
    await choose_rythmes(CAST.ines, {**habit, Genre.PRIVE: Rythme.JAMAIS.value}, now)
    kept = await get_preferences(CAST.ines)
    assert (kept.choisi, dict(kept.rythmes)) == (None, {Genre.PRIVE: Rythme.JAMAIS})
    await choose_rythmes(CAST.ines, habit, now)
    assert (await get_preferences(CAST.ines)).choisi is Prereglage.TOUT_DE_SUITE
    await choose_rythmes(CAST.ines, dict.fromkeys(habit, Rythme.JAMAIS.value), now)
    row = await database.fetch_one(
        "select notification, rythmes from agents where id = :agent", agent=CAST.ines
    )
    assert row is not None
    assert row["notification"] == "aucune" and len(json.loads(row["rythmes"])) == len(habit)


@pytest.mark.parametrize("prereglage", list(Prereglage))
async def test_a_ready_made_set_is_taken_whole(prereglage: Prereglage, now: datetime) -> None:
    await choose_prereglage(CAST.ines, prereglage, now)
    assert (await get_preferences(CAST.ines)).choisi is prereglage
