"""A sujet is suggested from what one writes: followed it ticks whom to ask, set aside it stays away (issue 10)."""

import re

from playwright.sync_api import Route, expect

from tests.navigateur.fixtures import Arrival

TEXTE = "La CAF réclame un trop-perçu depuis mars."


def test_what_one_writes_suggests_a_sujet_and_imposes_none(arrive: Arrival, js: bool) -> None:
    aline = arrive("aline@exemple.fr", js=js)
    aline.open("/demandes/nouvelle")
    page = aline.page
    # With JavaScript the pause of the keys is enough; without, it is the next showing of the page.
    page.locator("#champ-description").press_sequentially(TEXTE)
    if not js:
        aline.press("Actualiser le récapitulatif")
    suggestion = page.locator("#nouvelle_demande-suggestion")
    expect(suggestion).to_contain_text("parce que vous écrivez : CAF, trop-perçu.")
    if js:
        expect(page.locator("#champ-description")).to_be_focused()
    expect(page.locator("#champ-sujet")).to_have_value("")
    aline.settle()
    aline.press("Ce n’est pas cela")
    expect(suggestion).to_contain_text("Ce sujet ne vous est plus proposé")
    expect(suggestion).not_to_contain_text("parce que vous écrivez")
    expect(page.locator("#champ-description")).to_have_value(TEXTE)

    # Another text, another sujet: it is followed, and the page says so where the reader is.
    page.locator("#champ-description").fill("Le RSA est suspendu depuis juin.")
    if not js:
        aline.press("Actualiser le récapitulatif")
    expect(suggestion).to_contain_text("RSA suspendu, radié ou refusé")
    aline.settle()
    aline.press("Choisir ce sujet")
    expect(suggestion).to_contain_text(re.compile("Sujet choisi"))
    if js:
        expect(suggestion.locator("p")).to_be_focused()
    expect(page.locator("#champ-sujet option:checked")).to_have_text("RSA suspendu, radié ou refusé")
    expect(page.locator("#nouvelle_demande-guide")).to_contain_text("le premier mois sans versement")
    expect(page.locator("#champ-description")).to_have_value("Le RSA est suspendu depuis juin.")


def test_a_press_that_a_field_left_behind_answers_meanwhile_is_not_lost(arrive: Arrival) -> None:
    """Leaving the field asks for what follows from it: the answer may come between the press and its release."""
    aline = arrive("aline@exemple.fr")
    aline.open("/demandes/nouvelle")
    page = aline.page
    page.locator("#champ-description").press_sequentially(TEXTE)
    suggestion = page.locator("#nouvelle_demande-suggestion")
    expect(suggestion).to_contain_text("parce que vous écrivez")
    aline.settle()
    suggestion.get_by_role("button", name="Ce n’est pas cela").hover()
    with page.expect_response("**/demandes/nouvelle"):
        page.mouse.down()
    aline.settle()
    page.mouse.up()
    expect(suggestion).to_contain_text("Ce sujet ne vous est plus proposé")


def test_a_choice_is_not_undone_by_an_older_answer_that_comes_late(arrive: Arrival) -> None:
    """Leaving the field asks for what follows, the button for the whole form: the younger answer may come first."""
    aline = arrive("aline@exemple.fr")
    aline.open("/demandes/nouvelle")
    page, held = aline.page, list[Route]()
    page.locator("#champ-description").press_sequentially("Le RSA est suspendu depuis juin.")
    suggestion = page.locator("#nouvelle_demande-suggestion")
    expect(suggestion).to_contain_text("RSA suspendu, radié ou refusé")
    aline.settle()

    def hold(route: Route) -> None:
        if "actualiser" in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/demandes/nouvelle", hold)
    page.get_by_role("button", name="Choisir ce sujet").click()
    expect(suggestion).to_contain_text("Sujet choisi")
    assert held, "leaving the field asks"
    with page.expect_response("**/demandes/nouvelle"):
        held[0].continue_()
    aline.settle()
    expect(suggestion).to_contain_text("Sujet choisi")
