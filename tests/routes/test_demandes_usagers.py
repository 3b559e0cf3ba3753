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
    [row] = await database.fetch("select id from requetes")
    await ada.submit(f"{URL}/{row['id']}/effacement", {})
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
