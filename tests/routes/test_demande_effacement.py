"""What goes when is said from the first day; once it went, what remains is shown and certified."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import database, impression
from app.domain.oubli.effacement import Raison, begin_erasure, finish_begun
from app.settings import get_settings
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import post
from tests.factories import make_demande
from tests.poppler import poppler


async def make_erased(now: datetime) -> int:
    numero = await make_demande(now, titre="Prime jamais versée")
    await post(CAST.ines, numero, now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    await begin_erasure(numero, Raison.DELAI, now)
    assert await finish_begun(now) == 1
    return numero


async def test_what_goes_when_is_said_from_the_day_it_is_sent(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert "effacée 15 jours après son envoi" in browser.page.texte
    assert f"effacés {get_settings().retention_days} jours après la clôture" in browser.page.texte
    closed_at = now - timedelta(days=1)
    await database.fetch(
        "update demandes set closed_at = :closed_at where numero = :numero",
        numero=numero,
        closed_at=closed_at,
    )
    await browser.get(f"/demandes/{numero}")
    assert "seront effacés le dimanche 21 février 2027" in browser.page.texte


async def test_the_thread_is_taken_away_as_a_file_that_needs_no_site(now: datetime) -> None:
    numero = await make_demande(now, titre="Prime jamais versée")
    await post(CAST.ines, numero, now, "C’est réparé.")
    browser = await signed_in(CAST.aida)
    response = await browser.client.get(f"/demandes/{numero}/impression.html")
    assert response.headers["content-disposition"] == f'attachment; filename="demande-{numero}.html"'
    for words in ("Prime jamais versée", "C’est réparé.", "n’est pas un service d’archivage", "Dubois"):
        assert words in response.text
    for tie in ("<script", "<link", "/static/", "hx-"):
        assert tie not in response.text


async def test_the_thread_is_taken_away_as_a_tagged_pdf_that_says_only_what_its_reader_may_read(
    now: datetime, tmp_path: Path
) -> None:
    numero = await make_demande(now, titre="Prime jamais versée")
    await post(CAST.ines, numero, now, 'C’est réparé. <img src="file:///etc/passwd"> \U00012000')
    await post(CAST.ines, numero, now, "À voir entre nous.", is_prive=True)
    texts = {}
    for who in ("aida", "ines"):
        browser = await signed_in(getattr(CAST, who))
        response = await browser.client.get(f"/demandes/{numero}/impression.pdf")
        assert response.status_code == 200 and response.headers["content-type"] == "application/pdf"
        assert f'filename="demande-{numero}.pdf"' in response.headers["content-disposition"]
        path = tmp_path / f"{who}.pdf"
        path.write_bytes(response.content)
        texts[who] = " ".join(poppler("pdftotext", path, "-").split())
        about = poppler("pdfinfo", path)
        assert (
            "Tagged:          yes" in about
            and f"Prime jamais versée, demande n° {numero} – Administration+" in about
        )
    for words in (
        *("Prime jamais versée", "C’est réparé.", "n’est pas un service d’archivage", "Dubois"),
        *('<img src="file:///etc/passwd">', "page 1 sur", "Certaines lettres ne s’impriment pas ici"),
    ):
        assert words in texts["aida"], words
    assert "entre nous" not in texts["aida"] and "entre nous" in texts["ines"]
    assert "root:" not in texts["aida"]


async def test_a_thread_that_cannot_be_printed_says_the_two_other_ways(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    monkeypatch.setattr(impression, "HTML_MAX", 1_000)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/impression.pdf", status=503)
    assert "Ce document est trop long pour être imprimé." in browser.page.texte
    for way in ("impression", "impression.html"):
        assert f'href="/demandes/{numero}/{way}"' in browser.html


@pytest.mark.parametrize("who", ["aida", "ines", "ada", "rose"])
async def test_what_remains_and_its_certificate(now: datetime, store: Path, who: str) -> None:
    numero = await make_erased(now)
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}")
    assert "Données effacées aujourd’hui" in browser.page.texte
    assert "CAF 22" in browser.page.texte and "Prime" not in browser.page.texte
    title = browser.page.title
    await browser.get(f"/demandes/{numero}/effacement")
    assert f"n°\u00a0{numero}" in browser.page.title and browser.page.title != title
    for words in ("Certificat d’effacement", "1 message", "0 pièce jointe", "mardi 24 novembre 2026"):
        assert words in browser.page.texte
    for person in ("Aïda", "Kerjean", "Inès", "Le Goff", "Martine", "Dubois"):
        assert person not in browser.html.split("<main")[1]


async def test_nothing_is_certified_before(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/effacement", status=404)


async def test_the_mandat_of_an_erased_demande_is_told_and_not_shown(now: datetime, store: Path) -> None:
    numero = await make_erased(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert "Mandat\u00a0:" in browser.page.texte
    await browser.get(f"/demandes/{numero}/mandat", status=404)
