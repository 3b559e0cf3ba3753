"""One agent, one demande, two windows: no text of an answer takes the place of another one (product §5, §7)."""

import re
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from app import database, visite
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.scene import WAIT, answers_wait
from tests.factories import make_demande
from tests.routes.test_demande_annulation import let_it_leave
from tests.routes.test_demande_messages import answer, lines, open_page
from tests.routes.test_pieces_jointes import NOTE

ICI, AILLEURS = "Le dossier est complet.", "Il manque un justificatif."


@pytest.fixture(autouse=True)
def _seconds_pass(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count(1)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(seconds=next(seconds)))


@pytest.fixture(params=["one form", "two forms"])
def is_one_form(request: pytest.FixtureRequest) -> bool:
    """Whether both windows were opened on a draft that was there, or on nothing yet."""
    return bool(request.param == "one form")


async def open_windows(is_one_form: bool, now: datetime) -> tuple[int, Browser, Browser]:
    """A demande open in two windows of Inès."""
    numero = await make_demande(now)
    if is_one_form:
        before = await open_page(CAST.ines, numero)
        await save(before, numero, "Début.")
    one, two = await open_page(CAST.ines, numero), await open_page(CAST.ines, numero)
    assert (answer(one)["cle"] == answer(two)["cle"]) == is_one_form
    return numero, one, two


async def save(browser: Browser, numero: int, texte: str, **fields: Any) -> str:
    """What the quiet save of what is on screen answers."""
    fields = answer(browser, texte, **fields)
    shown = browser.html
    response = await browser.post(f"/demandes/{numero}/brouillon", fields, htmx=True, status=200)
    browser.html = shown
    return response.text


def other_of(browser: Browser) -> str:
    """The value of the only button that takes in the text of another window."""
    [other] = re.findall(r'name="reunir" value="([^"]+)"', browser.html)
    return str(other)


async def shown(numero: int) -> str:
    """The page of the demande, opened anew."""
    return (await open_page(CAST.ines, numero)).html


async def test_a_quiet_save_keeps_what_another_window_wrote_and_says_so(
    is_one_form: bool,
    now: datetime,
) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    assert "autre fenêtre" not in await save(one, numero, ICI)
    told = await save(two, numero, AILLEURS)
    assert "Brouillon enregistré à" in told and "data-refus" not in told
    assert "aussi écrit cette réponse dans une autre fenêtre" in told and ICI in told
    assert AILLEURS in await save(one, numero, f"{ICI} Je relance.")
    assert f"{ICI} Je relance." in await save(two, numero, f"{AILLEURS} Merci.")
    page = await shown(numero)
    assert f"{AILLEURS} Merci.</textarea>" in page
    assert f"{ICI} Je relance." in page and "Ajouter ce texte au mien" in page


async def test_one_window_is_told_nothing_however_often_it_saves_and_is_opened_again(now: datetime) -> None:
    numero = await make_demande(now)
    for turn in range(3):
        browser = await open_page(CAST.ines, numero)
        assert "autre fenêtre" not in browser.html
        for words in ("un", "deux", f"trois {turn}"):
            assert "autre fenêtre" not in await save(browser, numero, words)
    (row,) = await database.fetch("select count(*) as kept from brouillons")
    assert row["kept"] == 1


async def test_the_same_words_in_two_windows_are_one_draft(is_one_form: bool, now: datetime) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    assert "autre fenêtre" not in await save(two, numero, ICI)
    (row,) = await database.fetch("select count(*) as kept from brouillons")
    assert row["kept"] == 1


async def test_a_window_emptied_erases_nothing_of_the_other(is_one_form: bool, now: datetime) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    await save(two, numero, AILLEURS)
    await save(two, numero, "")
    page = await shown(numero)
    assert f"{ICI}</textarea>" in page and AILLEURS not in page


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_other_text_is_taken_in_by_one_button(is_one_form: bool, htmx: bool, now: datetime) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    await save(two, numero, AILLEURS)
    page = await open_page(CAST.ines, numero)
    other = other_of(page)
    fields = answer(page, f"{AILLEURS} Merci.", reunir=other)
    await page.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    if not htmx:
        await page.get(f"/demandes/{numero}")
    assert f"{AILLEURS} Merci.\n\n{ICI}</textarea>" in page.html
    assert "autre fenêtre" not in page.html
    assert await lines(numero) == []
    again = await shown(numero)
    assert f"{AILLEURS} Merci.\n\n{ICI}</textarea>" in again and "autre fenêtre" not in again
    # What the first window types since is no more lost than before.
    assert AILLEURS in await save(one, numero, f"{ICI} Encore.")


@pytest.mark.parametrize("late", [AILLEURS, ""])
async def test_a_save_that_comes_after_the_texts_were_joined_loses_neither(late: str, now: datetime) -> None:
    """Pressing the button leaves the field, which saves quietly what it said before."""
    numero, one, two = await open_windows(True, now)
    await save(one, numero, ICI)
    await save(two, numero, AILLEURS)
    page = await open_page(CAST.ines, numero)
    fields = answer(page, AILLEURS, reunir=other_of(page))
    await page.post(f"/demandes/{numero}/messages", fields, status=303)
    for texte in (late, late):
        assert "autre fenêtre" not in await save(page, numero, texte)
    again = await shown(numero)
    assert f"{AILLEURS}\n\n{ICI}</textarea>" in again and "autre fenêtre" not in again
    # What is typed in the older page is kept beside.
    await save(page, numero, "Autre chose.")
    again = await shown(numero)
    assert all(texte in again for texte in ("Autre chose.", AILLEURS, ICI))


async def test_an_answer_that_is_only_a_procedure_is_kept(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await save(browser, numero, "", procedure="Demander le relevé.")
    assert "Demander le relevé.</textarea>" in await shown(numero)
    await save(browser, numero, "", procedure="")
    assert "Demander le relevé." not in await shown(numero)


async def test_what_was_taken_in_meanwhile_changes_nothing(is_one_form: bool, now: datetime) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    await save(two, numero, AILLEURS)
    page = await open_page(CAST.ines, numero)
    other = other_of(page)
    fields = answer(page, AILLEURS, reunir=other)
    await page.post(f"/demandes/{numero}/messages", fields, status=303)
    await page.post(f"/demandes/{numero}/messages", fields, status=200)
    assert f"{AILLEURS}</textarea>" in page.html


@pytest.mark.parametrize("waits", [False, True])
async def test_sending_from_one_window_keeps_what_the_other_wrote(
    is_one_form: bool, waits: bool, now: datetime
) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    await save(two, numero, AILLEURS)
    with answers_wait(WAIT if waits else timedelta()):
        await two.post(f"/demandes/{numero}/messages", answer(two, f"{AILLEURS} Fin."), htmx=True, status=200)
        assert f"{ICI}</textarea>" in two.html
        await save(one, numero, f"{ICI} Encore.")
        await let_it_leave(numero, now + 2 * WAIT)
        assert [line["texte"] for line in await lines(numero)] == [f"{AILLEURS} Fin."]
        assert "Brouillon enregistré à" in await save(one, numero, f"{ICI} Encore et encore.")
        assert f"{ICI} Encore et encore.</textarea>" in await shown(numero)
        # It is sent in its turn: what its window had not seen is shown first, then nothing is left.
        left = answer(one, f"{ICI} Encore et encore.")
        await one.post(f"/demandes/{numero}/messages", left, status=409)
        assert f"{ICI} Encore et encore.</textarea>" in one.html
        await one.post(f"/demandes/{numero}/messages", answer(one, f"{ICI} Encore et encore."))
        await let_it_leave(numero, now + 2 * WAIT)
    assert len(await lines(numero)) == 2
    assert await database.fetch("select 1 from brouillons") == []


async def test_a_window_that_sends_what_it_never_saved_keeps_the_other_text(
    is_one_form: bool,
    now: datetime,
) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await save(one, numero, ICI)
    await two.post(f"/demandes/{numero}/messages", answer(two, AILLEURS))
    assert f"{ICI}</textarea>" in await shown(numero)
    assert "Brouillon enregistré à" in await save(one, numero, f"{ICI} Encore.")


async def test_a_page_older_than_the_names_of_windows_sends_and_erases_nothing_else(now: datetime) -> None:
    numero, one, two = await open_windows(False, now)
    for browser in (one, two):
        browser.html = re.sub(r'<input type="hidden" name="(page|apres)"[^>]*>', "", browser.html)
    await save(two, numero, AILLEURS)
    await one.post(f"/demandes/{numero}/messages", answer(one, ICI), status=303)
    assert AILLEURS in await shown(numero)


async def test_a_reopening_keeps_the_text_of_the_other_window(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", now=now, numero=numero
    )

    def reopening(browser: Browser, texte: str) -> dict[str, Any]:
        [form] = [f for f in browser.page.forms if f["action"].endswith("/reouverture")]
        return {**form["values"], "texte": texte}

    before = await open_page(CAST.aida, numero)
    url = f"/demandes/{numero}/brouillon"
    await before.post(url, reopening(before, "Début."), htmx=True, status=200)
    one, two = await open_page(CAST.aida, numero), await open_page(CAST.aida, numero)
    sent = reopening(two, AILLEURS)
    await one.post(url, reopening(one, ICI), htmx=True, status=200)
    await two.post(f"/demandes/{numero}/reouverture", sent)
    page = await open_page(CAST.aida, numero)
    assert f"{ICI}</textarea>" in page.html


async def test_the_button_of_a_bare_browser_keeps_both(is_one_form: bool, now: datetime) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    for browser, texte in ((one, ICI), (two, AILLEURS)):
        await browser.post(f"/demandes/{numero}/brouillon", answer(browser, texte))
    page = await shown(numero)
    assert f"{AILLEURS}</textarea>" in page and ICI in page


async def test_the_button_of_a_bare_browser_keeps_a_text_whose_form_another_window_sent(
    is_one_form: bool,
    now: datetime,
) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    await two.post(f"/demandes/{numero}/messages", answer(two, AILLEURS))
    await one.post(f"/demandes/{numero}/brouillon", answer(one, ICI))
    assert f"{ICI}</textarea>" in await shown(numero)


async def test_taking_back_an_answer_keeps_what_the_other_window_wrote(
    is_one_form: bool,
    now: datetime,
) -> None:
    numero, one, two = await open_windows(is_one_form, now)
    with answers_wait():
        sent = answer(two, "Partie trop tôt.")
        await two.post(f"/demandes/{numero}/messages", sent, htmx=True, status=200)
        assert "Brouillon enregistré à" in await save(one, numero, ICI)
        fields = answer(two, AILLEURS) | {"annuler": sent["cle"]}
        await two.post(f"/demandes/{numero}/annulation", fields, htmx=True, status=200)
        assert f"Partie trop tôt.\n\n{AILLEURS}</textarea>" in two.html
        assert ICI in two.html
        assert "Partie trop tôt." in await save(one, numero, f"{ICI} Encore.")
        assert f"{ICI} Encore." in await shown(numero)


async def test_the_files_of_the_other_text_come_along(now: datetime) -> None:
    numero = await make_demande(now)
    one, two = await open_page(CAST.ines, numero), await open_page(CAST.ines, numero)
    fields = answer(one, ICI)
    await one.post(f"/demandes/{numero}/brouillon", fields, files={"fichiers": NOTE})
    await save(two, numero, AILLEURS)
    page = await open_page(CAST.ines, numero)
    other = other_of(page)
    await page.post(f"/demandes/{numero}/messages", answer(page, AILLEURS, reunir=other))
    await page.get(f"/demandes/{numero}")
    assert NOTE[0] in page.html


async def test_nobody_takes_in_the_text_of_somebody_else(now: datetime) -> None:
    numero = await make_demande(now)
    hers = await open_page(CAST.ines, numero)
    await save(hers, numero, ICI)
    thief = await open_page(CAST.idir, numero)
    stolen = answer(thief, AILLEURS, reunir=answer(hers)["cle"])
    await thief.post(f"/demandes/{numero}/messages", stolen, status=200)
    assert ICI not in thief.html
    assert f"{ICI}</textarea>" in await shown(numero)
