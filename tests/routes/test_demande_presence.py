"""`/demandes/{numero}/presence`: who else is on the demande, asked by its page while it is on screen."""

import re
from datetime import datetime, timedelta

import pytest

from app import database, visite
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import answers_wait
from tests.factories import make_demande
from tests.routes.test_demande_messages import answer, open_page

MINUTE = timedelta(minutes=1)
ALONE = "Personne d’autre n’est sur cette demande en ce moment"


def asked_by(browser: Browser) -> str:
    """What the page on screen asks by itself."""
    found = re.search(r'data-hx-get="(/demandes/\d+/presence\?marque=\w+)"', browser.html)
    assert found
    return found[1]


async def test_the_page_says_who_is_there_and_asks_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    assert ALONE in ines.page.texte
    asked = asked_by(ines)
    response = await ines.get(asked, htmx=True, status=204)
    assert response.headers["heure"], "nothing changed, and who pressed is told so"
    idir = await open_page(CAST.idir, numero)
    assert "Inès Le Goff lit cette demande" in idir.page.texte
    await ines.get(asked, htmx=True)
    assert "Idir Hamel lit cette demande" in ines.html
    assert "data-annonce" not in ines.html, "who comes and goes is not said aloud"
    assert len(ines.queries) <= 3
    asked = asked_by(ines)
    await idir.post(f"/demandes/{numero}/brouillon", answer(idir), htmx=True, status=200)
    await ines.get(asked, htmx=True)
    assert "data-annonce>Idir Hamel écrit en ce moment" in ines.html
    asked = asked_by(ines)
    await ines.get(asked, htmx=True, status=204)
    # A minute without a sign, and nobody is there any more.
    monkeypatch.setattr(visite, "clock", lambda: now + 2 * MINUTE)
    await ines.get(asked, htmx=True)
    assert ALONE in ines.html


async def test_an_answer_that_is_leaving_is_written_no_more(now: datetime) -> None:
    numero = await make_demande(now)
    idir = await open_page(CAST.idir, numero)
    with answers_wait():
        await idir.post(f"/demandes/{numero}/messages", answer(idir))
    assert await database.fetch("select from brouillons where part_at is not null")
    ines = await open_page(CAST.ines, numero)
    assert "Idir Hamel lit cette demande" in ines.page.texte
    await ines.get("/demandes/recues")
    assert "Idir H. lit" in ines.page.texte


async def test_it_is_stopped_by_who_wants_neither_to_see_nor_to_be_seen(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}/presence?actualisation=non", htmx=True)
    assert "n’y apparaissez plus" in ines.html and "every" not in ines.html
    assert await database.fetch("select from presences") == []
    await ines.get(f"/demandes/{numero}/presence", htmx=True)
    assert "every 30s" in ines.html
    assert len(await database.fetch("select from presences")) == 1


async def test_the_end_of_the_session_takes_no_page_away(now: datetime) -> None:
    numero = await make_demande(now)
    browser = Browser()
    await browser.get(f"/demandes/{numero}/presence", htmx=True, status=204)
    response = await browser.get(f"/demandes/{numero}/presence", status=303)
    assert response.headers["location"].startswith("/connexion")


async def test_without_htmx_it_is_the_page_itself(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    response = await ines.get(f"/demandes/{numero}/presence", status=303)
    assert response.headers["location"] == f"/demandes/{numero}"
    await ines.get("/demandes/x/presence", status=404)


async def test_who_looks_at_the_pages_of_somebody_is_there_for_nobody_and_sees_nobody(now: datetime) -> None:
    numero = await make_demande(now)
    await open_page(CAST.idir, numero)
    ada = await signed_in(CAST.ada)
    await database.fetch(
        "update sessions set vue_agent = :ines, vue_until = :until where agent = :ada",
        ines=CAST.ines,
        ada=CAST.ada,
        until=now + MINUTE,
    )
    await ada.get(f"/demandes/{numero}")
    assert "Répondre" in ada.page.texte
    assert "/presence" not in ada.html and "Idir Hamel lit" not in ada.page.texte
    await ada.get("/demandes/recues")
    assert "Idir H." not in ada.page.texte
    await ada.get(f"/demandes/{numero}/presence", htmx=True)
    assert "Idir Hamel" not in ada.html
    assert [row["agent"] for row in await database.fetch("select agent from presences")] == [CAST.idir]


async def test_the_list_names_who_reads_and_who_writes(now: datetime) -> None:
    numero = await make_demande(now)
    idir = await open_page(CAST.idir, numero)
    ines = await signed_in(CAST.ines)
    await ines.get("/demandes/recues")
    assert "Idir H. lit" in ines.page.texte
    marque = re.search(r"marque=(\w+)", ines.html)
    assert marque
    await idir.post(f"/demandes/{numero}/brouillon", answer(idir), htmx=True, status=200)
    await ines.get(f"/demandes/recues?marque={marque[1]}", htmx=True)
    assert "Idir H. écrit" in ines.html
    # The aidant side reads that somebody is there, never that the other side writes.
    aida = await signed_in(CAST.aida)
    await aida.get("/demandes")
    assert "Idir H. lit" in aida.page.texte and "écrit" not in aida.page.texte
