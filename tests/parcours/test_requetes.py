"""An usager asks that their data go: found without being read, transmitted, shown, erased, answered. JS on and off."""

from playwright.sync_api import expect

from app.domain.demandes.informations import empreinte_usager
from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival


def test_an_usager_s_request_goes_from_its_search_to_its_answer(arrive: Arrival, js: bool) -> None:
    ada = arrive("ada@exemple.fr", js=js)
    page, nom = ada.page, f"Requérante {'avec' if js else 'sans'} script"
    numero, titre = ada.demo.copy_demande()
    ada.demo.sql(
        "update demandes set usager_prenom = 'Zélie', usager_nom = %s, usager_empreinte = %s where numero = %s",
        *(nom, empreinte_usager("Zélie", nom, "1951"), numero),
    )
    ada.open("/administration/demandes-usagers")
    page.get_by_label("Prénom").fill("Zélie")
    page.get_by_label("Nom", exact=True).fill(nom)
    page.get_by_label("Date de naissance").fill("1951")
    ada.press("Rechercher ses demandes")
    # What is missing is said, and what was found stays.
    ada.press("Transmettre à ceux qui suivent ces demandes")
    expect(page.get_by_role("checkbox", name=f"n°\u00a0{numero}")).to_be_checked()
    page.get_by_label("Droit exercé").select_option(label="effacement")
    ada.press("Transmettre à ceux qui suivent ces demandes")
    expect(page.locator("[data-annonce]")).to_contain_text("est transmise")
    requete = page.locator("section.ap-carte").filter(has_text=f"n°\u00a0{numero}, reçue")
    ada.after(requete.get_by_role("link", name="Effacer les données").click)
    ada.says("encore ouverte")
    ada.says_not(titre)
    if js:
        assert look_at(page) == []
    ada.press("Effacer définitivement")
    expect(page.locator("[data-annonce]")).to_contain_text("sont effacées")
    requete.get_by_label("Réponse donnée à l’usager").select_option(label="il a été fait droit à la demande")
    ada.after(requete.get_by_role("button", name="Enregistrer la réponse").click)
    expect(requete).to_contain_text("Répondu aujourd’hui")
    assert ada.demo.sql("select titre from demandes where numero = %s", numero) == [("",)]
