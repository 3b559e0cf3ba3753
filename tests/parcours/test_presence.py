"""Two colleagues on the same demande at once: each learns of the other before answering twice. JavaScript or not."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival

INES, IDIR, ALINE = "ines@exemple.fr", "idir@exemple.fr", "aline@exemple.fr"


def test_who_writes_is_named_on_the_page_and_in_the_list(arrive: Arrival, js: bool) -> None:
    idir = arrive(IDIR, js=js)
    numero, titre = idir.demo.take_demande(ALINE)
    here = f"/demandes/{numero}"
    idir.open(here)
    idir.page.get_by_label("Réponse personnalisée").fill("Je regarde ce dossier.")
    idir.press("Enregistrer le brouillon")
    expect(idir.page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré")

    ines = arrive(INES, js=js)
    for width in (1280, 320):
        ines.page.set_viewport_size({"width": width, "height": 900})
        ines.open(here)
        expect(ines.page.locator("#demande-presence")).to_contain_text("Idir Hamel écrit en ce moment")
        ines.open(f"/demandes/recues?q={titre}")
        row = ines.page.locator(".ap-ligne", has=ines.page.locator(f"#demandes-ligne-{numero}"))
        expect(row).to_contain_text("Idir H. écrit")

    # The aidante reads that he is there, not that he writes.
    aline = arrive(ALINE, js=js)
    aline.open(here)
    expect(aline.page.locator("#demande-presence")).to_contain_text("Idir Hamel")
    expect(aline.page.locator("#demande-presence")).not_to_contain_text("écri")

    presence = idir.page.locator("#demande-presence")
    if js:
        idir.press("Actualiser", role="link")
    else:
        idir.open(here)
    expect(presence).to_contain_text("Inès Le Goff")
    expect(idir.page.get_by_label("Réponse personnalisée")).to_have_value("Je regarde ce dossier.")
    if js:
        expect(idir.page.get_by_role("link", name="Actualiser", exact=True)).to_be_focused()
        idir.press("Ne plus actualiser", role="link")
        idir.says("n’y apparaissez plus d’ici une minute")
    idir.page.get_by_label("Réponse personnalisée").fill("")
    idir.press("Enregistrer le brouillon")
