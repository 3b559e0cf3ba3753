"""The rights of usagers: found by hash, sent, erased, answered; nothing of the content is ever shown."""

from datetime import datetime
from pathlib import Path

from app import database
from app.domain.demandes.informations import empreinte_information, empreinte_usager
from app.domain.mots.identifiants import NatureIdentifiant
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal, list_told, make_demande

URL = "/administration/demandes-usagers"
MARTINE = {"prenom": "martine", "nom": "DUBOIS", "naissance": "12/03/1968"}


async def make_known(now: datetime) -> int:
    numero = await make_demande(now, titre="Prime jamais versée")
    await database.fetch(
        "update demandes set usager_empreinte = :usager_empreinte where numero = :numero",
        numero=numero,
        usager_empreinte=empreinte_usager("Martine", "Dubois", "1968"),
    )
    return numero


async def open_as_admin() -> Browser:
    ada = await signed_in(CAST.ada)
    await ada.get(URL)
    return ada


async def test_found_by_identity_or_identifier_and_nothing_of_the_content_is_shown(now: datetime) -> None:
    numero, autre = await make_known(now), await make_demande(now, usager=("Paul", "Roux", "1950"))
    await database.fetch(
        """
        insert into usager_informations (demande, nature, valeur_scellee, empreinte, added_by)
        values (:demande, 'allocataire_caf', 'x', :empreinte, :added_by)
        """,
        demande=autre,
        empreinte=empreinte_information(NatureIdentifiant.ALLOCATAIRE_CAF, "7391846"),
        added_by=CAST.aida,
    )
    ada = await open_as_admin()
    await ada.submit(f"{URL}/recherche", MARTINE, status=200)
    assert f'value="{numero}"' in ada.html and f'value="{autre}"' not in ada.html
    for words in ("Prime", "Versement"):
        assert words not in ada.html
    await ada.get(URL)
    await ada.submit(f"{URL}/recherche", {"identifiant": "739 1846"}, status=200)
    assert f'value="{autre}"' in ada.html and f'value="{numero}"' not in ada.html
    await ada.get(URL)
    await ada.submit(f"{URL}/recherche", {"prenom": "Martine"}, status=422)
    lines = await list_journal("requete_cherchee")
    assert [line["details"] for line in lines] == [{"trouvees": 1}, {"trouvees": 1}]
    assert "artine" not in str(lines)


async def test_a_request_is_sent_erased_and_answered_within_its_limit(now: datetime, store: Path) -> None:
    numero = await make_known(now)
    ada = await open_as_admin()
    await ada.submit(f"{URL}/recherche", MARTINE, status=200)
    await ada.submit(URL, {"demandes": str(numero), "nature": "effacement"})
    assert await list_told("requete_ouverte") == {"aida@exemple.fr", "ines@exemple.fr"} | await _others()
    await ada.get(URL)
    assert "Il reste 30 jours" in ada.page.texte
    assert "est transmise à ceux qui suivent ces demandes" in ada.page.texte
    [row] = await database.fetch("select id from requetes")
    page = f"{URL}/{row['id']}/effacement"
    assert page in ada.page.links
    await ada.submit(f"{URL}/{row['id']}/reponse", {f"reponse-{row['id']}": "faite"}, status=422)
    assert "Les données ne sont pas encore effacées" in ada.page.texte
    await ada.get(page)
    assert "encore ouverte" in ada.page.texte and "Rien ne pourra être rétabli" in ada.page.texte
    assert await database.fetch("select from demandes where numero = $1 and erased_at is null", numero)
    await ada.submit(page, {})
    await ada.post(page, {})
    assert len(await list_journal("donnees_effacees")) == 1
    done = await database.fetch_one("select * from demandes where numero = :numero", numero=numero)
    assert done is not None and done["erased_at"] == now and done["titre"] == ""
    assert done["closed_at"] == now and done["closed_by"] is None
    certificat = await database.fetch_one(
        "select raison from effacements where demande = :numero", numero=numero
    )
    assert certificat is not None and certificat["raison"] == "usager"
    await ada.get(URL)
    await ada.submit(f"{URL}/{row['id']}/reponse", {f"reponse-{row['id']}": ""}, status=422)
    await ada.submit(f"{URL}/{row['id']}/reponse", {f"reponse-{row['id']}": "faite"})
    await ada.get(URL)
    assert "il a été fait droit à la demande" in ada.page.texte
    for fait in ("requete_ouverte", "requete_repondue", "donnees_effacees"):
        assert len(await list_journal(fait)) == 1, fait


async def test_what_was_found_comes_back_when_something_is_missing(now: datetime) -> None:
    """The search, whose words are kept nowhere, had to be made again."""
    numero, autre = await make_known(now), await make_known(now)
    ada = await open_as_admin()
    await ada.submit(f"{URL}/recherche", MARTINE, status=200)
    await ada.submit(URL, {"demandes": str(autre), "nature": ""}, status=422)
    [form] = [form for form in ada.page.forms if form["action"] == URL]
    assert form["values"]["demandes"] == [str(autre)] and f'value="{numero}"' in ada.html
    await ada.submit(URL, {"nature": "acces"}, follow=True)
    assert f"n°\u00a0{autre}" in ada.page.texte


async def test_a_request_sent_twice_is_one_and_that_of_a_colleague_is_said(now: datetime) -> None:
    """Everybody who follows the demande was told twice."""
    numero = await make_known(now)
    ada, sent = await open_as_admin(), {"demandes": str(numero), "nature": "acces"}
    for _ in range(2):
        await ada.post(URL, sent)
    assert len(await list_journal("requete_ouverte")) == 1
    await database.fetch("update requetes set created_at = created_at - interval '1 hour'")
    await ada.post(URL, {**sent, "fenetre": "autre"}, status=422)
    [row] = await database.fetch("select id from requetes")
    assert f"C’est déjà suivi\u00a0: requête {row['id']}." in ada.page.texte
    await ada.post(URL, {**sent, "nature": "opposition"})
    assert len(await list_journal("requete_ouverte")) == 2


async def test_a_request_that_a_colleague_refused_erases_nothing_any_more(now: datetime) -> None:
    numero = await make_known(now)
    ada = await open_as_admin()
    await ada.post(URL, {"demandes": str(numero), "nature": "effacement"})
    [row] = await database.fetch("select id from requetes")
    page = f"{URL}/{row['id']}/effacement"
    await ada.get(page)
    await ada.post(f"{URL}/{row['id']}/reponse", {f"reponse-{row['id']}": "refusee"})
    await ada.submit(page, {}, status=409)
    assert "Rien n’est effacé" in ada.page.texte
    assert await database.fetch("select from demandes where numero = $1 and erased_at is null", numero)
    await ada.get(page, status=409)


async def test_only_a_request_of_erasure_erases(now: datetime) -> None:
    numero = await make_known(now)
    ada = await open_as_admin()
    await ada.post(URL, {"demandes": str(numero), "nature": "acces"})
    [row] = await database.fetch("select id from requetes")
    await ada.post(f"{URL}/{row['id']}/effacement", {}, status=409)
    kept = await database.fetch_one("select titre from demandes where numero = :numero", numero=numero)
    assert kept is not None and kept["titre"] == "Prime jamais versée"


async def _others() -> set[str]:
    """Whoever else instructs at the CAF 22 in the cast, and its mailbox."""
    rows = await database.fetch(
        """
        select a.email as adresse from agents a join adhesions m on m.agent = a.id
        where m.groupe = :groupe and m.is_instructeur and a.deactivated_at is null
        union select bal from groupes where id = :groupe and bal is not null
        """,
        groupe=CAST.groupes.caf,
    )
    return {row["adresse"] for row in rows}
