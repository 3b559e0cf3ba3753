"""Files at a real browser: chosen, refused, taken back, sent, downloaded; JavaScript on and off (quality A2, R8)."""

import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import fichiers_fabriques
from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER

AIDA, INES = "aida@exemple.fr", "ines@exemple.fr"
TEXTE = "Bonjour, voici le courrier reçu."


def find_numero(demo: Demonstration) -> int:
    """An open demande of Aïda that Inès instructs."""
    [(numero,)] = demo.sql(
        """
        select d.numero from demandes d
        join agents a on a.id = d.auteur and a.email = %s
        join sollicitations s on s.demande = d.numero
        join adhesions m on m.groupe = s.groupe join agents i on i.id = m.agent and i.email = %s
        where d.closed_at is null order by d.numero limit 1
        """,
        *(AIDA, INES),
    )
    return int(numero)


def write_files(folder: Path) -> list[str]:
    """A photo of a telephone, and a page that is no document."""
    photo, page = folder / "courrier.heic", folder / "page.html"
    photo.write_bytes(fichiers_fabriques.picture("HEIF", size=(1200, 900)))
    page.write_bytes(b"<html><script>alert(1)</script>")
    return [str(photo), str(page)]


def choose(page: Page, fichiers: list[str], *, js: bool) -> None:
    """Choose files; without JavaScript a button takes them."""
    page.get_by_label("Joindre des fichiers").set_input_files(fichiers)
    if not js:
        page.get_by_role("button", name="Joindre les fichiers choisis").click()


def test_a_photo_joins_an_answer_and_reaches_the_instructeur(
    arrive: Arrival, demo: Demonstration, js: bool, tmp_path: Path
) -> None:
    numero = find_numero(demo)
    aida = arrive(AIDA, js=js)
    page = aida.open(f"/demandes/{numero}")
    page.get_by_label("Votre message").fill(f"{TEXTE} ({js})")
    choose(page, write_files(tmp_path), js=js)
    basket = page.locator("#pieces_jointes-panier")
    expect(basket).to_contain_text("courrier.jpg")
    expect(basket).to_contain_text("Les pages web")
    expect(page.get_by_label("Votre message")).to_have_value(f"{TEXTE} ({js})")
    assert not js or look_at(page) == []
    aida.press("Retirer courrier.jpg")
    expect(basket).not_to_contain_text("courrier.jpg")
    choose(page, write_files(tmp_path)[:1], js=js)
    expect(basket).to_contain_text("courrier.jpg")
    aida.press(ENVOYER)
    aida.says(f"{TEXTE} ({js})")
    expect(page.locator(".ap-message", has_text=f"({js})")).to_contain_text("courrier.jpg")
    ines = arrive(INES, js=js, width=320)
    page = ines.open(f"/demandes/{numero}")
    assert not js or look_at(page) == []
    with page.expect_download() as download:
        page.locator(".ap-message", has_text=f"({js})").get_by_role(
            "link", name="courrier.jpg", exact=True
        ).click()
    assert download.value.suggested_filename == "courrier.jpg"
    assert Path(download.value.path()).read_bytes()[:3] == b"\xff\xd8\xff"


def await_drawing(demo: Demonstration, numero: int) -> None:
    """The worker has drawn every photo of this demande."""
    until = time.monotonic() + 30
    while demo.sql(
        "select 1 from pieces_jointes where demande = %s and vues = 0 and type_mime like 'image/%%'", numero
    ):
        assert time.monotonic() < until, "\n".join(demo.said)
        time.sleep(0.1)


def test_a_photo_lying_on_its_side_is_looked_at_and_turned(
    arrive: Arrival, demo: Demonstration, js: bool, tmp_path: Path
) -> None:
    """In the list of files with JavaScript, where the address stays; on a page of its own without."""
    numero = find_numero(demo)
    aida = arrive(AIDA, js=js)
    page = aida.open(f"/demandes/{numero}")
    page.get_by_label("Votre message").fill(f"De travers ({js})")
    choose(page, write_files(tmp_path)[:1], js=js)
    expect(page.locator("#pieces_jointes-panier")).to_contain_text("courrier.jpg")
    aida.press(ENVOYER)
    demo.let_answers_leave(numero)
    aida.open(f"/demandes/{numero}")
    await_drawing(demo, numero)
    ines = arrive(INES, js=js, width=320)
    page = ines.open(f"/demandes/{numero}")
    link = page.get_by_role("link", name="Aperçu de courrier.jpg").last
    expect(link.locator("img")).to_have_js_property("naturalWidth", 96)
    assert not js or look_at(page) == []
    ines.after(lambda: link.press("Enter"))
    photo = page.get_by_role("img", name="courrier.jpg", exact=True)
    expect(photo).to_have_js_property("naturalWidth", 1200)
    assert ("/apercu" in page.url) is not js
    if js:
        expect(page.locator("#apercu-feuille summary")).to_be_focused()
        assert look_at(page) == []
    ines.press("Tourner à droite")
    expect(photo).to_have_js_property("naturalWidth", 900)
    expect(photo).to_have_js_property("naturalHeight", 1200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if js:
        expect(page.get_by_role("button", name="Tourner à droite")).to_be_focused()
        expect(page.locator("#annonces")).to_have_text("La page est tournée.")
        page.locator("#apercu-feuille summary").press("Enter")
        expect(photo).to_be_hidden()
        page = ines.open(str(link.get_attribute("href")))
        assert look_at(page) == []
    aida.open(f"/demandes/{numero}")
    aida.after(aida.page.get_by_role("link", name="Aperçu de courrier.jpg").last.click)
    expect(aida.page.get_by_role("img", name="courrier.jpg", exact=True)).to_have_js_property(
        "naturalWidth", 900
    )


def test_a_session_that_ends_while_choosing_a_file_takes_nothing_away(
    arrive: Arrival, demo: Demonstration, tmp_path: Path
) -> None:
    aida = arrive(AIDA)
    page = aida.open(f"/demandes/{find_numero(demo)}")
    page.get_by_label("Votre message").fill(TEXTE)
    demo.end_session(aida.cookie())
    choose(page, write_files(tmp_path)[:1], js=True)
    aida.says("Vous n’êtes plus connecté")
    expect(page.get_by_label("Votre message")).to_have_value(TEXTE)
