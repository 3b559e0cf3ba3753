"""Closing with the three faces, reopening, with a message or without."""

import re
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import Envoye, make_piece
from tests.domain.scene import dates_of, post
from tests.factories import decline_all, list_journal, list_told, make_demande, make_invitation


async def open_page(agent: int, numero: int, suite: str = "") -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}{suite}")
    return browser


async def make_answered(now: datetime) -> int:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "C’est payé.")
    return numero


@pytest.mark.parametrize("suite", ["", "/cloture"])
@pytest.mark.parametrize("who", ["aida", "aline"])
async def test_the_aidant_side_closes_and_says_whether_it_helped(now: datetime, who: str, suite: str) -> None:
    numero = await make_answered(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    browser = await open_page(getattr(CAST, who), numero, suite)
    for words in ("Administration+ a-t-il aidé", "Oui", "En partie", "Non", "90 jours après la clôture"):
        assert words in browser.page.texte
    assert "Pourquoi clôturer" not in browser.page.texte, "somebody answered"
    await browser.submit(f"/demandes/{numero}/cloture", {"note": "2", "commentaire": "Bien."})
    assert len(browser.queries) <= 12, [q.split()[:5] for q in browser.queries]
    await browser.get(f"/demandes/{numero}")
    assert "La demande est clôturée. Merci de votre réponse." in browser.page.texte
    assert "Demande clôturée aujourd’hui" in browser.page.texte
    [avis] = await database.fetch("select note, commentaire from satisfactions")
    assert (avis["note"], avis["commentaire"]) == (2, "Bien.")
    assert await list_told("demande_cloturee") == {"ines@exemple.fr"}


async def test_one_place_closes_and_says_why_one_would_before_any_answer(now: datetime) -> None:
    numero = await make_demande(now)
    action = f"/demandes/{numero}/cloture"
    aida = await open_page(CAST.aida, numero)
    assert aida.page.links.count(action) == 1
    assert action not in {f["action"] for f in aida.page.forms}
    assert (
        "débloquée autrement, ou l’usager ne donne pas suite\xa0? Clôturer sans attendre" in aida.page.texte
    )
    await post(CAST.ines, numero, now)
    await aida.get(f"/demandes/{numero}")
    assert action not in aida.page.links
    assert [f["action"] for f in aida.page.forms].count(action) == 1
    await post(CAST.ines, numero, now, is_traitee=True)
    await aida.get(f"/demandes/{numero}")
    assert '<strong><a href="#demande-cloturer">À vous de clôturer</a></strong>' in aida.html
    assert [f["action"] for f in aida.page.forms].count(action) == 1
    assert aida.html.index('id="demande-cloturer"') > aida.html.index('id="demande-repondre"'), (
        "it has not moved"
    )


async def test_before_any_answer_the_page_says_how_to_be_answered_and_asks_why(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await open_page(CAST.aida, numero, "/cloture")
    assert len(aida.queries) <= 8
    for words in ("Personne n’a encore répondu", "Demander aux experts", "Clôturer quand même"):
        assert words in aida.page.texte
    action = f"/demandes/{numero}/cloture"
    response = await aida.submit(action, {"note": "1", "raison": "inconnue"}, status=422)
    assert '<a href="#champ-raison">' in response.text
    assert "dites pourquoi la demande est clôturée" in aida.page.texte
    assert re.search(r'name="note" value="1"[^>]*checked', response.text), "what was chosen stays"
    await aida.submit(action, {"note": "1", "raison": "abandon"})
    assert len(aida.queries) <= 12
    ines = await open_page(CAST.ines, numero)
    assert "L’usager ne donne pas suite." in ines.page.texte
    [row] = await list_journal("demande_cloturee")
    assert row["details"]["raison"] == "abandon"  # type: ignore[index]


async def test_instead_of_closing_the_experts_are_called_in_one_act(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await open_page(CAST.aida, numero, "/cloture")
    await aida.submit(f"/demandes/{numero}/invitations", {}, follow=True)
    assert "a invité Élie Martin" in aida.page.texte
    await aida.get(f"/demandes/{numero}/cloture")
    assert "Demander aux experts" not in aida.page.texte


async def test_when_every_groupe_declined_the_page_says_so(now: datetime) -> None:
    numero = await make_demande(now)
    await decline_all(numero, now)
    texte = (await open_page(CAST.aida, numero, "/cloture")).page.texte
    assert "Aucun organisme n’est le bon interlocuteur" in texte
    assert "Écrire aux organismes" not in texte
    assert "n’est compté pour personne" in texte


async def test_an_answer_that_came_meanwhile_is_shown_and_no_reason_is_asked_any_more(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await open_page(CAST.aida, numero, "/cloture")
    await post(CAST.ines, numero, now, "Le dossier est retrouvé.")
    action = f"/demandes/{numero}/cloture"
    await aida.submit(action, {"note": "1", "raison": "abandon"}, status=409)
    assert "Le dossier est retrouvé." in aida.page.texte
    assert "Pourquoi clôturer" not in aida.page.texte
    assert "sauf ce qui n’est plus proposé\u00a0: la raison." in aida.page.texte
    await aida.submit(action, {"note": "3"}, follow=True)
    assert "a clôturé la demande" in aida.page.texte
    assert "ne donne pas suite" not in aida.page.texte


async def test_what_goes_is_said_with_its_day(store: Path, now: datetime) -> None:
    numero = await make_answered(now)
    await make_piece(numero, now, fichier=Envoye("note.txt", b"x"))
    aida = await open_page(CAST.aida, numero, "/cloture")
    assert "1 pièce jointe mercredi 9 décembre 2026 au plus tard" in aida.page.texte
    assert "lundi 22 février 2027, 90 jours après la clôture" in aida.page.texte


async def test_a_comment_that_names_the_usager_is_refused_with_the_words(now: datetime) -> None:
    numero = await make_answered(now)
    aida = await open_page(CAST.aida, numero, "/cloture")
    action = f"/demandes/{numero}/cloture"
    typed = {"note": "3", "commentaire": "Madame Dubois (06 12 34 56 78) est ravie."}
    response = await aida.submit(action, typed, status=422)
    assert "«\xa0Dubois\xa0»" in aida.page.texte and "«\xa006 12 34 56 78\xa0»" in aida.page.texte
    assert '<a href="#champ-commentaire">' in response.text and "est ravie.</textarea>" in response.text
    assert await database.fetch("select from satisfactions") == []


@pytest.mark.parametrize("suite", ["", "/cloture"])
async def test_without_a_face_the_question_is_asked_again(now: datetime, suite: str) -> None:
    numero = await make_answered(now)
    browser = await open_page(CAST.aida, numero, suite)
    response = await browser.submit(f"/demandes/{numero}/cloture", {"commentaire": "Mon avis."}, status=422)
    assert '<a href="#champ-note">' in response.text
    assert 'id="champ-note"' in response.text
    assert "Mon avis.</textarea>" in response.text
    assert browser.page.title.startswith("Erreur")
    for note in ("0", "4", "x", "-1"):
        await browser.submit(f"/demandes/{numero}/cloture", {"note": note}, status=422)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ines", 403), ("elie", 403), ("rose", 403), ("ada", 403), ("eve", 404), ("paul", 404)],
)
async def test_only_the_aidant_side_closes_and_reopens(now: datetime, who: str, status: int) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}/cloture", status=status)
    await browser.post(f"/demandes/{numero}/cloture", {"note": "3"}, status=status)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    # The expert no longer follows a closed demande.
    await browser.post(f"/demandes/{numero}/reouverture", status=404 if who == "elie" else status)
    [row] = await database.fetch("select closed_at from demandes where numero = :numero", numero=numero)
    assert row["closed_at"] is not None


async def close(now: datetime) -> int:
    numero = await make_answered(now)
    browser = await open_page(CAST.aida, numero)
    await browser.submit(f"/demandes/{numero}/cloture", {"note": "3"})
    return numero


async def test_a_closed_demande_is_read_only(now: datetime) -> None:
    numero = await close(now)
    ines = await open_page(CAST.ines, numero)
    assert "seul le côté aidant peut la réouvrir" in ines.page.texte
    assert "textarea" not in ines.html
    personal = {f"/demandes/{numero}/suivi", f"/demandes/{numero}/non-lue"}
    assert {f["action"] for f in ines.page.forms if f["method"] == "post"} <= {"/deconnexion", *personal}
    aida = await open_page(CAST.aida, numero)
    assert "Ajouter une information" not in aida.page.texte
    await aida.post(f"/demandes/{numero}/cloture", {"note": "3"}, status=409)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("texte", ["", "Toujours rien."])
async def test_reopening_sends_the_message_with_it(now: datetime, texte: str, htmx: bool) -> None:
    numero = await close(now)
    browser = await open_page(CAST.aida, numero)
    action = f"/demandes/{numero}/reouverture"
    await browser.submit(action, {"texte": texte}, htmx=htmx, status=200 if htmx else 303)
    if htmx:
        assert browser.html.count("data-focus") == 1
        assert "La demande est réouverte." in browser.page.texte
    else:
        assert len(browser.queries) <= 12
    await browser.get(f"/demandes/{numero}")
    assert "a réouvert la demande" in browser.page.texte
    assert ("Toujours rien." in browser.page.texte) is bool(texte)
    assert "Envoyer à CAF 22" in browser.page.texte
    # One mail per person says it all.
    told = await database.fetch("select adresse, fait from courriels where fait like 'demande_re%'")
    assert sorted((row["adresse"], row["fait"]) for row in told) == [
        ("ines@exemple.fr", "demande_reouverte"),
    ]


async def test_a_message_too_long_reopens_nothing_and_keeps_the_text(now: datetime) -> None:
    numero = await close(now)
    browser = await open_page(CAST.aida, numero)
    response = await browser.submit(f"/demandes/{numero}/reouverture", {"texte": "a" * 10_001}, status=422)
    assert "a" * 10_001 in response.text
    assert "dépasse 10 000 caractères" in browser.page.texte
    assert "Réouvrir la demande" in browser.page.texte
    assert (await dates_of(numero))["closed_at"] is not None


async def test_an_open_demande_is_not_reopened(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.post(f"/demandes/{numero}/reouverture", {"cle": str(uuid4())}, status=409)
