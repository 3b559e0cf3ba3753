"""Drafts of a new demande: found again, kept by each step, two pages on one never overwrite each other (product §5)."""

import re
from typing import Any
from uuid import uuid4

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled

NOUVELLE = "/demandes/nouvelle"
TEXTE = "Le dossier est complet,\nje relance le paiement."


async def count_drafts() -> int:
    return len(await database.fetch("select 1 from brouillons"))


async def list_tab(browser: Browser) -> str:
    await browser.get("/demandes?onglet=brouillons")
    return browser.page.texte


async def open_form() -> tuple[Browser, str]:
    """A fresh form on screen, and its address."""
    browser = await signed_in(CAST.aida)
    await browser.get(NOUVELLE)
    url = f"{NOUVELLE}?formulaire={form_of(browser)['formulaire'][0]}"
    await browser.get(url)
    return browser, url


def form_of(browser: Browser) -> dict[str, Any]:
    [form] = [f for f in browser.page.forms if f["action"].startswith(f"{NOUVELLE}?")]
    return {nom: valeurs for nom, valeurs in form["values"].items() if nom != "csrf"}


def typed_in(browser: Browser, **changes: Any) -> dict[str, Any]:
    """A demande typed in the form on screen."""
    return filled(formulaire=form_of(browser)["formulaire"][0], **changes)


async def test_each_form_has_an_address_that_refresh_and_back_find_again() -> None:
    """With scripts the address is said in place (`data-adresse`); without, one goes there at once."""
    browser = await signed_in(CAST.aida)
    urls = []
    for _ in range(2):
        await browser.get(NOUVELLE)
        urls.append(url := f"{NOUVELLE}?formulaire={form_of(browser)['formulaire'][0]}")
        assert f'data-adresse="{url}"' in browser.html
        assert f'<noscript><meta http-equiv="refresh" content="0; url={url}"></noscript>' in browser.html
        await browser.get(url)
        assert f"{NOUVELLE}?formulaire={form_of(browser)['formulaire'][0]}" == url
        assert "data-adresse" not in browser.html
        assert "refresh" not in browser.html.partition("</head>")[0].replace("refreshOnHistoryMiss", "")
    assert urls[0] != urls[1]
    assert await count_drafts() == 0


async def test_form_saved_by_the_button_is_resumed_on_another_machine() -> None:
    browser, url = await open_form()
    typed = typed_in(browser, urgence="urgente", motif="coupure", description=TEXTE)
    response = await browser.post(f"{NOUVELLE}/brouillon", typed)
    assert response.headers["location"] == url
    assert len(browser.queries) <= 12
    await browser.get(url)
    assert "Votre brouillon est enregistré." in browser.page.texte
    elsewhere = await signed_in(CAST.aida)
    assert "AAH interrompue depuis juillet" in await list_tab(elsewhere)
    assert f"{NOUVELLE}?formulaire={typed['formulaire']}" in elsewhere.page.links
    await elsewhere.get(url)
    again = form_of(elsewhere)
    assert again["description"][0].strip("\n") == TEXTE
    assert [again[nom] for nom in ("titre", "prenom", "urgence", "motif", "groupes", "attestation")] == [
        *(["AAH interrompue depuis juillet"], ["Martine"], ["urgente"], ["coupure"]),
        *([str(CAST.groupes.caf)], ["1"]),
    ]
    assert again["identifiant_allocataire_caf"] == ["1234567"]


async def test_quiet_save_of_a_new_demande_swaps_its_small_region() -> None:
    browser, _ = await open_form()
    typed = typed_in(browser)
    response = await browser.post(f"{NOUVELLE}/brouillon", typed, htmx=True, status=200)
    assert response.text.startswith('<p class="ap-soft" id="brouillons-etat"')
    assert "Brouillon enregistré à 10\xa0h" in browser.page.texte
    assert len(browser.queries) <= 5


@pytest.mark.parametrize("htmx", [False, True])
async def test_form_left_for_later_leads_to_the_drafts(htmx: bool) -> None:
    browser, _ = await open_form()
    fields = {**typed_in(browser), "etape": "plus_tard"}
    response = await browser.post(NOUVELLE, fields, htmx=htmx, status=200 if htmx else 303)
    assert response.headers["hx-redirect" if htmx else "location"] == "/demandes?onglet=brouillons"
    assert "AAH interrompue depuis juillet" in await list_tab(browser)


@pytest.mark.parametrize("changes", [{"etape": "ajouter", "nouvelle_nature": "adresse"}, {"titre": ""}])
async def test_page_back_from_a_step_or_an_error_can_be_left_and_found_again(changes: dict[str, str]) -> None:
    browser, url = await open_form()
    await browser.post(NOUVELLE, typed_in(browser, **changes), status=200 if "etape" in changes else 422)
    assert "Brouillon enregistré aujourd’hui" in browser.page.texte
    assert len(browser.queries) <= 12
    shown = form_of(browser)
    await browser.get(url)
    again = form_of(browser)
    for names in (shown, again):  # each page has its own
        del names["page"], names["apres"]
    assert again == shown


async def test_two_tabs_are_two_drafts() -> None:
    browser, first = await open_form()
    await browser.post(f"{NOUVELLE}/brouillon", typed_in(browser, titre="Premier blocage"))
    _, second = await open_form()
    await browser.get(second)
    await browser.post(f"{NOUVELLE}/brouillon", typed_in(browser, titre="Second blocage"))
    texte = await list_tab(browser)
    assert "Premier blocage" in texte and "Second blocage" in texte
    await browser.get(first)
    assert form_of(browser)["titre"] == ["Premier blocage"]


def tab_of(browser: Browser, **changes: Any) -> dict[str, Any]:
    """A demande typed in this tab, which has its own name."""
    shown = form_of(browser)
    return typed_in(browser, page=shown["page"][0], apres=shown["apres"][0], **changes)


async def two_tabs() -> tuple[Browser, dict[str, Any], Browser, dict[str, Any], str]:
    """One draft on two screens; the younger has saved since."""
    older, url = await open_form()
    first = tab_of(older, titre="Écrit d’abord", description="Une phrase.")
    await older.post(f"{NOUVELLE}/brouillon", first, htmx=True, status=200)
    younger = await signed_in(CAST.aida)
    await younger.get(url)
    second = tab_of(younger, titre="Écrit ensuite", description="Une autre phrase.")
    await younger.post(f"{NOUVELLE}/brouillon", second, htmx=True, status=200)
    return older, {**first, "description": "Une phrase, et la suite."}, younger, second, url


async def test_older_tab_is_told_quietly_and_overwrites_nothing() -> None:
    older, first, _, second, url = await two_tabs()
    await older.post(f"{NOUVELLE}/brouillon", first, htmx=True, status=200)
    assert "dans une autre fenêtre" in older.page.texte and "Comparer et choisir" in older.page.texte
    assert "enregistré à" not in older.page.texte
    elsewhere = await signed_in(CAST.aida)
    await elsewhere.get(url)
    assert form_of(elsewhere)["titre"] == [second["titre"]]


@pytest.mark.parametrize("etape", ["comparer", "actualiser", "enregistrer", "plus_tard", ""])
async def test_older_tab_sees_both_then_chooses(etape: str) -> None:
    older, first, _, second, url = await two_tabs()
    await older.post(NOUVELLE, {**first, "etape": etape}, status=409)
    for words in (first["titre"], second["titre"], first["description"], second["description"]):
        assert words in older.page.texte
    assert form_of(older)["titre"] == [first["titre"]]
    assert url in older.page.links, "the other version may be taken"
    await older.submit(NOUVELLE, {"etape": "garder"}, status=200)
    assert "dans une autre fenêtre" not in older.page.texte
    elsewhere = await signed_in(CAST.aida)
    await elsewhere.get(url)
    assert form_of(elsewhere)["titre"] == [first["titre"]]


@pytest.mark.parametrize("htmx", [False, True])
async def test_second_tab_never_hears_sent_for_what_the_first_sent(htmx: bool) -> None:
    older, first, younger, second, _ = await two_tabs()
    sent = await younger.post(NOUVELLE, second)
    await older.post(NOUVELLE, first, status=409, htmx=htmx)
    assert "n’a pas été envoyé" in older.page.texte
    for words in (first["titre"], second["titre"]):
        assert words in older.page.texte
    assert sent.headers["location"] in older.page.links
    [row] = await database.fetch("select titre from demandes where auteur = :auteur", auteur=CAST.aida)
    assert row["titre"] == second["titre"]
    assert form_of(older)["formulaire"] != [first["formulaire"]]
    assert first["titre"] in await list_tab(await signed_in(CAST.aida)), (
        "what did not leave is kept as a draft"
    )
    again = await younger.post(NOUVELLE, second)
    assert again.headers["location"] == sent.headers["location"], "the very same content is a repeat"


@pytest.mark.parametrize("etape", ["actualiser", "choisir", "ajouter", "enregistrer", ""])
async def test_post_without_javascript_stays_at_the_address_of_its_form(etape: str) -> None:
    browser, url = await open_form()
    addresses = set(re.findall(r'(?:form)?action="(/demandes/nouvelle[^"]*)"', browser.html))
    assert addresses
    assert {one.split("#")[0] for one in addresses} == {url}
    typed = {**tab_of(browser, titre=""), "etape": etape}
    await browser.post(url, typed, status={"": 422, "enregistrer": 303}.get(etape, 200))
    await browser.get(url)
    assert form_of(browser)["description"][0].strip() == typed["description"]


async def test_every_button_that_changes_the_form_saves_it() -> None:
    browser, url = await open_form()
    named = tab_of(browser, titre="AAH de Mme Dubois, 06 12 34 56 78")
    await browser.post(NOUVELLE, {**named, "etape": "deplacer"}, htmx=True, status=200)
    await browser.get(url)
    assert form_of(browser)["titre"] == ["AAH"]
    assert form_of(browser)["identifiant_telephone"] == ["06 12 34 56 78"]
    await browser.post(
        NOUVELLE, {**tab_of(browser), "etape": "ajouter", "nouvelle_nature": "adresse"}, htmx=True, status=200
    )
    await browser.get(url)
    assert form_of(browser)["autre_nature"] == ["adresse"]


async def test_demande_sent_leaves_no_draft_and_its_address_leads_to_it() -> None:
    browser, url = await open_form()
    typed = typed_in(browser)
    await browser.post(f"{NOUVELLE}/brouillon", typed)
    response = await browser.post(NOUVELLE, typed)
    assert len(browser.queries) <= 12
    assert await count_drafts() == 0
    await browser.post(f"{NOUVELLE}/brouillon", typed, htmx=True, status=200)
    assert "déjà envoyé" in browser.page.texte
    assert await count_drafts() == 0
    back = await browser.get(url, status=303)
    assert back.headers["location"] == response.headers["location"]
    theirs = await signed_in(CAST.aline)
    await theirs.get(url, follow=True)
    assert form_of(theirs)["titre"] == [""] and form_of(theirs)["formulaire"] != typed["formulaire"]


async def test_draft_is_its_agents_alone_in_the_form_and_in_the_tab() -> None:
    browser, url = await open_form()
    await browser.post(f"{NOUVELLE}/brouillon", typed_in(browser, nom="Zéphyrine-Canari"))
    stolen = filled(formulaire=url.partition("=")[2], nom="volé")
    for agent in (CAST.aline, CAST.ines, CAST.eve):
        other = await signed_in(agent)
        await other.get(url, follow=True)
        assert "Canari" not in other.html and url.partition("=")[2] not in other.html
        assert "Canari" not in await list_tab(other) and "AAH" not in other.page.texte
        await other.post(f"{NOUVELLE}/brouillon", stolen, status=404)
    await browser.get(url)
    assert form_of(browser)["nom"] == ["Zéphyrine-Canari"]


async def test_who_may_not_open_a_demande_has_no_form_and_no_draft() -> None:
    browser = await signed_in(CAST.paul)
    await browser.get(NOUVELLE, status=403)
    await browser.post(f"{NOUVELLE}/brouillon", filled(), status=403)


async def test_draft_is_erased_from_the_tab() -> None:
    browser, url = await open_form()
    await browser.post(f"{NOUVELLE}/brouillon", typed_in(browser))
    texte = await list_tab(browser)
    assert "Martine Dubois · CAF 22 · Côtes-d’Armor (22) · enregistré à l’instant" in texte
    assert "effacé le 1er décembre" in texte
    assert len(browser.queries) <= 6
    await browser.submit(f"/brouillons/{url.partition('=')[2]}/suppression")
    assert "Aucun brouillon" in await list_tab(browser)
    await browser.get("/demandes")
    assert len(browser.queries) <= 6


async def test_several_drafts_are_erased_at_once_and_mes_demandes_says_that_some_wait() -> None:
    browser, _ = await open_form()
    for n in range(3):
        await browser.post(f"{NOUVELLE}/brouillon", filled(titre=f"Blocage {n}"))
    await browser.get("/demandes")
    assert "3 brouillons vous attendent" in browser.page.texte
    await list_tab(browser)
    boxes = [f["value"] for f in browser.page.fields if f.get("name") == "cles"]
    assert len(boxes) == 3
    await browser.submit("/brouillons/suppression", {"cles": [*boxes[:2], "x", str(uuid4())]})
    await browser.get("/demandes?onglet=brouillons")
    assert "Les brouillons cochés sont effacés" in browser.page.texte
    assert await count_drafts() == 1
    other = await signed_in(CAST.aline)
    await other.post("/brouillons/suppression", {"cles": boxes})
    assert await count_drafts() == 1


async def test_a_sujet_alone_says_so_and_makes_no_draft() -> None:
    browser, url = await open_form()
    typed = {**form_of(browser), "sujet": "1"}
    await browser.post(f"{NOUVELLE}/brouillon", typed, htmx=True, status=200)
    assert "le brouillon commencera dès que vous écrirez" in browser.page.texte
    await browser.post(url, {**typed, "etape": "choisir"}, status=200)
    assert "le brouillon commencera dès que vous écrirez" in browser.page.texte
    assert "Aucun brouillon" in await list_tab(browser)
    await browser.get(url)
    assert form_of(browser)["sujet"] == ["1"]
