"""What one keeps for oneself of a demande: followed, to be reminded of, unread again."""

import re
from datetime import datetime, timedelta

from playwright.sync_api import expect

from app.domain.mots.dates import jour
from app.templating import PARIS
from tests.navigateur.fixtures import Arrival

INES = "ines@exemple.fr"


def test_followed_to_be_reminded_of_and_unread_again(arrive: Arrival, js: bool) -> None:
    ines = arrive(INES, js=js)
    numero, titre = ines.demo.take_demande()
    ines.open(f"/demandes/{numero}")
    mine = ines.page.locator("#demande-suivi")
    ines.press("Ne plus suivre")
    expect(mine).to_contain_text("seul ce qui vous appelle vous est annoncé")
    ines.press("Suivre")
    expect(mine).to_contain_text("chaque message vous est annoncé")
    if js:
        # The button is gone: whoever pressed it is left where its sentence is.
        assert ines.page.evaluate("document.activeElement.closest('#demande-suivi') !== null")

    mine.get_by_text("Me le rappeler", exact=True).click()
    ines.press("Noter le rappel")
    expect(mine.get_by_label("Me le rappeler le")).to_be_visible()
    ines.says("Indiquez le jour du rappel.")
    later = datetime.now(PARIS) + timedelta(days=3)
    mine.get_by_label("Me le rappeler le").fill(f"{later:%Y-%m-%d}")
    ines.press("Noter le rappel")
    expect(mine).to_contain_text(f"Rappel le {jour(later, PARIS)}")
    ines.press("Annuler le rappel")
    expect(mine).not_to_contain_text("Rappel le")

    mine.get_by_text("Marquer comme non lue").click()
    ines.press("Pour moi")
    ines.says("La demande est de nouveau non lue pour vous.")
    ines.open(f"/demandes/recues?q={numero}&non_lues=1")
    expect(ines.page.locator(f"#demandes-ligne-{numero}")).to_contain_text(titre)


def test_somebody_is_cited_by_a_button_and_a_link_leads_to_their_name(arrive: Arrival, js: bool) -> None:
    idir = arrive("idir@exemple.fr", js=js)
    numero, _ = idir.demo.take_demande()
    idir.open(f"/demandes/{numero}")  # who came is a participant
    ines = arrive(INES, js=js)
    ines.open(f"/demandes/{numero}")
    texte = ines.page.get_by_label("Réponse personnalisée")
    texte.fill("C’est réglé avec")
    ines.page.get_by_text("Citer quelqu’un").click()
    ines.press("@Idir Hamel")
    expect(texte).to_have_value("C’est réglé avec @Idir Hamel ")
    if js:
        expect(texte).to_be_focused()
    ines.press("Envoyer la réponse")
    link = ines.page.locator("#demande-fil").get_by_role("link", name="@Idir Hamel")
    link.click()
    expect(ines.page).to_have_url(re.compile(rf"/demandes/{numero}#participant-\d+$"))
    expect(ines.page.locator(":target")).to_contain_text("Idir Hamel")
    assert ines.demo.sql(
        """
        select count(*) from courriels where demande = %s and fait = 'personne_citee' and adresse = 'idir@exemple.fr'
        """,
        numero,
    ) == [(1,)]
