"""The list from which one came, with its tab and filters, survives every act on a demande, JavaScript or not."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

ALINE, INES = "aline@exemple.fr", "ines@exemple.fr"


def came_from(personne: Personne, numero: int, liste: str) -> None:
    """« ← », « Demande suivante » and the address lead through the list, now and after a reload."""
    for is_again in (False, True):
        if is_again:
            personne.open(personne.page.url.removeprefix(personne.demo.url).partition("#")[0])
        retour = personne.page.locator(".ap-retour a")
        expect(retour.first).to_have_attribute("href", liste)
        suivante = f"/demandes/{numero}/suivante?liste={quote(liste, safe='')}"
        expect(retour.last).to_have_attribute("href", suivante)


def take_one(personne: Personne) -> tuple[int, str]:
    """One of Aline’s that nobody has answered nor else acts in. Its title is its own: a list of many has pages."""
    numero, _ = personne.demo.copy_demande(ALINE)
    titre = f"La liste suit la demande {numero}"
    personne.demo.sql(
        "update demandes set titre = %s, repere = %s where numero = %s", titre, titre.lower(), numero
    )
    return numero, titre


def in_a_week() -> str:
    return f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"


def test_the_list_one_came_from_outlives_each_act(arrive: Arrival, js: bool) -> None:
    ines = arrive(INES, js=js)
    numero, titre = take_one(ines)
    ines.open(f"/demandes/recues?onglet=en-cours&q={quote(titre)}")
    ligne = ines.page.locator(f"main a.ap-ligne__lien[href^='/demandes/{numero}?']")
    ines.after(ligne.click)
    liste = ines.page.locator(".ap-retour a").first.get_attribute("href") or ""
    assert "q=" in liste

    ines.press("Je m’en occupe")
    came_from(ines, numero, liste)
    # Refused, then corrected and sent.
    ines.press(ENVOYER)
    expect(ines.page.locator(".ap-erreurs")).to_be_visible()
    expect(ines.page.locator(".ap-retour a").first).to_have_attribute("href", liste)
    ines.page.get_by_label("Réponse personnalisée").fill("Un mot.")
    ines.press(ENVOYER)
    came_from(ines, numero, liste)
    ines.page.get_by_text("Me le rappeler", exact=True).click()
    ines.page.get_by_label("Me le rappeler le").fill(in_a_week())
    ines.press("Noter le rappel")
    came_from(ines, numero, liste)

    # A page of its own, and back.
    if not js:
        ines.press("Inviter un organisme ou un collègue")
        ines.press("Revenir à la demande", role="link")
        came_from(ines, numero, liste)

    # The end leads back to the list.
    aline = arrive(ALINE, js=js)
    aline.open(f"/demandes/{numero}")
    aline.page.get_by_label("Votre message").fill("Merci.")
    aline.press(ENVOYER)
    ines.page.get_by_text("Marquer comme non lue", exact=True).click()
    ines.press("Non lue pour moi")
    ines.says("Demandes reçues")
    assert ines.page.url == ines.demo.url + liste


def test_closing_keeps_the_list_one_came_from(arrive: Arrival, js: bool) -> None:
    aline = arrive(ALINE, js=js)
    numero, titre = take_one(aline)
    aline.open(f"/demandes?onglet=en-cours&q={quote(titre)}")
    aline.after(aline.page.locator(f"main a.ap-ligne__lien[href^='/demandes/{numero}?']").click)
    liste = aline.page.locator(".ap-retour a").first.get_attribute("href") or ""
    assert "q=" in liste
    aline.press("Clôturer sans attendre de réponse", role="link")
    aline.press("Clôturer sans réponse")
    expect(aline.page.locator(".ap-erreurs")).to_be_visible()
    aline.page.get_by_role("radio").first.check()
    aline.page.get_by_role("radio").last.check()
    aline.press("Clôturer sans réponse")
    aline.says("clôturée")
    came_from(aline, numero, liste)
