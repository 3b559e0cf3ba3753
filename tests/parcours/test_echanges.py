"""Several people around one demande: two who answer at once, one who is invited, one who signs for all."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER
from tests.navigateur.redaction import Situation, attest_paper, choose_groupes, describe, send

AIDA, INES, IDIR = "aida@exemple.fr", "ines@exemple.fr", "idir@exemple.fr"


def test_two_who_answer_at_once_are_both_heard(arrive: Arrival, js: bool) -> None:
    ines, idir = arrive(INES, js=js), arrive(IDIR, js=js)
    numero, _ = ines.demo.take_demande()
    for somebody in (ines, idir):
        somebody.open(f"/demandes/{numero}")
    idir.page.get_by_label("Réponse personnalisée").fill("Je m’en charge dès demain.")
    idir.press(ENVOYER)
    ines.page.get_by_label("Réponse personnalisée").fill("Il manque le justificatif de domicile.")
    ines.press(ENVOYER)
    ines.says("Votre message n’est pas encore envoyé")
    ines.says("Je m’en charge dès demain.")
    kept = ines.page.get_by_label("Réponse personnalisée")
    expect(kept).to_have_value("Il manque le justificatif de domicile.")
    if js:
        expect(ines.page.locator(".ap-erreurs")).to_be_focused()
    ines.press("Envoyer quand même")
    expect(ines.page.locator("#demande-fil")).to_contain_text("Je m’en charge dès demain.")
    expect(ines.page.locator("#demande-fil .ap-message").last).to_contain_text(
        "Il manque le justificatif de domicile."
    )


def test_who_knows_better_is_invited_from_another_departement(arrive: Arrival, js: bool) -> None:
    ines = arrive(INES, js=js)
    numero, _ = ines.demo.take_demande(AIDA)
    ines.open(f"/demandes/{numero}")
    ines.press_inviter()
    ines.page.get_by_label("Organismes du département").select_option("67")
    ines.press("Afficher")
    ines.page.get_by_role("checkbox", name="CAF 67").check()
    ines.page.get_by_label("Message (facultatif)").fill("Le dossier est chez vous depuis août.")
    ines.press("Inviter")
    expect(ines.page.locator("#demande-organismes")).to_contain_text("CAF 67")
    [(email,)] = ines.demo.sql(
        """
        select min(a.email) from agents a join adhesions m on m.agent = a.id join groupes g on g.id = m.groupe
        where g.nom = 'CAF 67' and m.is_instructeur and a.deactivated_at is null
        """
    )
    there = arrive(email, js=js)
    there.open(f"/demandes/recues?onglet=nouvelles&q={numero}")  # a number opens its demande
    there.says("Le dossier est chez vous depuis août.")


def test_who_signs_for_a_shared_account_is_known(arrive: Arrival, js: bool) -> None:
    accueil = arrive("accueil.callac@exemple.fr", js=js)
    accueil.open("/demandes/nouvelle")
    choose_groupes(accueil, "CAF 22")
    describe(accueil, Situation("Versement incomplet", "Loïc", "Madec" if js else "Mahé"))
    attest_paper(accueil)
    accueil.press("Envoyer ma demande")
    accueil.says("erreur")
    accueil.page.get_by_label("Prénom, nom et service").fill("Nadège Corre, accueil")
    numero = send(accueil)
    ines = arrive(INES, js=js)
    ines.open(f"/demandes/{numero}")
    ines.says("Nadège Corre, accueil")


def test_a_title_that_names_the_usager_is_put_right_in_one_click(arrive: Arrival, js: bool) -> None:
    titre = "Droits de Ronan Jaffré coupés, 06 12 34 56 78"
    situation = Situation(titre, "Ronan", "Jaffré")
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    choose_groupes(aida, "CAF 22")
    describe(aida, situation)
    attest_paper(aida)
    aida.press("Envoyer ma demande")
    expect(aida.page.get_by_role("heading", level=1)).to_have_text("Nouvelle demande")
    expect(aida.page.locator("#champ-titre")).to_have_value(titre)
    aida.press("Les sortir du titre et les ranger à leur place")
    cleaned = aida.page.locator("#champ-titre").input_value()
    assert "Jaffré" not in cleaned
    assert "06 12" not in cleaned
    assert cleaned.startswith("Droits")
    expect(aida.page.locator("#champ-description")).to_have_value(situation.description)
    expect(aida.page.locator("#champ-nom")).to_have_value("Jaffré")
