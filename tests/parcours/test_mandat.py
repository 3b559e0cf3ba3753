"""The usager agrees by SMS or by phone, refuses, takes it back (issue 4, « It must show »)."""

import re

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, choose_groupes, describe, send, today

AIDA, ALINE, INES = "aida@exemple.fr", "aline@exemple.fr", "ines@exemple.fr"


def fill(personne: Personne, situation: Situation) -> None:
    """Everything but the mandat."""
    personne.open("/demandes/nouvelle")
    choose_groupes(personne, "CAF 22")
    describe(personne, situation)


def ask_by_sms(personne: Personne, numero: str) -> None:
    """« Par SMS »: the number, then the button."""
    personne.page.get_by_role("radio", name="Par SMS").check()
    personne.page.get_by_label("Téléphone mobile de l’usager").fill(numero)
    personne.press("Envoyer le SMS")
    personne.says("en attente de la réponse de l’usager")
    expect(personne.page.locator("#champ-attestation_sms")).to_have_count(0)  # it comes with the OUI
    personne.settle()


def answer_as_usager(personne: Personne, numero: str, button: str) -> None:
    """On the handset of the demonstration, under this number."""
    handset = personne.context.new_page()
    handset.goto(f"{personne.demo.url}/_telephone")
    conversation = handset.locator("section", has=handset.get_by_role("heading", name=numero))
    expect(conversation).to_contain_text("France Services Callac")
    conversation.get_by_role("button", name=button).click()
    expect(conversation).to_contain_text("L’usager")
    handset.close()


def test_the_usager_says_oui_by_sms_then_the_demande_is_sent(arrive: Arrival, js: bool) -> None:
    numero = "06 12 34 56 78" if js else "06 12 34 56 79"
    aida = arrive(AIDA, js=js)
    fill(aida, Situation("Prime d’activité non versée", "Rozenn", "Tanguy" if js else "Thomas"))
    ask_by_sms(aida, numero)
    answer_as_usager(aida, numero, "Répondre OUI")
    if js:
        aida.press("Voir si l’usager a répondu", role="link")
    else:
        aida.press("Actualiser le récapitulatif")
    aida.says("L’usager a répondu OUI")
    aida.page.locator("#champ-attestation_sms").check()
    aida.settle()
    sent = send(aida)
    aida.press("Voir ou révoquer le mandat", role="link")
    aida.says("par SMS")
    aida.says(numero)
    ines = arrive(INES, js=js)
    ines.open(f"/demandes/{sent}/mandat")
    ines.says("par SMS")


def test_the_demande_leaves_by_itself_when_the_usager_says_oui(arrive: Arrival) -> None:
    numero, situation = "06 22 34 56 78", Situation("Allocation suspendue par erreur", "Maïwenn", "Jouan")
    aida = arrive(AIDA)
    fill(aida, situation)
    ask_by_sms(aida, numero)
    aida.page.get_by_label("Envoyer la demande dès que l’usager aura répondu OUI").check()
    aida.press("Envoyer ma demande")
    aida.says("Partira quand l’usager aura répondu OUI au SMS")
    answer_as_usager(aida, numero, "Répondre OUI")
    for _ in range(100):
        aida.open(f"/demandes?onglet=en-cours&q={situation.titre}")
        if aida.page.get_by_role("link", name=situation.titre, exact=True).count():
            break
        aida.page.wait_for_timeout(200)
    aida.press(situation.titre, role="link")
    aida.says("CAF 22")


def test_the_usager_says_non_and_nothing_leaves(arrive: Arrival, js: bool) -> None:
    numero = "06 32 34 56 78" if js else "06 32 34 56 79"
    aida = arrive(AIDA, js=js)
    fill(aida, Situation("Dossier refusé", "Goulven", "Rolland" if js else "Riou"))
    ask_by_sms(aida, numero)
    answer_as_usager(aida, numero, "Répondre NON")
    aida.press("Envoyer ma demande")
    aida.says("L’usager a répondu NON")
    expect(aida.page.get_by_role("heading", level=1)).to_have_text("Nouvelle demande")


def test_a_number_that_takes_no_sms_is_said_as_every_error_is(arrive: Arrival, js: bool) -> None:
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    page = aida.page
    page.get_by_role("radio", name="Par SMS").check()
    page.get_by_label("Téléphone mobile de l’usager").fill("02 96 01 02 03")
    aida.press("Envoyer le SMS")
    summary = page.locator(".ap-erreurs")
    expect(summary).to_contain_text("téléphone fixe")
    expect(summary).to_have_attribute("role", "alert")
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.locator("#champ-sms_numero")).to_have_attribute("aria-invalid", "true")
    if not js:
        return
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    page.locator("#champ-sms_numero").fill("06 12 34 56 78")
    page.locator("#champ-sms_numero").blur()
    expect(summary).to_have_count(0)
    expect(page).not_to_have_title(re.compile("^Erreur"))


def test_the_usager_agrees_on_the_phone_then_takes_it_back(arrive: Arrival, js: bool) -> None:
    aline = arrive(ALINE, js=js)
    fill(aline, Situation("Aide refusée à tort", "Enora", "Person" if js else "Perrot"))
    page = aline.page
    aline.after(page.get_by_role("radio", name="Par téléphone").check)
    if not js:
        aline.press("Proposer la date, l’heure et le numéro connus")
    expect(page.get_by_label("Date de l’appel")).to_have_value(today(aline))
    expect(page.get_by_label("Heure de l’appel")).to_have_value(re.compile(r"^\d\d:\d\d$"))
    for question in page.get_by_role("radio", name="L’usager a dit oui").all():
        question.check()
    page.get_by_label("Numéro rappelé").fill("02 96 00 00 00")
    page.get_by_label("Date de l’appel").fill(today(aline))
    page.get_by_label("Heure de l’appel").fill("00:01")
    page.locator("#champ-attestation_telephone").check()
    numero = send(aline)

    ines = arrive(INES, js=js)
    ines.open(f"/demandes/{numero}")
    expect(ines.page.get_by_role("button", name=ENVOYER)).to_be_visible()

    aline.press("Voir ou révoquer le mandat", role="link")
    aline.says("téléphone")
    aline.page.locator("summary", has_text="Révoquer le mandat").click()
    aline.page.get_by_role("radiogroup", name="Ce qui met fin au mandat").get_by_role("radio").first.check()
    aline.press("Révoquer le mandat")
    aline.says("les échanges sont suspendus")

    ines.open(f"/demandes/{numero}")
    ines.says("Réponses suspendues")
    expect(ines.page.get_by_role("button", name=ENVOYER)).to_have_count(0)

    aline.page.get_by_role("radio", name="Par écrit").check()
    aline.page.get_by_role("textbox", name="Signé le").fill(today(aline))
    aline.page.locator("#champ-attestation").check()
    aline.press("Enregistrer le mandat")
    ines.open(f"/demandes/{numero}")
    expect(ines.page.get_by_role("button", name=ENVOYER)).to_be_visible()


def test_the_mandat_to_sign_is_a_pdf_filled_with_the_page(arrive: Arrival, js: bool) -> None:
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    describe(aida, Situation("Dossier", "Bleuenn", "Kermarrec"))
    with aida.page.expect_download(timeout=30_000) as download:
        aida.page.locator("[formaction='/mandats/prerempli.pdf']").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    expect(aida.page.locator("#champ-nom")).to_have_value("Kermarrec")
