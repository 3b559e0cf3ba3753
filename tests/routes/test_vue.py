"""« Voir comme »: begun with a reason, a band on every page, nothing done, left by its button or by its time."""

from datetime import timedelta

import pytest

from app import database, visite
from app.vitrine import FIN
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import make_demande


async def look() -> tuple[Browser, str]:
    """Ada on the pages of Inès, and the page of her account."""
    ada, page = await signed_in(CAST.ada), f"/administration/agents/{CAST.ines}"
    await ada.get(page)
    await ada.submit(f"{page}/vue", {"motif": "appel du 24 novembre"}, follow=True)
    return ada, page


async def test_it_asks_why_then_shows_the_pages_of_the_agent_under_a_band() -> None:
    numero = await make_demande(NOW)
    ada, page = await signed_in(CAST.ada), f"/administration/agents/{CAST.ines}"
    await ada.get(page)
    await ada.submit(f"{page}/vue", {"motif": ""}, status=422)
    assert "#champ-motif-vue" in ada.page.links and "champ-motif-vue" in ada.page.ids
    await ada.submit(f"{page}/vue", {"motif": "appel"}, follow=True)
    assert "Vous voyez les pages de Inès" in ada.page.texte and "10\u00a0h\u00a030" in ada.page.texte
    assert f"/demandes/{numero}" in ada.html and "Titre masqué" in ada.page.texte
    await ada.get(f"/demandes/{numero}")
    assert "Vous voyez les pages de" in ada.page.texte and "Description masquée." in ada.page.texte
    assert "Réponses suspendues" not in ada.page.texte, "what is withheld must not be said to be missing"
    opened = await database.fetch("select 1 from lectures where agent = :a", a=CAST.ines)
    assert not opened, "« consultée le » is said of the agent alone"
    await ada.get("/administration", status=403)


async def test_it_says_that_a_demande_is_urgent_and_never_why() -> None:
    numero = await make_demande(NOW, urgence="expulsion")
    ada, _ = await look()
    for adresse in (
        "/demandes/recues",
        f"/demandes/{numero}",
        f"/demandes/{numero}/impression",
        "/quoi-de-neuf",
    ):
        await ada.get(adresse)
        assert "Urgente" in ada.page.texte and "expulsion" not in ada.page.texte, adresse


async def test_what_is_a_file_or_of_the_agent_alone_is_not_shown() -> None:
    ada, _ = await look()
    membres = f"/groupes/{CAST.groupes.caf}/membres.csv"
    for adresse in ("/profil/donnees", "/profil/second-facteur", membres, "/mandats/vierge.pdf"):
        await ada.get(adresse, status=403)
        assert "Vous voyez les pages de" in ada.page.texte, adresse


async def test_an_act_is_refused_and_its_text_given_back() -> None:
    numero = await make_demande(NOW)
    ada, _ = await look()
    await ada.get(f"/demandes/{numero}")
    await ada.post(
        f"/demandes/{numero}/messages", {"acte": "message", "texte": "Bonjour à tous."}, status=403
    )
    assert "rien ne peut y être enregistré" in ada.page.texte
    assert not await database.fetch("select 1 from messages where texte = 'Bonjour à tous.'")


async def test_the_button_leads_back_to_the_account() -> None:
    ada, page = await look()
    response = await ada.submit(FIN, {})
    assert response.headers["location"] == page
    await ada.get(page)
    assert "Vous êtes de nouveau sur vos propres pages." in ada.page.texte
    await ada.get("/administration")
    assert "Vous voyez les pages de" not in ada.page.texte
    response = await ada.post(FIN, {}, status=303)
    assert response.headers["location"] == "/"


async def test_it_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, page = await look()
    monkeypatch.setattr(visite, "clock", lambda: NOW + timedelta(minutes=30))
    response = await ada.get("/demandes/recues", status=303)
    assert response.headers["location"] == page
    await ada.get(page)
    assert "Vous êtes de nouveau sur vos propres pages." in ada.page.texte


async def test_one_signs_out_from_there_too() -> None:
    ada, _ = await look()
    await ada.post("/deconnexion", {}, status=303)
    await ada.get("/demandes/recues", status=303)
    assert await database.fetch("select 1 from sessions where agent = :a", a=CAST.ada) == []


async def test_a_page_looked_at_leaves_nothing_among_what_its_agent_was_sending() -> None:
    """Posted without a session, it is not kept: the agent would find words that they never typed, ready to be sent."""
    numero = await make_demande(NOW)
    ada, _ = await look()
    await ada.get(f"/demandes/{numero}")
    [csrf] = {f["values"]["csrf"][0] for f in ada.page.forms if f["method"] == "post"}
    typed = {"csrf": csrf, "acte": "message", "texte": "Je m’en occupe."}
    site = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    await Browser().post(f"/demandes/{numero}/messages", typed, headers=site, status=403)
    assert not await database.fetch("select 1 from posts_scelles")


async def test_the_base_is_not_said_to_be_in_read_only_for_that() -> None:
    numero = await make_demande(NOW)
    ada, _ = await look()
    await ada.get(f"/demandes/{numero}")
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    assert "lecture seule" not in ines.page.texte and "Titre masqué" not in ines.page.texte


async def test_nothing_that_writes_is_offered_and_one_still_goes_about() -> None:
    numero = await make_demande(NOW)
    ada, _ = await look()
    for adresse in ("/demandes/recues", f"/demandes/{numero}", "/profil", "/profil/notifications"):
        await ada.get(adresse)
        assert {f["action"] for f in ada.page.forms if f["method"] == "post"} == {FIN, "/deconnexion"}, (
            adresse
        )
    await ada.get("/demandes/recues?non_lues=1&urgentes=1")
    assert "/demandes/recues" in {f["action"] for f in ada.page.forms if f["method"] == "get"}
    await ada.get("/profil")
    assert "Nouvelle demande" not in ada.page.texte and "Un formulaire se trouve ici" in ada.page.texte


async def test_how_pages_are_shown_may_be_chosen_meanwhile() -> None:
    ada, _ = await look()
    await ada.get("/affichage")
    await ada.submit("/affichage", {"texte": "grand"}, follow=True)
    assert (
        "Vous voyez les pages de" in ada.page.texte
        and "sont enregistrés dans ce navigateur" in ada.page.texte
    )
