"""The demonstration's mailbox and catalogue: readable, and absent from production."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.faits.courriels import claim_courriels
from app.poste import BoiteDeDemonstration, demo_folder, write_courriel
from app.routes import boite_demo
from app.settings import get_settings
from tests.browser import Browser
from tests.courrier import write_lettre


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    settings = dataclasses.replace(get_settings(), var=tmp_path)
    monkeypatch.setattr(boite_demo, "get_settings", lambda: settings)
    return demo_folder(settings)


async def test_a_mail_is_read_as_its_reader_gets_it(box: Path, now: datetime) -> None:
    await write_lettre("demande_cloturee", "ines@exemple.fr", now, numero=4812, groupe="CAF 22")
    for envoi in await claim_courriels(now):
        await BoiteDeDemonstration(box).deliver(write_courriel(envoi, get_settings()))
    browser = Browser()
    await browser.get("/_courriels")
    assert "ines@exemple.fr" in browser.page.texte
    [link] = [link for link in browser.page.links if link.startswith("/_courriels/")]
    await browser.get(link)
    assert any(link.endswith("/demandes/4812") for link in browser.page.links)
    assert "CAF 22 a clôturé" in browser.page.texte
    html = (await browser.client.get(f"{link}/html")).text
    assert "CAF 22 a clôturé" in html and f"{get_settings().base_url}/demandes/4812" in html
    assert "style=" not in html and html.startswith("<!DOCTYPE html>")


async def test_what_somebody_typed_is_shown_as_text_in_both_parts(box: Path, now: datetime) -> None:
    await write_lettre("demande_cloturee", "ines@exemple.fr", now, numero=4812, groupe="<b>CAF</b>")
    for envoi in await claim_courriels(now):
        await BoiteDeDemonstration(box).deliver(write_courriel(envoi, get_settings()))
    browser = Browser()
    await browser.get("/_courriels")
    [link] = [link for link in browser.page.links if link.startswith("/_courriels/")]
    await browser.get(link)
    for page in (browser.html, (await browser.client.get(f"{link}/html")).text):
        assert "<b>CAF" not in page and "&lt;b&gt;CAF" in page


async def test_an_empty_box_says_what_will_come(box: Path) -> None:
    browser = Browser()
    await browser.get("/_courriels")
    assert "Aucun courriel" in browser.page.texte


@pytest.mark.parametrize("cle", ["x", "../../etc/passwd", "00000000-0000-4000-8000-000000000000"])
async def test_a_mail_that_is_not_there_is_a_404(box: Path, cle: str) -> None:
    await Browser().get(f"/_courriels/{cle}", status=404)
    await Browser().get(f"/_courriels/{cle}/html", status=404)


async def test_the_catalogue_shows_every_component() -> None:
    await Browser().get("/_composants")


@pytest.mark.parametrize("url", ["/_courriels", "/_composants"])
async def test_a_production_has_neither(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings = dataclasses.replace(get_settings(), environment="production")
    monkeypatch.setattr(boite_demo, "get_settings", lambda: settings)
    await Browser().get(url, status=404)
