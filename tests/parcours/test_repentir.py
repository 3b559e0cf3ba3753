"""Half a minute to change one's mind, and the correction of what is gone, which keeps its trace (issue 12)."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

INES, ALINE = "ines@exemple.fr", "aline@exemple.fr"
TEXTE = "Le virement part demain."
PAS_ENCORE = "pas encore partie"


def write(personne: Personne, numero: int, texte: str) -> None:
    """Open the demande and send this answer."""
    personne.open(f"/demandes/{numero}")
    personne.page.get_by_label("Réponse personnalisée").fill(texte)
    personne.press(ENVOYER)


def test_an_answer_is_taken_back_then_leaves_as_it_should_have_been(
    arrive: Arrival, js: bool, patient: Demonstration, tmp_path: Path
) -> None:
    ines, aline = arrive(INES, js=js, site=patient), arrive(ALINE, js=js, site=patient)
    numero, _ = ines.demo.take_demande()
    avis = tmp_path / "avis.txt"
    avis.write_text("Versement le 3 décembre.", encoding="utf-8")
    ines.open(f"/demandes/{numero}")
    ines.page.get_by_label("Réponse personnalisée").fill(TEXTE)
    ines.after(lambda: ines.page.locator("input[type=file]").set_input_files(avis))
    ines.press(ENVOYER)
    fil = ines.page.locator("#demande-fil")
    expect(fil).to_contain_text(PAS_ENCORE)
    expect(fil).to_contain_text(re.compile(r"Elle part dans \d+ secondes, à \d+\sh\s\d\d\smin\s\d\d\ss"))
    expect(fil).to_contain_text("avis.txt")
    if js:
        expect(ines.page.locator("[id^=partance-]")).to_be_focused()
        assert look_at(ines.page) == []
        ines.page.set_viewport_size({"width": 1280, "height": 900})
    aline.open(f"/demandes/{numero}")
    aline.says_not(TEXTE)
    ines.page.get_by_label("Réponse personnalisée").fill("Et un courrier suivra.")
    ines.press("Annuler l’envoi")
    kept = ines.page.get_by_label("Réponse personnalisée")
    expect(kept).to_have_value(f"{TEXTE}\n\nEt un courrier suivra.")
    if js:
        expect(kept).to_be_focused()
    expect(fil).not_to_contain_text(PAS_ENCORE)
    expect(ines.page.locator("#demande-repondre")).to_contain_text("avis.txt")
    kept.fill("Le virement part jeudi.")
    ines.press(ENVOYER)
    expect(fil).to_contain_text(PAS_ENCORE)
    patient.let_answers_leave(numero)
    ines.press("Voir si elle est partie", role="link")
    expect(fil).not_to_contain_text(PAS_ENCORE)
    expect(fil.locator(".ap-message").last).to_contain_text("Le virement part jeudi.")
    expect(ines.page.locator("#demande-organismes")).to_contain_text(re.compile(r"CAF 22\s*en cours"))
    aline.open(f"/demandes/{numero}")
    aline.says("Le virement part jeudi.")
    aline.says("avis.txt")
    aline.says_not(TEXTE)


def test_what_could_not_leave_is_said_and_taken_up_again(
    arrive: Arrival, js: bool, patient: Demonstration
) -> None:
    ines, idir = arrive(INES, js=js, site=patient), arrive("idir@exemple.fr", js=js)
    numero, _ = ines.demo.take_demande()
    write(ines, numero, TEXTE)
    ines.page.get_by_label("Indiquer que j’ai traité la demande").check()
    ines.page.get_by_label("Réponse personnalisée").fill("Tout est réglé.")
    ines.press(ENVOYER)
    ines.says(PAS_ENCORE)
    ines.says("Tout est réglé.")
    idir.open(f"/demandes/{numero}")
    idir.says(TEXTE)
    idir.press("Je m’en occupe")
    patient.let_answers_leave(numero)
    ines.press("Voir si elle est partie", role="link")
    fil = ines.page.locator("#demande-fil")
    expect(fil).to_contain_text("Votre réponse n’est pas partie")
    expect(fil).to_contain_text("Tout est réglé.")
    if js:
        expect(fil.get_by_role("alert")).to_have_text("Votre réponse n’est pas partie")
        assert look_at(ines.page) == []
        ines.page.set_viewport_size({"width": 1280, "height": 900})
    ines.press("Reprendre ce texte")
    expect(ines.page.get_by_label("Réponse personnalisée")).to_have_value("Tout est réglé.")
    ines.says_not("Votre réponse n’est pas partie")
    ines.press(ENVOYER)
    ines.says(PAS_ENCORE)


def test_what_is_gone_is_corrected_and_says_what_it_said_before(arrive: Arrival, js: bool) -> None:
    ines, aline = arrive(INES, js=js), arrive(ALINE, js=js)
    numero, _ = ines.demo.take_demande()
    write(ines, numero, TEXTE)
    aline.open(f"/demandes/{numero}")
    aline.says(TEXTE)
    ines.after(ines.page.locator("#demande-fil").get_by_role("link", name="Corriger").last.click)
    expect(ines.page.get_by_role("heading", level=1)).to_have_text("Corriger votre message")
    texte = ines.page.get_by_label("Votre message")
    expect(texte).to_have_value(TEXTE)
    if js:
        assert look_at(ines.page) == []
    texte.fill("")
    ines.press("Enregistrer la correction")
    ines.says("un message envoyé se corrige, il ne s’efface pas")
    if js:
        expect(ines.page.locator(".ap-erreurs")).to_be_focused()
        assert look_at(ines.page) == []
        ines.page.set_viewport_size({"width": 1280, "height": 900})
    texte.fill("Le virement part lundi.")
    ines.press("Enregistrer la correction")
    ines.says("Votre message est corrigé.")
    aline.open(f"/demandes/{numero}")
    message = aline.page.locator("#demande-fil .ap-message").last
    expect(message.locator(".ap-texte").first).to_have_text("Le virement part lundi.")
    expect(message).to_contain_text("corrigé depuis votre visite")
    expect(message.get_by_text(TEXTE)).to_be_hidden()
    message.get_by_text("lire le texte d’avant").click()
    expect(message.get_by_text(TEXTE)).to_be_visible()
    if js:
        assert look_at(aline.page) == []
    aline.open(f"/demandes/{numero}/impression")
    aline.says("Texte d’avant")
    aline.says(TEXTE)
