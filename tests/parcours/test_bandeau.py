"""A band of the A+ team, from its words to every page and to its closing, with JavaScript and without (issue 15)."""

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival

TEXTE = "La messagerie d’un organisme est arrêtée mardi matin."


def test_a_band_is_written_read_closed_and_withdrawn(arrive: Arrival, js: bool) -> None:
    ada, aida = arrive("ada@exemple.fr", js=js), arrive("aida@exemple.fr", js=js)
    ada.open("/administration/bandeau/nouveau")
    ada.page.get_by_label("Texte").fill(TEXTE)
    ada.page.get_by_label("À qui il s’affiche").select_option("aidants")
    ada.page.get_by_label("Premier jour").fill("2026-01-01")
    ada.page.get_by_label("Dernier jour").fill("2036-01-01")
    ada.press("Voir l’aperçu")
    expect(ada.page.get_by_role("heading", name="Aperçu")).to_be_visible()
    expect(ada.page.locator(".ap-bandeau")).to_contain_text(TEXTE)
    ada.press("Publier")
    expect(ada.page.get_by_role("heading", name="Bandeau d’information", exact=True)).to_be_visible()

    aida.open("/demandes/nouvelle")
    bandeau = aida.page.locator("#bandeau-liste")
    expect(bandeau).to_contain_text(TEXTE)
    if js:
        assert look_at(aida.page) == []
        aida.page.get_by_label("Titre").fill("Un titre déjà tapé")
        aida.settle()
    bandeau.get_by_role("button", name="Fermer cette information").click()
    expect(aida.page.get_by_text(TEXTE)).to_have_count(0)
    if js:
        expect(aida.page.get_by_label("Titre")).to_have_value("Un titre déjà tapé")
        expect(bandeau.get_by_text("L’information est fermée.")).to_be_focused()
    aida.open("/demandes")
    expect(aida.page.get_by_role("heading", level=1)).to_be_visible()
    expect(aida.page.get_by_text(TEXTE)).to_have_count(0)

    ada.page.get_by_role("link", name="Bandeau n°").first.click()
    expect(ada.page.get_by_label("Texte")).to_have_value(TEXTE)
    if js:
        assert look_at(ada.page) == []
    ada.press("Retirer ce bandeau")
    expect(ada.page.get_by_text("retiré", exact=True).first).to_be_visible()
