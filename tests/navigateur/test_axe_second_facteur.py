"""The pages of the second factor, as an expert meets them, at 1280 and 320 px, light and dark (quality A1)."""

import re

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

ELIE = "elie@exemple.fr"


def type_code(personne: Personne, button: str, form: str = "main") -> None:
    """The demonstration says what the phone of these invented people would show."""
    note = personne.page.locator("main .ap-note").inner_text()
    [code] = re.findall(r"\b[0-9]{6}\b", note)
    personne.page.locator(form).get_by_label("Code de l’application").fill(code)
    personne.press(button)


def test_it_is_set_up_asked_and_removed_by_everyone(arrive: Arrival) -> None:
    elie = arrive()
    elie.open("/profil")
    elie.sign_in(ELIE)
    expect(elie.page.get_by_role("heading", level=1)).to_have_text(
        "Mettre en place la double authentification"
    )
    try:
        elie.press("Mettre en place")
        assert look_at(elie.page) == []
        type_code(elie, "Mettre en place")
        assert look_at(elie.page) == []
        elie.press("J’ai noté mes codes, continuer", role="link")
        expect(elie.page.get_by_role("heading", level=1)).to_have_text("Mon profil")

        elie.demo.sql(
            "update sessions set second_facteur_at = null where agent = (select id from agents where email = %s)",
            ELIE,
        )
        elie.open("/profil")
        assert look_at(elie.page) == []
        elie.page.get_by_label("Code de l’application").fill("000000")
        elie.press("Confirmer")
        elie.says("Ce code n’est pas le bon")
        assert look_at(elie.page) == []
        type_code(elie, "Confirmer")
        expect(elie.page.get_by_role("heading", level=1)).to_have_text("Mon profil")

        # A minute goes by: the codes of this one were taken.
        elie.demo.sql("update seconds_facteurs set dernier_pas = 0")
        elie.open("/profil/second-facteur")
        assert look_at(elie.page) == []
        type_code(elie, "Retirer ce téléphone", "form[action$=retrait]")
        elie.says("La double authentification est retirée de votre compte.")
    finally:
        elie.demo.sql("delete from seconds_facteurs")
