"""A responsable’s morning: a colleague comes, another is away, one leaves. With JavaScript and without."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival

ROSE = "rose@exemple.fr"


def test_a_colleague_comes_and_leaves(arrive: Arrival, js: bool) -> None:
    rose = arrive(ROSE, js=js)
    page = rose.page
    rose.open("/groupes")
    page.get_by_role("link", name="CAF 22", exact=True).click()
    page.get_by_role("link", name="Créer des comptes").click()
    liste = [
        ("Erwan", f"Le Goff {js}", "Gestionnaire", f"essai-{js}@caf22.exemple.fr", "instructeur"),
        ("Sans", "Adresse", "Agent", "sans@caf22", ""),
    ]
    page.get_by_label("Vos lignes, avec ou sans titres de colonnes").fill("\n".join(map("\t".join, liste)))
    page.get_by_role("button", name="Lire la liste").click()
    expect(page.get_by_role("alert")).to_contain_text("cette adresse est incomplète")
    page.get_by_label("Adresse e-mail").nth(1).fill(f"essai-bis-{js}@caf22.exemple.fr")
    page.get_by_role("button", name="Créer 2 comptes").click()
    expect(page.locator("[data-annonce]")).to_contain_text("chaque nouveau membre reçoit un courriel")
    page.get_by_role("link", name=f"Retirer… Erwan Le Goff {js} du groupe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Retirer Erwan Le Goff {js} du groupe CAF 22")
    page.get_by_role("button", name=f"Retirer Erwan Le Goff {js} du groupe CAF 22").click()
    expect(page.locator("[data-annonce]")).to_contain_text("n’est plus membre du groupe")
    page.get_by_role("link", name="Sans Adresse", exact=True).click()
    page.get_by_role("button", name="Annuler ce compte").click()
    expect(page.locator("[data-annonce]")).to_contain_text("Le compte est annulé")


def test_the_button_stays_under_the_finger_once_the_address_is_corrected(arrive: Arrival) -> None:
    """Leaving the field takes away what was said below it: what wraps beside it must not move the button."""
    rose = arrive(ROSE)
    rose.open("/groupes")
    rose.page.get_by_role("link", name="CAF 22", exact=True).click()
    champ = rose.page.get_by_label("Son adresse e-mail")
    for adresse in ("personne@caf22.exemple.fr", "ailleurs@caf22.exemple.fr"):
        champ.fill(adresse)
        rose.page.get_by_label("Instructeur", exact=True).check()
        rose.press("Ajouter au groupe")
        expect(rose.page.locator("#champ-email-erreur")).to_contain_text("Aucun compte ne peut être ajouté")
        expect(champ).to_have_value(adresse)
