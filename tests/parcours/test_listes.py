"""A list is walked without losing one’s place: tabs, filters, Back, and the quiet refresh (issue 10)."""

import re
import statistics

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

RECUES = "/demandes/recues?onglet=en-cours"


def focused(personne: Personne) -> str:
    """The id of what has the focus."""
    return str(personne.page.evaluate("document.activeElement.id"))


def test_tabs_and_filters_change_the_list_and_the_address(arrive: Arrival, js: bool) -> None:
    ines = arrive(js=js)
    ines.take_session("ines@exemple.fr")
    page = ines.open(RECUES)
    page.evaluate("document.body.dataset.meme = 'page'")
    ines.press("En souffrance", role="link", exact=False)
    expect(page).to_have_url(re.compile("onglet=en-souffrance"))
    expect(page).to_have_title(re.compile("En souffrance"))
    page.get_by_label("Urgentes").check()
    ines.press("Filtrer")
    expect(page).to_have_url(re.compile("urgentes=1"))
    assert page.locator(".ap-ligne").count() == page.locator(".ap-ligne", has_text="Urgente").count()
    assert (page.locator("body").get_attribute("data-meme") == "page") is js
    if js:
        assert focused(ines) == "demandes-filtrer"
        expect(page.locator("#annonces")).to_have_text(page.locator(".ap-fraicheur strong").inner_text())
    page.go_back()
    expect(page.get_by_label("Urgentes")).not_to_be_checked()
    expect(page.locator(".fr-tabs [aria-current]")).to_contain_text("En souffrance")
    page.go_back()
    expect(page.locator(".fr-tabs [aria-current]")).to_contain_text("En cours")
    page.go_forward()
    expect(page.locator(".fr-tabs [aria-current]")).to_contain_text("En souffrance")


def test_a_refresh_keeps_the_scroll_and_the_focus(arrive: Arrival) -> None:
    ines = arrive(js=True)
    ines.take_session("ines@exemple.fr")
    page = ines.open(RECUES)
    page.locator(".ap-ligne__lien").nth(9).focus()
    page.mouse.wheel(0, 150)
    page.wait_for_function("scrollY > 100")
    place, row = page.evaluate("scrollY"), focused(ines)
    # The mark is another than the page’s: the rows are swapped, as after a colleague’s message.
    page.evaluate("document.querySelector('#demandes-actualiser').setAttribute('data-hx-get', location.href)")
    page.evaluate("htmx.process(document.querySelector('#demandes-liste'))")
    ines.after(lambda: page.evaluate("htmx.trigger('#demandes-actualiser', 'click')"))
    assert (page.evaluate("scrollY"), focused(ines)) == (place, row)


def test_twelve_rows_stand_on_a_screen(arrive: Arrival) -> None:
    """At 1280 × 900, the band of the demonstration apart: a row takes two lines, but for a long title or many parts."""
    ines = arrive(js=False)
    ines.take_session("ines@exemple.fr")
    page = ines.open(RECUES)
    page.set_viewport_size({"width": 1280, "height": 900})
    row = statistics.median(
        page.evaluate("[...document.querySelectorAll('.ap-ligne')].map((row) => row.offsetHeight)")
    )
    assert row <= 56
    top, band = page.evaluate(
        "[document.querySelector('.ap-liste').getBoundingClientRect().top,"
        " document.querySelector('.ap-demo').offsetHeight]"
    )
    assert (900 - (top - band)) / (row + 1) >= 12
