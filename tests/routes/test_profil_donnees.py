"""`/profil/donnees`: everything kept of one agent, for that agent alone, without anything of an usager."""

import json
import re
from datetime import datetime

from app import database
from app.domain.oubli.mes_donnees import GenreGarde
from app.domain.regles.roles import Role
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.groupes.equipe import go, join
from tests.domain.scene import make_caf_cpam, post
from tests.factories import list_journal, make_demande

SECRETS = ("Martine", "Dubois", "1968", "AAH", "Bonjour, je regarde")


async def test_the_page_says_what_is_kept_and_until_when(now: datetime) -> None:
    await post(CAST.ines, await make_caf_cpam(now), now)
    ines = await signed_in(CAST.ines)
    await ines.get("/profil")
    assert "/profil/donnees" in ines.page.links
    await ines.get("/profil/donnees")
    assert len(ines.queries) <= 6
    for donnee in GenreGarde:
        assert donnee.fiche.libelle in ines.page.texte and donnee.say_jusqua() in ines.page.texte
    assert "90 jours après la clôture" in ines.page.texte
    assert {"/profil/donnees.json", "/profil/donnees.txt"} <= set(ines.page.links)


async def test_the_exports_hold_every_kind_and_no_usager(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now)
    ines = await signed_in(CAST.ines)
    response = await ines.get("/profil/donnees.json")
    kept = json.loads(response.content)
    assert set(kept) == {"etabli_le"} | {donnee.value for donnee in GenreGarde}
    [compte] = kept["compte"]["lignes"]
    assert (compte["prenom"], compte["email"]) == ("Inès", "ines@exemple.fr")
    assert [ligne["groupe"] for ligne in kept["groupes"]["lignes"]] == ["CAF 22"]
    assert [ligne["demande"] for ligne in kept["messages"]["lignes"]] == [numero]
    assert kept["sessions"]["lignes"] and kept["demandes"]["lignes"] == []
    assert "Message écrit" in [ligne["acte"] for ligne in kept["journal"]["lignes"]]
    assert "cle" not in kept["sessions"]["lignes"][0]
    read = await ines.get("/profil/donnees.txt")
    assert "attachment" in read.headers["content-disposition"]
    assert "MES GROUPES" in read.text and f"demande\u00a0: {numero}" in read.text
    assert "GARDÉ" not in read.text and "2026-" not in read.text.partition("MES GROUPES")[2]
    for texte in (response.text, read.text):
        assert not [word for word in SECRETS if word in texte]
        assert "aida@exemple.fr" not in texte


async def test_what_a_departure_did_to_a_demande_one_may_not_know_of_says_no_number(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf, groupes=[CAST.groupes.cpam])
    await go(CAST.idir, CAST.ines, CAST.groupes.caf, now)
    idir = await signed_in(CAST.idir)
    kept = json.loads((await idir.get("/profil/donnees.json")).content)
    assert [ligne["demande"] for ligne in kept["messages"]["lignes"]] == []
    acts = {ligne["acte"]: ligne["demande"] for ligne in kept["journal"]["lignes"]}
    assert acts["Demande confiée aux experts, faute de répondant"] is None
    assert not re.search(rf"demande\u00a0: {numero}\b", (await idir.get("/profil/donnees.txt")).text)


async def test_who_left_a_demande_is_not_told_when_it_was_closed(now: datetime) -> None:
    numero = await make_demande(now)
    await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now)
    await join(CAST.aida, CAST.groupes.cpam_974, now, Role.AIDANT)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", now=now, numero=numero
    )
    aida = await signed_in(CAST.aida)
    [sent] = json.loads((await aida.get("/profil/donnees.json")).content)["demandes"]["lignes"]
    assert (sent["demande"], sent["cloturee_le"]) == (numero, None)


async def test_kept_views_and_the_photo_code_are_of_their_agent_alone(now: datetime) -> None:
    for agent, nom in ((CAST.ines, "Urgentes"), (CAST.idir, "Celles d’Idir")):
        await database.fetch(
            "insert into vues_enregistrees (agent, liste, nom, filtres) values (:agent, 'recues', :nom, 'urgentes=1')",
            agent=agent,
            nom=nom,
        )
        await database.fetch(
            """insert into photos_attendues (agent, formulaire, code, expires_at)
            values (:agent, gen_random_uuid(), '314159', :now)""",
            agent=agent,
            now=now,
        )
    ines = await signed_in(CAST.ines)
    response = await ines.get("/profil/donnees.json")
    kept = json.loads(response.content)
    [vue] = kept["vues"]["lignes"]
    assert (vue["nom"], vue["liste"], vue["filtres"]) == ("Urgentes", "recues", "urgentes=1")
    [photo] = kept["photos"]["lignes"]
    assert photo["demande"] is None and photo["finit_le"].startswith("2026-11-24T09:00")
    # The code lets a phone in: it is kept, and never exported.
    assert "314159" not in response.text and "Idir" not in response.text


async def test_without_anything_the_export_is_still_whole(now: datetime) -> None:
    eve = await signed_in(CAST.eve)
    kept = json.loads((await eve.get("/profil/donnees.json")).content)
    assert kept["messages"] == {
        "garde": GenreGarde.MESSAGES.fiche.contenu,
        "jusqua": GenreGarde.MESSAGES.say_jusqua(),
        "lignes": [],
    }


async def test_looking_at_one_s_data_writes_nothing(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    before = len(await list_journal("connexion"))
    await ines.get("/profil/donnees.json")
    assert len(await list_journal("connexion")) == before
