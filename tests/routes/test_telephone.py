"""The handset of the demonstration answers through the same door as the provider."""

from dataclasses import replace
from datetime import datetime

import pytest

from app import settings
from app.routes import telephone
from tests.browser import Browser
from tests.domain.mandats.test_accord_sms import ask, of_form


@pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])
@pytest.mark.parametrize(("texte", "etat"), [("OUI", "valide"), ("NON", "refuse"), ("ok", "en_attente")])
async def test_the_usager_answers(texte: str, etat: str, htmx: bool, now: datetime) -> None:
    formulaire = await ask(now)
    browser = Browser()
    await browser.get("/_telephone")
    assert "France Services Callac vous demande un mandat" in browser.page.texte
    await browser.submit("/_telephone", {"texte": texte}, status=200 if htmx else 303, htmx=htmx)
    assert (await of_form(formulaire)).etat == etat
    await browser.get("/_telephone")
    assert texte in browser.page.texte


async def test_it_says_what_to_do_when_nothing_came() -> None:
    browser = Browser()
    await browser.get("/_telephone")
    assert "Aucun SMS" in browser.page.texte


async def test_it_does_not_exist_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    production = replace(settings.get_settings(), environment="production")
    monkeypatch.setattr(telephone, "get_settings", lambda: production)
    await Browser().get("/_telephone", status=404)
