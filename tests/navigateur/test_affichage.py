"""What is chosen on /affichage is what one sees: dark where the system is light, larger letters and nothing cut."""

import pytest
from playwright.sync_api import expect

from app import cookies
from tests.navigateur.axe import SPREAD, UNFOLD
from tests.navigateur.fixtures import Arrival

# What stands beyond the edge of a list is cut without a word: no scroll bar tells it.
CUT = """
() => [...document.querySelectorAll(".ap-liste *")]
  .filter((one) => one.getBoundingClientRect().right > one.closest(".ap-liste").getBoundingClientRect().right + 1)
  .slice(0, 3).map((one) => `cut: ${one.outerHTML.slice(0, 160)}`)
"""
PAPER = "() => getComputedStyle(document.body).backgroundColor"


def test_dark_is_chosen_where_the_system_is_light(arrive: Arrival, js: bool) -> None:
    somebody = arrive(None, js=js)
    page = somebody.open("/connexion")
    light = page.evaluate(PAPER)
    somebody.press("Affichage", role="link")
    page.get_by_label("Sombres").check()
    somebody.press("Enregistrer")
    expect(page.get_by_label("Sombres")).to_be_checked()
    somebody.open("/connexion")
    assert page.evaluate(PAPER) != light
    somebody.open("/affichage")
    page.get_by_label("Comme mon ordinateur").check()
    somebody.press("Enregistrer")
    assert page.evaluate(PAPER) == light


@pytest.mark.parametrize("texte", ["grand", "tres-grand"])
def test_larger_letters_cut_nothing(arrive: Arrival, texte: str) -> None:
    ines = arrive("ines@exemple.fr")
    numero, _ = ines.demo.take_demande("aida@exemple.fr")
    ines.context.add_cookies(
        [{"name": cookies.cookie_name("affichage"), "value": texte, "url": ines.demo.url}]
    )
    faults = {}
    for path in ("/demandes/recues", f"/demandes/{numero}", "/demandes/nouvelle", "/profil", "/groupes"):
        page = ines.open(path)
        page.evaluate(UNFOLD)
        for width in (1280, 970, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if seen := [*page.evaluate(SPREAD), *page.evaluate(CUT)]:
                faults[f"{path} at {width} px"] = seen
    assert faults == {}
