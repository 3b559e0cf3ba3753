"""A demande that came to the wrong address finds the right one: by who declines, else by its aidant."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.redaction import Situation, write_demande


def test_a_demande_sent_to_the_wrong_address_finds_the_right_one(arrive: Arrival, js: bool) -> None:
    titre = "Attestation introuvable" if js else "Attestation perdue"
    aline = arrive("aline@exemple.fr", js=js)
    numero = write_demande(aline, Situation(titre, "Enora", "Guivarch" if js else "Guillou"), "CPAM 22")

    # Nobody is proposed by who declines alone: the aidant is helped to ask somebody else.
    ivan = arrive("ivan@exemple.fr", js=js)
    ivan.open(f"/demandes/{numero}")
    ivan.page.get_by_text("Je ne suis pas le bon interlocuteur").click()
    ivan.press("Confirmer\u00a0: CPAM 22 n’est pas le bon interlocuteur")
    ivan.says("Votre service n’est pas concerné")
    aline.open(f"/demandes/{numero}")
    again = aline.page.locator("#demande-reorienter")
    if js:
        # The page is never left: all the organismes, then what must be corrected, open under the answer.
        aline.page.evaluate("window.isSame = true")
        again.get_by_role("link", name="Voir tous les organismes").click()
        expect(aline.page.get_by_role("heading", name="Inviter sur cette demande")).to_be_focused()
        again.get_by_role("button", name="Inviter").click()
        expect(aline.page.locator("#inviter-erreurs")).to_be_focused()
    again.get_by_label("CAF 22").check()
    if js:
        again.get_by_role("button", name="Inviter").click()
    else:
        # Another page, with what is ticked.
        aline.press("Voir tous les organismes")
        expect(aline.page.get_by_label("CAF 22")).to_be_checked()
        aline.press("Inviter")
    aline.says("L’invitation est envoyée")
    expect(again).to_have_count(0)
    expect(aline.page.locator("#demande-organismes")).to_contain_text("CAF 22")
    assert aline.page.evaluate("Boolean(window.isSame)") is js

    # What an instructeur follows passes to a colleague, who passes it on.
    ines = arrive("ines@exemple.fr", js=js)
    ines.open(f"/demandes/{numero}")
    ines.press("Je m’en occupe")
    ines.says("Vous vous occupez de cette demande")
    ines.page.get_by_text("Confier à un collègue", exact=True).click()
    ines.page.get_by_label("À qui\u00a0?").select_option("Idir Hamel")
    ines.press("Confier la demande")
    ines.says("Votre collègue suit maintenant cette demande")
    expect(ines.page.locator("#demande-organismes")).to_contain_text("Suivie par Idir Hamel")

    # One act ends the part and calls who takes over.
    idir = arrive("idir@exemple.fr", js=js)
    idir.open(f"/demandes/{numero}")
    idir.page.get_by_text("Je ne suis pas le bon interlocuteur", exact=True).click()
    declining = idir.page.locator(".ap-confirmer").filter(has=idir.page.locator("[name=groupes]"))
    taking = declining.locator("[name=groupes]").first
    taking.check()
    if js:
        idir.press("Confirmer\u00a0: CAF 22 n’est pas le bon interlocuteur")
    else:
        # Every organisme is on another page, with what is ticked and typed; the same act is there.
        declining.get_by_label("Un mot d’explication (facultatif)").fill("Voyez avec eux.")
        taken = f"[name=groupes][value='{taking.get_attribute('value')}']"
        idir.press("Transférer à un autre organisme, ou d’un autre département")
        expect(idir.page.locator(taken)).to_be_checked()
        expect(idir.page.get_by_label("Message (facultatif)")).to_have_value("Voyez avec eux.")
        idir.press("Transférer\u00a0: inviter et terminer la part de CAF 22")
    idir.says("Votre service n’est pas concerné")
    expect(idir.page.locator("#demande-fil li").last).to_contain_text("Idir")
    expect(idir.page.locator("#demande-fil li").last).to_contain_text("a invité")
