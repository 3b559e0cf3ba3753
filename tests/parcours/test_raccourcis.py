"""Keyboard shortcuts: nothing answers until they are asked for, then each act of a list and of a demande has its key.
JavaScript or not, the browser does it.
"""

import re

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

INES = "ines@exemple.fr"


def press_key(who: Personne, lettre: str) -> None:
    """Alt and a letter, as a keyboard sends it; Playwright’s own keys carry no letter with Alt."""
    keys = who.context.new_cdp_session(who.page)
    code = ord(lettre.upper())
    key = {"modifiers": 1, "key": lettre, "code": f"Key{lettre.upper()}", "windowsVirtualKeyCode": code}
    keys.send("Input.dispatchKeyEvent", {**key, "type": "keyDown", "text": lettre, "unmodifiedText": lettre})
    keys.send("Input.dispatchKeyEvent", {**key, "type": "keyUp"})
    keys.detach()


def test_they_are_off_then_chosen_then_press_what_they_say(arrive: Arrival, js: bool) -> None:
    ines = arrive(INES, js=js)
    page = ines.page
    numero, _ = ines.demo.take_demande()
    here = re.compile(rf"/demandes/{numero}$")
    answer = page.get_by_label("Réponse personnalisée")
    ines.open(f"/demandes/{numero}")
    press_key(ines, "r")
    press_key(ines, "l")
    expect(answer).not_to_be_focused()
    expect(page).to_have_url(here)

    ines.open("/raccourcis")
    page.set_viewport_size({"width": 320, "height": 900})
    ines.says("Les raccourcis sont désactivés dans ce navigateur")
    ines.press("Activer les raccourcis", role="link")
    page.get_by_label("Avec des raccourcis").check()
    ines.press("Enregistrer")
    page.set_viewport_size({"width": 1280, "height": 900})

    ines.open(f"/demandes/{numero}")
    press_key(ines, "r")
    expect(answer).to_be_focused()
    press_key(ines, "c")
    expect(page.get_by_label("Rechercher une demande")).to_be_focused()
    press_key(ines, "m")
    expect(page.get_by_label("Me le rappeler le")).to_be_visible()
    press_key(ines, "n")
    expect(page.get_by_role("button", name="Non lue pour moi", exact=True)).to_be_visible()
    press_key(ines, "s")
    expect(page).not_to_have_url(here)
    expect(page).to_have_url(re.compile(r"/demandes/\d+$"))
    press_key(ines, "l")
    expect(page).to_have_url(re.compile("/demandes/recues"))
    page.locator("input[name=numeros]").first.check()
    press_key(ines, "m")
    expect(page.get_by_label("Me le rappeler le")).to_be_focused()
    press_key(ines, "n")
    expect(page.locator("#demandes-bilan")).to_be_visible()  # it says what was done, or why nothing was

    ines.open(f"/demandes/{numero}")
    press_key(ines, "j")
    ines.says("Je m’en occupe.")
