"""What monitors ask, and whether it is true (quality R7)."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import database
from app.coffre import CoffreIndisponible
from app.domain.administration import sante as facts
from app.domain.entretien.balayages import record_failure, record_success
from app.domain.entretien.battements import beat
from app.routes import sante
from app.settings import get_settings
from tests.browser import Browser
from tests.courrier import write_lettre

MINUTE = timedelta(minutes=1)
TOKEN = "un jeton assez long pour des metriques"
pytestmark = pytest.mark.usefixtures("store")


async def ask(path: str = "/sante/pret") -> tuple[int, str]:
    response = await Browser().client.get(path)
    return response.status_code, response.text


async def test_without_a_worker_this_process_lives_and_people_are_not_served(now: datetime) -> None:
    assert await ask("/sante") == (200, "ok")
    assert await ask() == (503, "worker")
    await beat("worker", now)
    assert await ask() == (200, "ok")
    await beat("worker", now - 4 * MINUTE)
    assert await ask() == (503, "worker")


async def test_a_mail_that_nobody_tried_is_late_and_one_mailbox_that_refuses_is_not(now: datetime) -> None:
    await beat("worker", now)
    await write_lettre("connexion_inconnue", "ines@exemple.fr", now - 11 * MINUTE)
    assert await ask() == (503, "courriels")
    await database.fetch("update courriels set attempts = 7, erreur = 'destinataire 451'")
    assert await ask() == (200, "ok")
    await write_lettre("connexion_inconnue", "ines@exemple.fr", now - 3 * MINUTE, is_urgent=True)
    assert await ask() == (503, "connexion")


async def test_a_lane_that_no_longer_turns_is_said_even_when_the_heart_beats(now: datetime) -> None:
    await beat("worker", now)
    for nom in ("send_urgents", "send_courriels", "send_sms", "seal_journal", "sum_figures"):
        await record_success(nom, now - MINUTE)
    assert await ask() == (200, "ok")
    await database.fetch("update balayages set succeeded_at = $1", now - 15 * MINUTE)
    assert await ask() == (503, "connexion courriels sms horaires")


async def test_a_sweep_that_fails_for_an_hour_is_named(now: datetime) -> None:
    await beat("worker", now)
    await record_success("erase_pieces", now - 90 * MINUTE)
    assert await ask() == (200, "ok")
    await record_failure("erase_pieces", "ValueError", now - MINUTE)
    assert await ask() == (503, "balayage:erase_pieces")


async def test_a_base_that_takes_no_write_is_said(now: datetime) -> None:
    await beat("worker", now)
    await database.fetch("set transaction read only")
    assert await ask() == (503, "base_lecture_seule")


async def test_a_store_that_keeps_nothing_is_said(now: datetime, store: Path) -> None:
    await beat("worker", now)
    assert await ask() == (200, "ok")
    (store / ".coffre").unlink()
    assert await ask() == (503, "coffre")


async def test_a_base_that_is_away_is_said_and_this_process_lives(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object, **__: object) -> None:
        raise database.Indisponible

    monkeypatch.setattr(database, "fetch", lost)
    assert await ask() == (503, "base")
    assert await ask("/sante") == (200, "ok")


async def test_clocks_apart_are_said(now: datetime) -> None:
    said = await facts.read_sante(now)
    assert said.base_at is not None and "horloge" not in said.troubles
    assert "horloge" in dataclasses.replace(said, base_at=said.base_at - MINUTE).troubles


@pytest.fixture
def _token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = dataclasses.replace(get_settings(), metrics_token=TOKEN)
    monkeypatch.setattr(sante, "get_settings", lambda: settings)
    yield


@pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
@pytest.mark.usefixtures("_token")
async def test_figures_are_for_who_carries_the_token(given: str) -> None:
    await Browser().get("/sante/metriques", status=404, headers={"authorization": given.encode()})


async def test_there_is_no_such_page_without_a_token() -> None:
    await Browser().get("/sante/metriques", status=404, headers={"authorization": "Bearer "})


@pytest.mark.usefixtures("_token")
async def test_the_figures_are_read_by_prometheus(now: datetime) -> None:
    await beat("worker", now - MINUTE)
    await write_lettre("connexion_inconnue", "ines@exemple.fr", now - 11 * MINUTE)
    await record_failure("erase_pieces", "ValueError", now - MINUTE)
    await ask("/sante")
    response = await Browser().get("/sante/metriques", headers={"authorization": f"Bearer {TOKEN}".encode()})
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    values = {}
    for line in response.text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            values[name] = float(value)
    assert values["aplus_worker_beat_age_seconds"] == 60
    assert values['aplus_queue_age_seconds{lane="courriels"}'] == 660
    assert values['aplus_sweep_failing{sweep="erase_pieces"}'] == 1
    assert values['aplus_trouble{code="courriels"}'] == 1
    assert values["aplus_mails_due"] == 1 and values["aplus_base_reachable"] == 1
    assert values['aplus_requests_total{status="2xx"}'] >= 1
    assert values['aplus_request_seconds_bucket{le="+Inf"}'] == values["aplus_request_seconds_count"]
    assert "exemple.fr" not in response.text


async def test_a_store_that_does_not_answer_is_one_of_the_troubles(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise CoffreIndisponible("no answer")

    monkeypatch.setattr(facts, "coffre", away)
    assert (await facts.read_sante(now)).coffre == "no answer"
