"""A day of the A+ team: a groupe, its first account, a file of structures, the journal. With JavaScript and without."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival

ADA = "ada@exemple.fr"


def test_a_groupe_is_born_and_the_journal_says_so(arrive: Arrival, js: bool) -> None:
    ada = arrive(ADA, js=js)
    page, nom = ada.page, f"CAF 23 {'avec' if js else 'sans'} script"
    ada.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Administration")
    page.get_by_role("link", name="Groupes", exact=True).first.click()
    page.get_by_role("link", name="Créer un groupe").click()
    page.get_by_role("button", name="Créer le groupe").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez son organisme.")
    page.get_by_label("Nom du groupe").fill(nom)
    page.get_by_label("Organisme").select_option(label="CAF")
    page.get_by_label("Départements").fill("23")
    page.get_by_role("button", name="Créer le groupe").click()
    expect(page.locator("[data-annonce]")).to_contain_text("Le groupe est créé")
    ada.open("/administration/journal")
    if (
        page.get_by_text("Filtrer", exact=True).first.is_visible()
        and not page.get_by_label("Agent").is_visible()
    ):
        page.get_by_text("Filtrer", exact=True).first.click()
    page.get_by_label("Demande ou groupe").fill(nom)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("cell", name="Groupe créé")).to_be_visible()
    page.get_by_role("button", name="Vérifier les sceaux").click()
    expect(
        page.locator("main").get_by_role("status").filter(has_text="Le journal est intact")
    ).to_be_visible()


def test_a_file_of_structures_is_looked_at_then_written(arrive: Arrival, js: bool) -> None:
    ada = arrive(ADA, js=js)
    page, nom = ada.page, f"Guéret {'avec' if js else 'sans'} script"
    ada.open("/administration/imports")
    lignes = f"FRANCE SERVICES;DEPARTEMENT\n{nom};23\nNulle Part;99\n".encode("cp1252")
    page.get_by_label("Fichier").set_input_files(
        {"name": "structures.csv", "mimeType": "text/csv", "buffer": lignes}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_text("Rien n’est encore écrit")).to_be_visible()
    expect(page.get_by_text("Le département «\u00a099\u00a0» n’existe pas.")).to_be_visible()
    page.get_by_role("button", name="Créer 1 groupe").click()
    expect(page.get_by_text("L’import est terminé").first).to_be_visible()
    ada.open("/groupes")
    page.get_by_role("searchbox", name="Nom, organisme ou département").fill(nom)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("link", name=f"France Services {nom}", exact=True)).to_be_visible()
