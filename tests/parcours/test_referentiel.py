"""A sujet is added, suggested to an aidant with its guide, then removed: with JavaScript and without, for everyone."""

import re

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival


def test_a_sujet_is_published_suggested_then_removed(arrive: Arrival, js: bool) -> None:
    ada, aline = arrive("ada@exemple.fr", js=js), arrive("aline@exemple.fr", js=js)
    page, nom = ada.page, f"Facture d’eau {'avec' if js else 'sans'} script"
    ada.open("/administration/referentiel")
    page.get_by_role("link", name="Nouveau sujet").click()
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez ce texte.")
    page.get_by_label("Nom").fill(nom)
    page.get_by_label("Thème").select_option(label="Logement")
    page.get_by_label("CAF", exact=True).check()
    page.get_by_label("Démarche à essayer d’abord").fill("Appeler le service des eaux.")
    page.get_by_label("Mots qui font proposer ce sujet").fill("compteur d’eau\nde")
    page.get_by_label("« Depuis quand ? »").fill("la date du relevé")
    page.get_by_label("appel téléphonique").check()
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_role("alert")).to_contain_text("« de » ne désigne aucun sujet")
    assert not js or look_at(page) == []  # axe is a script
    page.get_by_label("Mots qui font proposer ce sujet").fill("compteur d’eau")
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_text("Rien n’est encore publié.")).to_be_visible()
    assert not js or look_at(page) == []  # axe is a script
    page.get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Nom")).to_have_value(nom)
    page.get_by_role("button", name="Voir ce qui change").click()
    page.get_by_label("Raison").fill("Demandé par les aidants.")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("[data-annonce]")).to_contain_text("La nouvelle version est publiée")

    aline.open("/demandes/nouvelle")
    expect(aline.page.get_by_role("option", name=nom)).to_have_count(1)
    aline.page.locator("#champ-description").press_sequentially("Le compteur d'eau est bloqué.")
    if not js:
        aline.press("Actualiser le récapitulatif")
    suggestion = aline.page.locator("#nouvelle_demande-suggestion")
    expect(suggestion).to_contain_text(f"« {nom} » ? Il est proposé parce que vous écrivez : compteur d’eau.")
    aline.settle()
    aline.press("Choisir ce sujet")
    expect(aline.page.locator("#champ-sujet option:checked")).to_have_text(nom)
    guide = aline.page.locator("#nouvelle_demande-guide")
    expect(guide).to_contain_text("la date du relevé")
    expect(guide.get_by_role("checkbox")).to_have_count(1)

    page.locator("summary", has_text=re.compile(r"^Logement")).click()
    page.get_by_role("link", name=nom).click()
    page.get_by_label("Supprimé").check()
    page.get_by_role("button", name="Voir ce qui change").click()
    page.get_by_label("Raison").fill("C’était un essai.")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("[data-annonce]")).to_contain_text("La nouvelle version est publiée")
    page.get_by_role("link", name="Versions et fichier").click()
    expect(page.get_by_text("C’était un essai.").first).to_be_visible()
    assert not js or look_at(page) == []  # axe is a script
    page.get_by_role("link", name="Version", exact=False).nth(1).click()
    assert not js or look_at(page) == []  # axe is a script
    aline.open("/demandes/nouvelle")
    expect(aline.page.get_by_role("option", name=nom)).to_have_count(0)
