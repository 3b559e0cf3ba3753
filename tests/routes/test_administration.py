"""The home of the A+ team: what waits first, the state of the platform, doors; nothing of any demande."""

from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.entretien.battements import beat
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.factories import make_demande

URL = "/administration"


async def test_an_administrateur_starts_there() -> None:
    ada = await signed_in(CAST.ada)
    response = await ada.get("/", status=303)
    assert response.headers["location"] == URL
    await ada.get(URL)
    assert '<a class="fr-sidemenu__link" href="/administration" aria-current="page">' in ada.html
    assert len(ada.queries) <= 7


@pytest.mark.parametrize("who", ["rose", "elie", "paul", "ines"])
async def test_nobody_else_enters(who: str) -> None:
    browser = await signed_in(getattr(CAST, who))
    await browser.get(URL, status=403)
    assert "Administration" not in [
        entry.split("<")[0] for entry in browser.html.split('href="/administration">')[1:]
    ]


async def test_what_waits_comes_first_and_says_nothing_of_a_demande(now: datetime) -> None:
    await database.fetch(
        "update agents set deactivated_at = :now where id = any(:agents)",
        now=now,
        agents=[CAST.ines, CAST.idir],
    )
    await make_demande(now, titre="Prime jamais versée")
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    texte = ada.page.texte
    assert "1 demande ouverte que personne ne peut traiter" in texte
    assert "sans instructeur actif CAF 22" in texte.replace("groupes ", "").replace("groupe ", "")
    assert "Prime" not in texte and "Dubois" not in texte


async def test_what_waits_leads_to_the_groupes_where_nobody_is(now: datetime) -> None:
    await database.fetch(
        "update agents set deactivated_at = $1 where id = any($2)", now, [CAST.ines, CAST.idir]
    )
    await make_demande(now)
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    [way] = {link for link in ada.page.links if link.endswith("manque=instructeur")}
    await ada.get(way)
    assert "CAF 22 1 demande y attend" in ada.page.texte and "CPAM 22" not in ada.page.texte
    await ada.get(f"{URL}/groupes?manque=responsable")
    assert "CPAM 22 aucune demande ouverte" in ada.page.texte and "CAF 22" not in ada.page.texte


async def test_many_groupes_without_responsable_are_read_page_by_page() -> None:
    await database.fetch(
        "insert into groupes (nom, organisme) select 'Équipe ' || lpad(n::text, 2, '0'), o.id "
        "from generate_series(1, 60) n, organismes o where o.code = 'france_services'"
    )
    ada, url = await signed_in(CAST.ada), f"{URL}/groupes?manque=responsable"
    await ada.get(url)
    texte = ada.page.texte
    assert texte.count("aucune demande ouverte") == 25 and "Équipe 60" not in texte
    last = max(
        (link for link in ada.page.links if "page=" in link), key=lambda link: int(link.rpartition("=")[2])
    )
    assert last.startswith(url)
    for address in (last, f"{url}&page=99999"):
        await ada.get(address)
        assert "Équipe 60" in ada.page.texte or address != last
    assert len(ada.queries) <= 6


async def test_a_groupe_where_somebody_answers_does_not_wait(now: datetime) -> None:
    await make_demande(now)
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    assert "que personne ne peut traiter" not in ada.page.texte


async def test_addresses_that_refuse_and_requests_of_usagers_are_counted(now: datetime) -> None:
    for _ in range(3):
        await write_lettre("connexion", "aida@exemple.fr", now)
    await database.fetch(
        "update courriels set agent = :agent, failed_at = :now, erreur = 'rejet hard_bounce'",
        agent=CAST.aida,
        now=now,
    )
    await database.fetch(
        "insert into requetes (nature, demandes, created_by, created_at, due_on) "
        "values ('acces', '{}', :created_by, :created_at, :due_on)",
        created_by=CAST.ada,
        created_at=now,
        due_on=(now + timedelta(days=30)).date(),
    )
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    assert "1 adresse ne reçoit plus nos courriels" in ada.page.texte
    assert "1 demande d’usager sur leurs données" in ada.page.texte
    assert "Réponse due au plus tard le 24 décembre" in ada.page.texte


async def test_a_silent_worker_and_late_mails_are_seen(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await beat("essai", now)
    await ada.get(URL)
    assert "Tâches de fond en marche 1 en service" in ada.page.texte
    await database.fetch("update battements set at = :at", at=now - timedelta(minutes=4))
    await write_lettre("connexion", "aida@exemple.fr", now - timedelta(minutes=11))
    await ada.get(URL)
    assert "Tâches de fond à l’arrêt" in ada.page.texte
    assert "Courriels en retard 1 en attente" in ada.page.texte


# --- Agents ----------------------------------------------------------------------------------------------------


async def test_an_account_is_found_opened_and_given_another_address() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/agents?q=kerjean")
    assert f'href="{URL}/agents/{CAST.aida}"' in ada.html and "Prigent" not in ada.html
    assert len(ada.queries) <= 4
    page = f"{URL}/agents/{CAST.aida}"
    await ada.get(page)
    assert "France Services Callac" in ada.page.texte and len(ada.queries) <= 5
    await ada.submit(f"{page}/adresse", {"email": "aida", "motif": ""}, status=422)
    assert ada.page.title.startswith("Erreur") and 'value="aida"' in ada.html
    assert {"#champ-email-adresse", "#champ-motif-adresse"} <= set(ada.page.links)
    assert {"champ-email-adresse", "champ-motif-adresse"} <= set(ada.page.ids)
    await ada.submit(f"{page}/adresse", {"email": "aida.kerjean@callac.fr", "motif": "mariage"}, follow=True)
    assert "aida.kerjean@callac.fr" in ada.page.texte and "prévenue aux deux adresses" in ada.page.texte


async def test_scopes_and_roles_are_given_on_the_page_of_an_account() -> None:
    ada, page = await signed_in(CAST.ada), f"{URL}/agents/{CAST.elie}"
    await ada.get(page)
    await ada.submit(f"{page}/qualites", {"qualites": [], "motif": ""}, status=422)
    assert "#champ-motif-qualites" in ada.page.links
    await ada.submit(f"{page}/qualites", {"qualites": ["administrateur"], "motif": "renfort"}, follow=True)
    await ada.submit(f"{page}/perimetres", {"motif": "copil"}, follow=True)
    assert "Tous les organismes, tous les départements" in ada.page.texte
    [scope] = await database.fetch("select id from perimetres where agent = :agent", agent=CAST.elie)
    await ada.submit(f"{page}/perimetres/{scope['id']}/retrait", follow=True)
    assert "Ce compte n’est pas pilote" in ada.page.texte
    await ada.submit(f"{page}/desactivation", {"motif": "départ"}, follow=True)
    assert "Réactiver" in ada.page.texte
    await ada.submit(f"{page}/reactivation", {"motif": "retour"}, follow=True)
    assert "peut se connecter de nouveau" in ada.page.texte


async def test_an_old_page_says_what_a_colleague_changed_before_it_changes_it_again() -> None:
    """Two administrateurs on one account: the second page showed neither the new address nor the new role."""
    ada, other, page = await signed_in(CAST.ada), await signed_in(CAST.ada), f"{URL}/agents/{CAST.elie}"
    await ada.get(page)
    await other.get(page)
    await ada.submit(f"{page}/adresse", {"email": "elie.k@exemple.fr", "motif": "mariage"}, follow=True)
    await ada.submit(
        f"{page}/qualites", {"qualites": ["expert", "administrateur"], "motif": "renfort"}, follow=True
    )
    await other.submit(f"{page}/adresse", {"email": "elie.r@exemple.fr", "motif": "divorce"}, status=422)
    assert (
        "Un collègue l’a changée entre-temps\u00a0: c’est maintenant elie.k@exemple.fr." in other.page.texte
    )
    await other.submit(f"{page}/adresse", follow=True)
    assert "elie.r@exemple.fr" in other.page.texte
    # A page that is older still, sent from another window.
    await other.get(page)
    await ada.get(page)
    await ada.submit(f"{page}/qualites", {"qualites": ["expert"], "motif": "fin"}, follow=True)
    await other.submit(f"{page}/qualites", {"qualites": ["administrateur"], "motif": "relais"}, status=422)
    assert "Un collègue a changé ces rôles entre-temps. Maintenant\u00a0: expert." in other.page.texte
    await other.submit(f"{page}/qualites", follow=True)
    [row] = await database.fetch("select is_expert, is_administrateur from agents where id = $1", CAST.elie)
    assert dict(row) == {"is_expert": False, "is_administrateur": True}


async def test_the_territory_that_a_colleague_gave_meanwhile_is_not_taken_back_without_a_word() -> None:
    ada, other, page = (
        await signed_in(CAST.ada),
        await signed_in(CAST.ada),
        f"{URL}/groupes/{CAST.groupes.caf}",
    )
    await ada.get(page)
    await other.get(page)
    await ada.submit(page, {"departements": "22, 35"}, follow=True)
    await other.submit(page, {"nom": "CAF des Côtes-d’Armor"}, status=409)
    assert "«\u00a0CAF 22\u00a0», départements 22, 35." in other.page.texte
    assert 'value="CAF des Côtes-d’Armor"' in other.html
    await other.submit(page, {"departements": "22, 35"}, follow=True)
    assert "CAF des Côtes-d’Armor" in other.page.texte


async def test_an_account_of_the_team_is_created_by_its_form() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/agents/nouveau")
    await ada.submit(f"{URL}/agents", {"prenom": "Nour", "email": "nour"}, status=422)
    assert {"#champ-nom", "#champ-email", "#champ-departement", "#champ-qualites"} <= set(ada.page.links)
    typed = {"nom": "Petit", "email": "nour@prefecture.fr", "departement": CAST.departements["67"]}
    await ada.submit(f"{URL}/agents", {**typed, "qualites": ["pilote"]}, follow=True)
    assert ada.page.h1 == ["Nour Petit"]


async def test_an_administrateur_goes_from_an_account_to_its_departure() -> None:
    """What a member holds is handed on first: the account of a member is closed from a groupe."""
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/agents/{CAST.ines}")
    way = f"/groupes/{CAST.groupes.caf}/membres/{CAST.ines}/retrait?acte=desactiver"
    assert way in ada.page.links
    assert not [form for form in ada.page.forms if form["action"].endswith("/desactivation")]
    await ada.get(way)
    assert ada.page.h1


# --- Groupes ---------------------------------------------------------------------------------------------------


async def test_a_groupe_is_created_then_its_first_responsable() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get("/groupes")
    assert f"{URL}/groupes/nouveau" in ada.page.links
    await ada.get(f"{URL}/groupes/nouveau")
    await ada.submit(f"{URL}/groupes", {"nom": "CAF 22", "departements": "22"}, status=422)
    assert "#champ-organisme" in ada.page.links
    typed = {"nom": "CAF 35", "organisme": CAST.organismes["caf"], "departements": "35"}
    response = await ada.submit(f"{URL}/groupes", typed)
    await ada.get(response.headers["location"])
    assert "Créez son premier responsable" in ada.page.texte


async def test_a_groupe_is_renamed_and_closed_on_its_pages(now: datetime) -> None:
    numero = await make_demande(now, titre="Prime jamais versée")
    ada, page = await signed_in(CAST.ada), f"{URL}/groupes/{CAST.groupes.caf}"
    await ada.get(f"/groupes/{CAST.groupes.caf}")
    assert page in ada.page.links
    await ada.get(page)
    await ada.submit(page, {"departements": "22, 999"}, status=422)
    assert "999" in ada.page.texte
    await ada.submit(page, {"nom": "CAF d’Armor", "departements": "22, 29"}, follow=True)
    assert "Finistère" in ada.page.texte
    await ada.get(f"{page}/fermeture")
    assert f"n°\u00a0{numero}" in ada.page.texte and "Prime" not in ada.html
    await ada.submit(f"{page}/fermeture", status=422)
    vu = ada.page.forms[-1]["values"]["vu"]
    await ada.post(f"{page}/fermeture", {"vu": "ancien", "heritier": CAST.groupes.cpam}, status=409)
    await ada.post(f"{page}/fermeture", {"vu": vu, "heritier": CAST.groupes.cpam}, follow=True)
    assert "groupe fermé" in ada.page.texte and "ses demandes ouvertes sont confiées" in ada.page.texte
    await ada.submit(f"{page}/reouverture", follow=True)
    assert "Fusionner ou fermer" in ada.page.texte


# --- The journal -----------------------------------------------------------------------------------------------


async def test_the_journal_is_filtered_exported_and_checked(now: datetime) -> None:
    await make_demande(now, titre="Prime jamais versée")
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/journal?fait=connexion&du=2026-11-01&sur=&qui=moreau")
    assert "Ada Moreau" in ada.page.texte and "1 fait" in ada.page.texte
    assert len(ada.queries) <= 7
    [export] = [link for link in ada.page.links if "journal.csv" in link]
    response = await ada.get(export)
    assert response.text.startswith("\ufeffInstant;Agent;Nom") and "connexion;Connexion" in response.text
    assert response.text.splitlines()[0].endswith("Précision;Réseau;Navigateur")
    await ada.submit(f"{URL}/journal/verification", status=200)
    assert "Le journal est intact" in ada.page.texte
    await ada.get(f"{URL}/journal?du=0001-01-01&au=9999-12-31")
    await ada.get(f"{URL}/journal?qui=introuvable")
    assert "Aucun fait ne correspond" in ada.page.texte


async def test_the_journal_says_from_where_and_what_was_read(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/journal?fait=lectures")
    assert '<option value="lectures" selected>' in ada.html
    assert (
        "Demande consultée" in ada.page.texte and "Connexion demandée" not in ada.page.texte.split("Quand")[1]
    )
    # What the proof-reading client says of itself: its address is cut, its browser has no known family.
    assert "127.0.0.0/24 Navigateur" in ada.page.texte and "127.0.0.1" not in ada.html
    response = await ada.get(f"{URL}/journal.csv?fait=lectures")
    assert response.text.splitlines()[1].endswith(";127.0.0.0/24;Navigateur")


async def test_who_has_no_account_is_not_the_platform(now: datetime) -> None:
    stranger = Browser()
    await stranger.get("/connexion")
    await stranger.submit("/connexion", {"email": "personne.inconnue@exemple.fr"}, follow=True)
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/journal?fait=connexion_inconnue")
    assert "Sans compte" in ada.page.texte and "127.0.0.0/24" in ada.page.texte


# --- Settings --------------------------------------------------------------------------------------------------


async def test_the_settings_in_force_are_read_and_hold_no_secret() -> None:
    settings, ada = get_settings(), await signed_in(CAST.ada)
    await ada.get(f"{URL}/reglages")
    assert "Vie d’un lien de connexion 30 minutes LINK_MINUTES" in ada.page.texte
    assert f"{settings.retention_days} jours RETENTION_DAYS" in ada.page.texte
    for secret in (settings.secret_key, settings.sms_webhook_secret, str(settings.var), settings.store_url):
        assert secret not in ada.html
