"""A step of the answer shows its form again on a page that may be left: the draft is kept first (issue 10)."""

from datetime import datetime

import pytest

from app import database
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.scene import post
from tests.factories import make_demande
from tests.routes.test_brouillons import TEXTE, answer_of, count_drafts, open_answer
from tests.routes.test_demande_enregistrees import keep_reponse

STEPS = {
    "joindre": {"joindre": "1"},
    "photos": {"photos": "ouvrir"},
    "citer": {"citer": str(CAST.idir)},
    "enregistrees": {"enregistrees": "1"},
}


async def read_left(browser: Browser, numero: int) -> str:
    """What the form of the answer says to who comes back."""
    await browser.get(f"/demandes/{numero}")
    return str(answer_of(browser)["texte"][0]).strip("\n").replace("\r\n", "\n")


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_keeps_the_draft(now: datetime, step: str) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    status = 422 if step == "joindre" else 200
    await browser.post(
        f"/demandes/{numero}/messages", {**typed, "texte": TEXTE, **STEPS[step]}, status=status
    )
    assert len(browser.queries) <= 12, [q.split()[:6] for q in browser.queries]
    assert await read_left(browser, numero) == TEXTE


async def test_an_inserted_reply_is_in_the_draft(now: datetime) -> None:
    numero = await make_demande(now)
    wanted = await keep_reponse(CAST.groupes.caf, "Délai", "Comptez trois semaines.", now)
    browser, typed = await open_answer(CAST.ines, numero)
    fields = {**typed, "texte": TEXTE, "inserer": str(wanted)}
    await browser.post(f"/demandes/{numero}/messages", fields, status=200)
    assert await read_left(browser, numero) == f"{TEXTE}\n\nComptez trois semaines."


async def test_an_answer_to_correct_is_kept_too(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    long = "Bonjour. " * 1200
    await browser.post(f"/demandes/{numero}/messages", {**typed, "texte": long}, status=422)
    assert (await read_left(browser, numero)).strip() == long.strip()


@pytest.mark.parametrize("is_closed", [True, False])
async def test_an_answer_that_met_what_changed_since_is_kept_too(now: datetime, is_closed: bool) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    if is_closed:
        await database.fetch(
            "update demandes set closed_at = :now where numero = :numero", now=now, numero=numero
        )
    else:
        await post(CAST.aida, numero, now, "Voici la suite.")
    await browser.post(f"/demandes/{numero}/messages", {**typed, "texte": TEXTE}, status=409)
    assert len(browser.queries) <= 12, [q.split()[:6] for q in browser.queries]
    await browser.get(f"/demandes/{numero}")
    assert f"{TEXTE}</textarea>" in browser.html.replace("\r\n", "\n")


async def test_a_draft_that_cannot_be_kept_prevents_no_step(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    monkeypatch.setattr("app.domain.demandes.brouillons.OCTETS_MAX", 20)
    fields = {**typed, "texte": TEXTE, "photos": "ouvrir"}
    await browser.post(f"/demandes/{numero}/messages", fields, status=200)
    assert "Avec votre téléphone" in browser.page.texte
    assert "je relance le paiement." in browser.html
    assert await count_drafts() == 0
