"""Drafts on the pages: saved by a button or quietly, found again, erased when sent (product §5, §7)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled
from tests.domain.scene import answers_wait
from tests.factories import make_demande, make_invitation
from tests.routes.test_demande_annulation import TEXTE as ENVOYE
from tests.routes.test_demande_annulation import send, take_back
from tests.routes.test_demande_messages import answer, open_page

NOUVELLE = "/demandes/nouvelle"
TEXTE = "Le dossier est complet,\nje relance le paiement."


async def open_answer(agent: int, numero: int) -> tuple[Browser, dict[str, Any]]:
    """The demande page, and the fields of its answer form."""
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser, answer_of(browser)


def answer_of(browser: Browser) -> dict[str, Any]:
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    return {nom: valeurs for nom, valeurs in form["values"].items() if nom != "csrf"}


async def count_drafts() -> int:
    return len(await database.fetch("select 1 from brouillons"))


# --- An answer ------------------------------------------------------------------------------------------------


async def test_quiet_save_swaps_a_small_region_and_says_when(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    url = f"/demandes/{numero}/brouillon"
    response = await browser.post(url, {**typed, "texte": TEXTE}, htmx=True, status=200)
    assert response.text.startswith('<p class="ap-soft" id="brouillons-etat"')
    assert "Brouillon enregistré à 10\xa0h" in browser.page.texte
    assert TEXTE not in response.text
    assert len(browser.queries) <= 7


async def test_answer_is_shown_again_as_it_was_left(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    left = {**typed, "texte": TEXTE, "is_procedure": "1", "is_prive": "1"}
    await browser.post(f"/demandes/{numero}/brouillon", left)
    elsewhere, again = await open_answer(CAST.ines, numero)
    assert again["texte"][0].strip("\n") == TEXTE
    assert (again["is_procedure"], again["is_prive"], again["cle"]) == (["1"], ["1"], typed["cle"])
    assert "is_traitee" not in again
    assert "Brouillon enregistré aujourd’hui à 10\xa0h" in elsewhere.page.texte
    assert len(elsewhere.queries) <= 8
    _, hers = await open_answer(CAST.idir, numero)
    assert TEXTE not in str(hers)


@pytest.mark.parametrize(("who", "liste"), [("ines", "/demandes/recues"), ("elie", "/demandes/suivies")])
async def test_whoever_has_an_answer_begun_is_told_so_by_their_own_list(
    who: str, liste: str, now: datetime
) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser, typed = await open_answer(getattr(CAST, who), numero)
    await browser.get(liste)
    assert "vous attend" not in browser.page.texte
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE})
    await browser.get(liste)
    assert "1 brouillon vous attend" in browser.page.texte
    assert len(browser.queries) <= 2
    assert "/demandes?onglet=brouillons" in browser.page.links
    await browser.get("/demandes?onglet=brouillons")
    assert f"/demandes/{numero}#repondre-titre" in browser.page.links
    # Their text stays theirs when they may read the demande no more.
    assert "je relance le paiement" in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True])
async def test_answer_sent_leaves_no_draft_and_a_late_save_brings_none_back(
    htmx: bool, now: datetime
) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    typed = {**typed, "texte": TEXTE}
    await browser.post(f"/demandes/{numero}/brouillon", typed, htmx=True, status=200)
    await browser.post(f"/demandes/{numero}/messages", typed, htmx=htmx, status=200 if htmx else 303)
    assert await count_drafts() == 0
    await browser.post(f"/demandes/{numero}/brouillon", typed, htmx=True, status=200)
    assert "déjà envoyé" in browser.page.texte and "la suite n’est pas enregistrée" not in browser.page.texte
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": ""}, htmx=True, status=200)
    assert "déjà envoyé" not in browser.page.texte and "data-refus" not in browser.html
    assert await count_drafts() == 0
    _, empty = await open_answer(CAST.ines, numero)
    assert empty["texte"][0].strip("\n") == ""
    assert empty["cle"] != typed["cle"]


async def test_another_act_of_the_page_gives_the_answer_back(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE}, htmx=True, status=200)
    taking = {
        "acte": "prise_en_charge",
        "cle": str(uuid4()),
        "groupe": str(CAST.groupes.caf),
        "vu": typed["vu"],
    }
    await browser.post(f"/demandes/{numero}/messages", taking, htmx=True, status=200)
    assert answer_of(browser)["texte"][0].strip("\n") == TEXTE
    declining = {
        "acte": "declinee",
        "cle": str(uuid4()),
        "groupe": str(CAST.groupes.caf),
        "motif": "x" * 10_001,
        "vu": answer_of(browser)["vu"],
    }
    await browser.post(f"/demandes/{numero}/messages", declining, htmx=True, status=422)
    assert answer_of(browser)["texte"][0].strip("\n") == TEXTE
    assert answer_of(browser)["cle"] == typed["cle"]


async def test_answer_emptied_on_purpose_does_not_come_back_over_its_error(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE})
    await browser.post(f"/demandes/{numero}/messages", {**typed, "texte": ""}, status=422)
    assert answer_of(browser)["texte"][0].strip("\n") == ""


async def test_message_of_reopening_is_drafted_too(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", now=now, numero=numero
    )
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    [form] = [f for f in browser.page.forms if f["action"].endswith("/reouverture")]
    await browser.post(
        f"/demandes/{numero}/brouillon", {**form["values"], "csrf": browser.csrf(), "texte": TEXTE}
    )
    await browser.get(f"/demandes/{numero}")
    [form] = [f for f in browser.page.forms if f["action"].endswith("/reouverture")]
    assert form["values"]["texte"][0].strip("\n") == TEXTE
    await browser.post(f"/demandes/{numero}/reouverture", {**form["values"], "csrf": browser.csrf()})
    assert await count_drafts() == 0


async def test_files_that_come_with_the_button_are_joined_and_the_refused_ones_named(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    url, left = f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE}
    right, wrong = ("courrier.txt", b"Bonjour"), ("courrier.exe", b"MZ" + bytes(100))
    await browser.post(url, left, files={"fichiers": right})
    await browser.post(url, left, files={"fichiers": wrong}, status=409)
    assert "courrier.exe" in browser.page.texte and "Votre texte est enregistré" in browser.page.texte
    rows = await database.fetch(
        "select nom from pieces_jointes where brouillon = :brouillon", brouillon=typed["cle"][0]
    )
    assert [row["nom"] for row in rows] == ["courrier.txt"]
    elsewhere, _ = await open_answer(CAST.ines, numero)
    assert "courrier.txt" in elsewhere.page.texte
    await elsewhere.post(f"/brouillons/{typed['cle'][0]}/suppression")
    assert await database.fetch("select 1 from pieces_jointes") == []


# --- Whose it is ------------------------------------------------------------------------------------------------


async def test_who_may_not_read_the_demande_drafts_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    for agent, status in ((CAST.eve, 404), (CAST.rose, 403), (CAST.ada, 403), (CAST.paul, 404)):
        browser = await signed_in(agent)
        fields = {"cle": str(uuid4()), "texte": TEXTE}
        await browser.post(f"/demandes/{numero}/brouillon", fields, status=status)
        await browser.post(f"/demandes/{numero}/brouillon", fields, status=200, htmx=True)
        assert "enregistré à" not in browser.page.texte
    assert await count_drafts() == 0


async def test_somebody_elses_draft_is_neither_overwritten_nor_erased(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE})
    thief = await signed_in(CAST.idir)
    await thief.post(f"/demandes/{numero}/brouillon", {**typed, "texte": "volé"}, status=404)
    response = await thief.post(f"/brouillons/{typed['cle'][0]}/suppression")
    nothing = await thief.post(f"/brouillons/{uuid4()}/suppression")
    assert response.headers["location"] == nothing.headers["location"]
    _, again = await open_answer(CAST.ines, numero)
    assert again["texte"][0].strip("\n") == TEXTE


@pytest.mark.parametrize("fields", [{}, {"cle": "x"}, {"cle": "", "formulaire": "0"}])
async def test_save_without_the_name_of_its_form_is_nowhere(fields: dict[str, str], now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.post(f"/demandes/{numero}/brouillon", fields, status=404)
    await browser.post("/demandes/nouvelle/brouillon", fields, status=404)


# --- The session ends while typing ----------------------------------------------------------------------------


async def test_quiet_save_after_the_session_ended_stays_on_the_page_and_says_so(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await database.fetch("delete from sessions where agent = :agent", agent=CAST.ines)
    url = f"/demandes/{numero}/brouillon"
    response = await browser.post(url, {**typed, "texte": TEXTE}, htmx=True, status=200)
    assert "hx-redirect" not in response.headers
    assert "Vous n’êtes plus connecté" in browser.page.texte
    assert await database.fetch("select 1 from posts_scelles") == []
    response = await browser.post(url, {**typed, "texte": TEXTE})
    assert response.headers["location"].startswith("/connexion?destination=%2Freprise%2F")


async def test_save_too_long_says_so_and_loses_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    long = {**typed, "texte": "mot " * 60_000}
    await browser.post(f"/demandes/{numero}/brouillon", long, htmx=True, status=200)
    assert "trop long pour être enregistré" in browser.page.texte
    response = await browser.post(f"/demandes/{numero}/brouillon", long, status=409)
    assert response.text.count("mot mot") > 20_000


# --- The tab ---------------------------------------------------------------------------------------------------


async def test_tab_counts_drafts_of_answers_too_and_costs_the_same_with_thirty(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/brouillon", {**typed, "texte": TEXTE})
    for n in range(29):
        await browser.post(f"{NOUVELLE}/brouillon", filled(titre=f"Blocage {n}"))
    await browser.get("/demandes?onglet=brouillons")
    texte = browser.page.texte
    assert len(browser.queries) <= 6
    assert f"Réponse à la demande n°\xa0{numero}" in texte and "Blocage 28" in texte
    assert "Brouillons 30" in texte
    await browser.get("/demandes")
    assert "Brouillons 30" in browser.page.texte
    assert len(browser.queries) <= 6


async def test_a_quiet_save_that_comes_after_it_was_taken_back_changes_nothing(now: datetime) -> None:
    """Leaving the field saves, the press takes back: under load the save came last, and the text was lost."""
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    with answers_wait():
        await send(browser, numero)
        late = answer(browser, "Et puis.")
        await take_back(browser, numero, "Et puis.")
        await browser.post(f"/demandes/{numero}/brouillon", late, htmx=True, status=200)
        page = await browser.get(f"/demandes/{numero}")
        assert f"{ENVOYE}\n\nEt puis.</textarea>" in page.text


async def test_taken_back_in_another_window_it_is_not_said_to_be_gone(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    with answers_wait():
        sent = await send(browser, numero)
        old = answer(browser, "Et puis.") | {"annuler": sent["cle"]}
        await take_back(browser, numero)
        await browser.post(f"/demandes/{numero}/annulation", old, status=409)
        assert "déjà annulé dans une autre fenêtre" in browser.page.texte
        assert "déjà partie" not in browser.page.texte
