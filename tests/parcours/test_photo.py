"""From a photo of a paper to the sent demande, in guided mode; who may open it, and who may not (issue 3)."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival
from tests.navigateur.redaction import Situation, attest_paper, describe, send

SUJET = "AAH : renouvellement ou versement interrompu"
GPS = 0x8825


def photograph(folder: Path) -> Path:
    """A paper on a table, by a telephone that notes where it is."""
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 24.0, 12.0), 3: "W", 4: (3.0, 25.0, 40.0)})
    path = folder / "notification MDPH.jpg"
    Image.new("RGB", (640, 480), "white").save(path, exif=exif)
    return path


def test_a_photo_of_a_paper_reaches_who_answers_and_nobody_else(
    arrive: Arrival, js: bool, tmp_path: Path
) -> None:
    photo, note = photograph(tmp_path), tmp_path / "relances.txt"
    note.write_text("Relances des 3 et 17 septembre.\n", encoding="utf-8")
    situation = Situation("AAH interrompue depuis juillet", "Corentin", "Le Goas" if js else "Le Gac")
    aida = arrive("aida@exemple.fr", js=js)
    aida.open("/demandes/nouvelle")
    page = aida.page
    page.get_by_label("Sujet").select_option(SUJET)
    if not js:
        aida.press("Mettre la page à jour selon ces choix")
    page.get_by_role("radiogroup", name="CAF ou MSA ?").get_by_role("radio", name="CAF").check()
    if not js:
        aida.press("Mettre la page à jour selon ces choix")
    groupes = page.locator("#champ-groupes")
    expect(groupes.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(groupes).to_contain_text("MDPH 22")
    aida.settle()
    aida.says("Les documents utiles")
    describe(aida, situation)
    attest_paper(aida)
    expect(page.locator("#nouvelle_demande-guide")).to_contain_text("le premier mois sans versement")
    page.get_by_label("Depuis quand").fill("le mois de juillet")
    page.get_by_role("checkbox", name="appel téléphonique").check()
    aida.settle()
    page.get_by_label("Joindre des fichiers").set_input_files([photo, note])
    if not js:
        aida.press("Joindre les fichiers choisis")
    joined = page.get_by_role("list", name="Fichiers joints, pas encore envoyés")
    expect(joined).to_contain_text("notification MDPH.jpg")
    expect(joined).to_contain_text("relances.txt")
    aida.settle()
    expect(page.locator("#nouvelle_demande-recapitulatif")).to_contain_text("de CAF 22")
    numero = send(aida)
    aida.says("notification MDPH.jpg")
    aida.says("Depuis quand : le mois de juillet")
    aida.says("Déjà essayé : appel téléphonique")

    ines = arrive("ines@exemple.fr", js=js)
    ines.open(f"/demandes/{numero}")
    link = ines.page.locator("main").get_by_role("link", name="notification MDPH.jpg", exact=True)
    address = str(link.get_attribute("href"))
    with ines.page.expect_download() as download:
        link.click()
    received = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert (received.format, received.size) == ("JPEG", (640, 480))
    assert not received.getexif().get_ifd(GPS), "the place must be gone"

    aida.press_inviter()
    aida.page.get_by_label("Inviter aussi les experts").check()
    aida.press("Inviter")
    elie = arrive("elie@exemple.fr", js=js)
    elie.open(f"/demandes/{numero}")
    elie.says(situation.description)
    elie.says_not("notification MDPH.jpg")
    for stranger in (elie, arrive("eve@exemple.fr", js=js)):
        answer = stranger.page.goto(stranger.demo.url + address)
        assert answer is not None
        assert answer.status in {403, 404}


def test_a_phone_adds_a_photo_to_the_form_open_on_the_computer(
    arrive: Arrival, js: bool, tmp_path: Path
) -> None:
    computer, phone = arrive("aida@exemple.fr", js=js), arrive("aida@exemple.fr", js=js)
    computer.open("/demandes/nouvelle")
    computer.page.locator("#champ-description").fill("Le courrier est sur mon téléphone.")
    computer.settle()
    computer.press("Ajouter des photos avec mon téléphone")
    heading = computer.page.get_by_role("heading", name="Avec votre téléphone")
    expect(heading).to_be_visible()
    if js:
        expect(heading).to_be_focused()
        assert not look_at(computer.page)
    code = computer.page.locator("#pieces_jointes-joints strong").nth(1).inner_text()
    phone.open("/photos")
    phone.page.get_by_label("Code affiché sur l’ordinateur").fill(code)
    phone.press("Continuer")
    phone.page.get_by_label("Prendre ou choisir des photos").set_input_files(photograph(tmp_path))
    if js:
        assert not look_at(phone.page)
    phone.press("Ajouter ces photos")
    phone.says("Vos photos sont sur votre ordinateur.")
    phone.says("notification MDPH.jpg")
    computer.press("Voir les photos reçues")
    computer.says("notification MDPH.jpg")
    expect(computer.page.locator("#champ-description")).to_have_value("Le courrier est sur mon téléphone.")


def test_what_is_typed_before_the_code_of_the_phone_is_there_after_the_page_was_left(
    arrive: Arrival, js: bool
) -> None:
    aida = arrive("aida@exemple.fr", js=js)
    numero, _ = aida.demo.take_demande("aida@exemple.fr")
    aida.open(f"/demandes/{numero}")
    aida.page.get_by_label("Votre message").fill("Voici la notification.")
    if js:
        expect(aida.page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré à")
    aida.press("Ajouter des photos avec mon téléphone")
    aida.says("Avec votre téléphone")
    aida.open("/demandes")
    aida.open(f"/demandes/{numero}")
    expect(aida.page.get_by_label("Votre message")).to_have_value("Voici la notification.")
