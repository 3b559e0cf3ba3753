"""`/courriels/rejets`: a mail that came back; three in a row flag the address, and the demande says so."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain.faits.rejets import replay_set_aside
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import make_demande

SECRET = {"authorization": f"Bearer {get_settings().mail_webhook_secret}"}


async def send(agent: int, *, sent: bool = True, minutes: int = 0) -> UUID:
    key = uuid4()
    await database.fetch(
        "insert into courriels (id, fait, agent, adresse, created_at, due_at, sent_at)"
        " values (:cle, 'message_envoye', :agent, 'ines@exemple.fr', :created_at, :created_at, :sent_at)",
        cle=key,
        agent=agent,
        created_at=NOW,
        sent_at=NOW + timedelta(minutes=minutes) if sent else None,
    )
    return key


async def bounce(key: UUID | str, event: str = "hard_bounce", *, status: int = 204) -> None:
    corps = json.dumps({"event": event, "message-id": f"<{key}@exemple.fr>"}).encode()
    headers = SECRET if status == 204 else {"authorization": "Bearer au hasard"}
    response = await Browser().client.post("/courriels/rejets", content=corps, headers=headers)
    assert response.status_code == status


async def is_flagged(agent: int) -> bool:
    return bool(await database.fetch("select agent from adresses_refusees where agent = :agent", agent=agent))


async def test_three_refusals_in_a_row_flag_the_address_and_the_demande_says_so() -> None:
    numero = await make_demande(NOW)
    for _ in range(2):
        await bounce(await send(CAST.ines))
    assert not await is_flagged(CAST.ines)
    await bounce(await send(CAST.ines))
    assert await is_flagged(CAST.ines)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert len(browser.queries) <= 8
    assert "Le courriel n’a pas pu être remis à Inès Le Goff." in browser.page.texte
    await send(CAST.ines, minutes=5)
    assert not await is_flagged(CAST.ines)


async def test_whoever_manages_the_groupe_is_told_whose_address_refuses_mails_and_nobody_else_there() -> None:
    for _ in range(3):
        await bounce(await send(CAST.ines))
    rose = await signed_in(CAST.rose)
    await rose.get(f"/groupes/{CAST.groupes.caf}")
    assert len(rose.queries) <= 6
    assert "Une adresse refuse nos courriels" in rose.page.texte
    assert f"/groupes/{CAST.groupes.caf}/membres/{CAST.ines}" in rose.page.links
    for agent, groupe in ((CAST.idir, CAST.groupes.caf), (CAST.rose, CAST.groupes.france_services)):
        browser = await signed_in(agent)
        await browser.get(f"/groupes/{groupe}")
        assert "refuse nos courriels" not in browser.page.texte


@pytest.mark.parametrize("event", ["delivered", "soft_bounce", "opened"])
async def test_other_events_change_nothing(event: str) -> None:
    key = await send(CAST.ines)
    await bounce(key, event)
    await bounce("n’importe quoi")
    rows = await database.fetch("select failed_at from courriels where id = :cle", cle=key)
    assert rows[0]["failed_at"] is None


async def test_without_the_secret_there_is_nothing_here() -> None:
    key = await send(CAST.ines)
    await bounce(key, status=404)


async def test_what_was_set_aside_with_its_content_is_tried_again() -> None:
    kept, lost = await send(CAST.ines, sent=False), await send(CAST.ines, sent=False)
    await database.fetch("update courriels set failed_at = :failed_at, attempts = 9", failed_at=NOW)
    await database.fetch("update courriels set contexte_scelle = 'x' where id = :cle", cle=kept)
    assert await replay_set_aside(NOW) == 1
    rows = await database.fetch("select id, failed_at, attempts from courriels")
    assert {row["id"]: (row["failed_at"] is None, row["attempts"]) for row in rows} == {
        kept: (True, 0),
        lost: (False, 9),
    }
