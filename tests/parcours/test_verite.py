"""Every page tells the truth: to who signed out elsewhere, to another account, after each act, after a reopening
(issue 8, « Telling the truth »)."""

import re

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne
from tests.navigateur.redaction import Situation, attest_paper, choose_groupes, describe, write_demande

ALINE, INES, IDIR = "aline@exemple.fr", "ines@exemple.fr", "idir@exemple.fr"


def sign_out_elsewhere(personne: Personne) -> None:
    """From another tab of the same browser."""
    other = personne.context.new_page()
    other.goto(f"{personne.demo.url}/profil")
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Connexion")
    other.close()


def test_a_page_left_open_under_another_account_says_so_and_loses_nothing(arrive: Arrival, js: bool) -> None:
    situation = Situation("Pension de réversion oubliée", "Soazig", "Le Du" if js else "Le Gall")
    aline = arrive(ALINE, js=js)
    aline.open("/demandes/nouvelle")
    choose_groupes(aline, "CAF 22")
    describe(aline, situation)
    attest_paper(aline)
    aline.settle()
    sign_out_elsewhere(aline)
    if js:
        # While one types, the page stays and says what becomes of the text.
        aline.page.locator("#champ-description").press_sequentially(" Encore un mot.")
        expect(aline.page.locator("#brouillons-etat")).to_contain_text("Vous n’êtes plus connecté")
    aline.take_session(INES)
    aline.press("Envoyer ma demande")
    aline.says("Cette page a été ouverte sous un autre compte")
    expect(aline.page.locator("#panne")).to_be_hidden()
    expect(aline.page.get_by_role("link", name="Mon profil")).to_be_visible()
    aline.press("Changer de compte et reprendre mon envoi")
    expect(aline.page.get_by_role("heading", level=1)).to_have_text("Connexion")
    aline.take_session(ALINE)
    aline.page.reload()
    expect(aline.page.get_by_role("heading", level=1)).to_have_text("Reprendre votre envoi")
    aline.says(situation.description)
    aline.press("Reprendre là où j’en étais")
    expect(aline.page.get_by_role("heading", level=1)).to_have_text(situation.titre)
    aline.says("Votre demande est envoyée")


def test_each_act_has_its_sentence_and_no_sentence_outlives_its_act(arrive: Arrival, js: bool) -> None:
    titre = "Dossier égaré deux fois" if js else "Dossier égaré trois fois"
    aline = arrive(ALINE, js=js)
    numero = write_demande(aline, Situation(titre, "Yuna", "Kerleau" if js else "Kerlo"), "CAF 22", "CPAM 22")
    idir = arrive(IDIR, js=js)
    idir.open(f"/demandes/{numero}")
    idir.press("Je m’en occupe")
    idir.says("Vous vous occupez de cette demande")
    ivan = arrive("ivan@exemple.fr", js=js)
    ivan.open(f"/demandes/{numero}")
    ivan.page.get_by_text("Je ne suis pas le bon interlocuteur").click()
    ivan.press("Confirmer : CPAM 22 n’est pas le bon interlocuteur")
    ivan.says("Votre service n’est pas concerné")
    ivan.says_not("Vous vous occupez de cette demande")

    # What a colleague took stands apart for who has not opened it.
    ines = arrive(INES, js=js)
    ines.open(f"/demandes/recues?onglet=nouvelles&q={titre}")
    apart = ines.page.locator("#demandes-prises")
    expect(apart.get_by_text(titre)).to_be_hidden()
    apart.locator("summary").first.click()
    expect(apart.get_by_text(titre)).to_be_visible()

    aline.open(f"/demandes/{numero}/cloture")
    aline.page.get_by_role("radio").first.check()
    aline.press("Clôturer la demande")
    aline.says("La demande est clôturée")
    aline.press("Réouvrir la demande")
    aline.says("La demande est réouverte")
    expect(aline.page.locator("main")).not_to_contain_text("La demande est clôturée")


def test_a_sign_in_mail_is_asked_again_when_it_may_be(arrive: Arrival, js: bool) -> None:
    visiteur = arrive(js=js)
    visiteur.open("/connexion")
    visiteur.page.get_by_label("Adresse e-mail professionnelle").fill(
        "absente@exemple.fr" if js else "absent@exemple.fr"
    )
    visiteur.press("Recevoir un courriel de connexion")
    again = visiteur.page.get_by_role("button", name="Renvoyer un courriel")
    expect(again).to_be_disabled()
    visiteur.says(re.compile(r"Possible dans \d+ secondes"))
    for _ in range(5):
        visiteur.page.get_by_label("Code reçu").fill("000000")
        with visiteur.page.expect_navigation():
            visiteur.press("Me connecter")
    expect(again).to_be_enabled()
    visiteur.press("Renvoyer un courriel")
    visiteur.says("Nouveau courriel demandé")
    expect(again).to_be_disabled()
