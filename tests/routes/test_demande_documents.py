"""« J’ai besoin d’un document » on the page: asked with and without htmx, read by the aidant, kept when refused."""

from datetime import datetime

import pytest

from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import DAY
from tests.factories import make_demande
from tests.routes.test_demande_messages import answer

RIB = "Relevé d’identité bancaire"


async def open_page(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


@pytest.mark.parametrize("htmx", [False, True])
async def test_it_is_asked_and_the_aidant_reads_what_is_awaited(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now - DAY)
    ines = await open_page(CAST.ines, numero)
    fields = answer(ines, "", documents=[RIB, "Pièce d’identité"])
    await ines.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    aida = await open_page(CAST.aida, numero)
    assert "demande un document" in aida.html
    assert "J’ai besoin de ces documents" in aida.page.texte
    assert f"– {RIB}" in aida.page.texte
    assert "en pause\u00a0: un document est demandé" in aida.page.texte
    assert "un document est attendu de l’aidant" in aida.page.texte
    assert "délai en pause" in aida.page.texte
    assert "J’ai besoin d’un document" not in aida.page.texte  # only who instructs asks
    await aida.post(f"/demandes/{numero}/messages", answer(aida, "Le voici."))
    await ines.get(f"/demandes/{numero}")
    assert "en pause" not in ines.page.texte


async def test_what_was_chosen_stays_when_it_is_refused_and_in_the_draft(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    fields = answer(ines, "", documents=[RIB], is_traitee="1")
    await ines.post(f"/demandes/{numero}/messages", fields, status=422)
    assert 'href="#champ-documents"' in ines.html
    assert answer(ines)["documents"] == [RIB]
    await ines.post(f"/demandes/{numero}/brouillon", answer(ines, "", is_traitee=[]), htmx=True, status=200)
    again = await open_page(CAST.ines, numero)
    assert answer(again)["documents"] == [RIB]


async def test_a_page_that_is_old_keeps_what_is_asked(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    await idir.post(f"/demandes/{numero}/messages", answer(idir, "Je regarde."))
    await ines.post(f"/demandes/{numero}/messages", answer(ines, "", documents=[RIB]), status=409)
    assert answer(ines)["documents"] == [RIB]
    assert "votre délai reprendra à sa réponse" in ines.page.texte
    await ines.post(f"/demandes/{numero}/messages", answer(ines, "", documents=[RIB]))
