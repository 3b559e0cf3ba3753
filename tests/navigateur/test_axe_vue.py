"""« Voir comme », JavaScript on and off: the pages of an agent under their band, nothing done, and the way back."""

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival

ADA, INES = "ada@exemple.fr", "ines@exemple.fr"
BANDE = ".ap-vue"


def test_the_pages_of_an_agent_are_looked_at_and_left(arrive: Arrival, js: bool) -> None:
    ada = arrive(ADA, js=js)
    [(ines,)] = ada.demo.sql("select id from agents where email = %s", INES)
    [(titre,)] = ada.demo.sql(
        "select titre from demandes where closed_at is null order by numero desc limit 1"
    )
    page = f"/administration/agents/{ines}"
    ada.open(page)
    carte = ada.page.locator("section", has=ada.page.get_by_role("heading", name="Voir comme cette personne"))
    ada.press("Voir ses pages")
    assert not js or look_at(ada.page) == []
    carte.get_by_label("Motif").fill("Inès ne retrouve pas sa liste")
    ada.press("Voir ses pages")
    for adresse in ("/demandes/recues", "/profil", "/quoi-de-neuf"):
        ada.open(adresse)
        expect(ada.page.locator(BANDE)).to_contain_text("Vous voyez les pages de Inès")
        assert titre not in ada.page.content()
        assert not js or look_at(ada.page) == []
    ada.open("/demandes/recues")
    ada.page.locator("main a[href^='/demandes/']", has_text="Titre masqué").first.click()
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text("Titre masqué")
    ada.says("Description masquée.")
    assert not js or look_at(ada.page) == []
    ada.press("Revenir à mes pages")
    ada.says("Vous êtes de nouveau sur vos propres pages.")
    expect(ada.page.locator(BANDE)).to_have_count(0)
