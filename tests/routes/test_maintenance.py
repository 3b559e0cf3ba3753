"""A maintenance: announced on every page, then the service only reads or is closed; administrateurs end it."""

from datetime import datetime, timedelta

import pytest

from app import database, visite
from app.database import Indisponible
from app.domain.administration.maintenances import GenreMaintenance
from tests.browser import Browser, confirm_by_phone, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.courrier import read_lettre
from tests.domain.administration.test_maintenances import plan
from tests.factories import make_demande, make_message
from tests.test_lecture_seule import READ

URL = "/administration/maintenance"
TYPED = {"genre": "lecture", "du_on": "2026-11-24", "du_a": "20:00", "au_on": "24/11/2026", "au_a": "22 h"}
QUELQUES_INSTANTS = "pour quelques instants"


async def test_planned_announced_closed_by_its_reader_changed_and_withdrawn() -> None:
    ada, aida, dehors = await signed_in(CAST.ada), await signed_in(CAST.aida), Browser()
    await ada.get(f"{URL}/nouvelle")
    await ada.submit(URL, {**TYPED, "acte": "annoncer", "au_a": "tard"}, status=422)
    assert "#champ-au_a" in ada.page.links and 'value="tard"' in ada.html
    await ada.submit(URL, {**TYPED, "acte": "apercu"}, status=200)
    said = "Maintenance prévue mardi 24 novembre 2026 de 20\u00a0h à 22\u00a0h"
    assert said in ada.page.texte and "Rien n’est encore enregistré." in ada.page.texte
    await dehors.get("/connexion")
    assert said not in dehors.page.texte
    await ada.submit(URL, {**TYPED, "acte": "annoncer"}, follow=True)
    assert "La maintenance est prévue" in ada.page.texte
    for reader, page in ((aida, "/demandes"), (dehors, "/connexion")):
        await reader.get(page)
        assert said in reader.page.texte
    [closing] = [form["action"] for form in dehors.page.forms if form["action"].endswith("/fermeture")]
    await dehors.submit(closing, {}, follow=True)
    assert said not in dehors.page.texte
    [way] = [link for link in ada.page.links if link.startswith(f"{URL}/") and link != f"{URL}/nouvelle"]
    await ada.get(way)
    await ada.submit(way, {"au_a": "23:00", "acte": "annoncer"}, follow=True)
    await dehors.get("/connexion")
    assert "de 20\u00a0h à 23\u00a0h" in dehors.page.texte, (
        "other hours are told to whoever closed the former ones"
    )
    await ada.get(way)
    await ada.submit(f"{way}/fin", {}, follow=True)
    await dehors.get("/connexion")
    assert "Maintenance prévue" not in dehors.page.texte


async def open_changed() -> tuple[Browser, str]:
    """A maintenance that a colleague has changed once, open in its form; its address."""
    await plan(NOW, "lecture", begins=timedelta(hours=5))
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    [way] = [link for link in ada.page.links if link.startswith(f"{URL}/") and link != f"{URL}/nouvelle"]
    await ada.get(way)
    await ada.submit(way, {"genre": "fermeture", "acte": "annoncer"}, follow=True)
    await ada.get(way)
    return ada, way


async def test_an_administrateur_reads_what_a_colleague_changed_before_writing_over_it() -> None:
    ada, way = await open_changed()
    await ada.submit(way, {"edition": "1", "genre": "lecture", "acte": "annoncer"}, status=409)
    assert "Un collègue a changé cette maintenance" in ada.page.texte and "Fermé, mardi" in ada.page.texte


async def test_what_a_colleague_changed_is_read_before_it_is_ended() -> None:
    ada, way = await open_changed()
    await ada.submit(f"{way}/fin", {"edition": "1"}, status=409)
    assert "Un collègue a changé cette maintenance" in ada.page.texte and "Fermé, mardi" in ada.page.texte
    await ada.submit(f"{way}/fin", {}, follow=True)
    await ada.post(f"{way}/fin", {"edition": "2"}, status=303)
    await ada.post(way, {**TYPED, "edition": "2", "acte": "annoncer"}, status=409)
    assert "Cette maintenance est déjà finie, ou annulée" in ada.page.texte


async def test_while_it_only_reads_pages_are_read_and_what_is_sent_comes_back(now: datetime) -> None:
    numero = await make_demande(now, titre="Allocation suspendue")
    await make_message(numero, CAST.ines, "Bonjour, je regarde.", now)
    aida, ada = await signed_in(CAST.aida), await signed_in(CAST.ada)
    one, page, form = await plan(now, "lecture"), f"/demandes/{numero}", {"texte": "Merci de votre réponse."}
    for path in READ:
        await aida.get(path.format(numero=numero), follow=True)
        assert "Maintenance en cours, fin prévue à 12\u00a0h" in aida.page.texte, path
        assert QUELQUES_INSTANTS not in aida.page.texte, path
    await aida.get(page)
    await aida.submit(f"{page}/messages", form, status=503)
    assert "rien n’a été enregistré" in aida.page.texte and "Merci de votre réponse." in aida.html
    assert "Renvoyer" in aida.page.texte and QUELQUES_INSTANTS not in aida.page.texte
    written = await database.fetch(
        "select 1 from lectures union all select 1 from messages where auteur = :a", a=CAST.aida
    )
    assert written == []
    # Whoever runs the platform writes nothing else either, and ends it.
    await ada.get(f"/administration/agents/{CAST.ines}")
    await ada.submit(f"/administration/agents/{CAST.ines}/vue", {"motif": "appel"}, status=503)
    await ada.get(f"{URL}/{one.id}")
    assert "Mettre fin à la maintenance" in ada.page.texte
    await ada.submit(f"{URL}/{one.id}/fin", {}, follow=True)
    await aida.get(page)
    assert "Maintenance" not in aida.page.texte
    await aida.submit(f"{page}/messages", form)
    await aida.get(page)
    assert "Merci de votre réponse." in aida.page.texte


async def test_closed_nobody_but_the_team_comes_in_and_what_was_typed_comes_back(now: datetime) -> None:
    numero = await make_demande(now)
    aida, ada, dehors = await signed_in(CAST.aida), await signed_in(CAST.ada), Browser()
    await aida.get(f"/demandes/{numero}")
    one = await plan(now, "fermeture")
    for reader, page in ((dehors, "/"), (dehors, "/aide"), (aida, "/demandes"), (aida, "/profil")):
        answer = await reader.get(page, status=503)
        assert "Son retour est prévu à 12\u00a0h." in reader.page.texte, page
        assert answer.headers["retry-after"] == "3600"
        open_pages = set(reader.page.links) - {"#contenu", "/"}
        assert "/connexion" in open_pages and "/aide" not in open_pages
        for link in open_pages:
            await Browser().get(link)
    for page in ("/statistiques.csv", "/api/v1/indicateurs"):
        assert (await dehors.client.get(page)).status_code == 503, page
    await aida.post(f"/demandes/{numero}/messages", {"texte": "Merci de votre réponse."}, status=503)
    assert "Merci de votre réponse." in aida.html and "Renvoyer" in aida.page.texte
    await ada.get("/administration")
    assert "le service est fermé, sauf à l’équipe Administration+" in ada.page.texte
    await ada.get(f"{URL}/{one.id}")
    await ada.submit(f"{URL}/{one.id}/fin", {}, follow=True)
    await aida.get(f"/demandes/{numero}")
    assert "Merci de votre réponse." not in aida.page.texte


@pytest.mark.parametrize("genre", GenreMaintenance)
async def test_what_watches_the_service_is_told_the_truth_and_anybody_may_sign_out(
    genre: str, now: datetime
) -> None:
    dehors, aida = Browser(), await signed_in(CAST.aida)
    before = {page: await dehors.client.get(page) for page in ("/sante", "/sante/pret")}
    await aida.get("/profil")
    await plan(now, genre)
    for page, told in before.items():
        answer = await dehors.client.get(page)
        assert (answer.status_code, answer.text) == (told.status_code, told.text), page
    await aida.submit("/deconnexion", {}, follow=True)
    assert "Se connecter" in aida.page.texte


async def test_closed_an_administrateur_signs_in_and_ends_it(now: datetime) -> None:
    one, ada = await plan(now, "fermeture"), Browser()
    await ada.get("/connexion?destination=/administration")
    await ada.submit("/connexion", {"email": "ada@exemple.fr"}, follow=True)
    lettre = await read_lettre("ada@exemple.fr")
    await ada.get(lettre.lien)
    answer = await ada.submit(lettre.lien)
    ada.agent = CAST.ada
    await ada.get(answer.headers["location"], follow=True)
    await confirm_by_phone(ada, "/administration")
    await ada.get("/administration")
    await ada.get(f"{URL}/{one.id}")
    await ada.submit(f"{URL}/{one.id}/fin", {}, follow=True)
    assert "La maintenance est finie." in ada.page.texte
    await Browser().get("/")


async def test_closed_an_aidant_who_signs_in_reads_when_it_is_back(now: datetime) -> None:
    await plan(now, "fermeture")
    aida = Browser()
    await aida.get("/connexion")
    await aida.submit("/connexion", {"email": "aida@exemple.fr"}, follow=True)
    lettre = await read_lettre("aida@exemple.fr")
    await aida.get(lettre.lien)
    answer = await aida.submit(lettre.lien)
    await aida.get(answer.headers["location"], status=503)
    assert "Son retour est prévu à 12\u00a0h." in aida.page.texte


async def test_closed_with_the_base_away_the_page_still_says_when_it_is_back(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    aida = await signed_in(CAST.aida)
    await plan(now, "fermeture")

    async def away(*_: object, **__: object) -> None:
        raise Indisponible("away")

    monkeypatch.setattr(database, "fetch_one", away)
    await aida.get("/demandes", status=503)
    assert "Son retour est prévu à 12\u00a0h." in aida.page.texte


async def test_it_ends_by_itself(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    await plan(now, "fermeture", lasts=timedelta(hours=1))
    aida = await signed_in(CAST.aida)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(minutes=59))
    answer = await aida.get("/demandes", status=503)
    assert answer.headers["retry-after"] == "60"
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(hours=1))
    await aida.get("/demandes")
    assert "aintenance" not in aida.page.texte


async def test_who_looks_at_the_pages_of_an_agent_goes_back_to_their_own(now: datetime) -> None:
    ada, page = await signed_in(CAST.ada), f"/administration/agents/{CAST.ines}"
    await ada.get(page)
    await ada.submit(f"{page}/vue", {"motif": "appel"}, follow=True)
    await plan(now, "fermeture")
    # Each page so opened stands in the journal, which takes no line for now.
    await ada.get("/demandes/recues", status=503)
    await ada.submit("/administration/vue/fin", {}, follow=True)
    assert "Vous voyez les pages de" not in ada.page.texte
