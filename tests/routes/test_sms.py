"""The provider's call: ours alone, safe twice, deaf to the rest."""

import json
from datetime import datetime

from app.domain import mandats
from app.settings import get_settings
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.mandats.test_accord_sms import ask, of_form
from tests.test_sms_transport import REPLIED

SECRET = {"authorization": f"Bearer {get_settings().sms_webhook_secret}"}


async def call(body: object, headers: dict[str, str], status: int) -> None:
    """The provider calls."""
    response = await Browser().client.post("/sms/entrant", content=json.dumps(body).encode(), headers=headers)
    assert response.status_code == status
    assert status != 204 or response.content == b""


async def test_a_reply_brought_twice_counts_once(now: datetime) -> None:
    formulaire = await ask(now)
    await call(REPLIED, SECRET, 204)
    await call(REPLIED, SECRET, 204)
    mandat = await of_form(formulaire)
    assert (mandat.etat, mandat.reponse) == ("valide", "Oui")


async def test_a_forged_call_finds_nothing(now: datetime) -> None:
    formulaire = await ask(now)
    for headers in ({}, {"authorization": "Bearer au hasard"}, {"authorization": "Basic eA=="}):
        await call(REPLIED, headers, 404)
    assert (await of_form(formulaire)).etat == "en_attente"


async def test_what_is_no_reply_changes_nothing(now: datetime) -> None:
    formulaire = await ask(now)
    bodies: tuple[object, ...] = (
        {**REPLIED, "msg_status": "delivered"},
        [],
        "OUI",
        {**REPLIED, "to": "33699999999"},
    )
    for body in bodies:
        await call(body, SECRET, 204)
    assert (await of_form(formulaire)).etat == "en_attente"
    assert await mandats.find_for_form(CAST.aline, formulaire) is None
