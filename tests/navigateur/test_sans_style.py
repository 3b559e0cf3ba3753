"""Without any style sheet a page keeps a sensible order, and says nothing that is not so (RGAA 10.2, 10.3)."""

import re

import pytest

from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival

STYLE = re.compile(r"/static/.*\.css")
PAGES = {
    "/connexion": None,
    "/demandes/recues?onglet=en-cours": "ines@exemple.fr",
    "/demandes/{demande}": "ines@exemple.fr",
    "/demandes/{demande}#": "aline@exemple.fr",
    "/demandes/{demande}/cloture": "aline@exemple.fr",
    "/demandes/nouvelle": "aline@exemple.fr",
    "/groupes/{caf}": "rose@exemple.fr",
    "/administration": "ada@exemple.fr",
}
# The order in which one meets them; what a page does not have is left out.
ORDER = """
() => [...document.querySelectorAll("[href='#contenu'], header, nav, main, main h1, footer")]
  .filter((one) => one.checkVisibility()).map((one) => one.tagName)
"""
NAMELESS = """
() => [...document.querySelectorAll("button, a, summary")]
  .filter((one) => one.checkVisibility() && !one.innerText.trim() && !one.ariaLabel).map((one) => one.outerHTML)
"""
# A fold that opens nothing; a second button, which is there for the Enter key alone.
STRAY = """
() => [...document.querySelectorAll("details, button")]
  .filter((one) => one.checkVisibility() && (one.ariaHidden || one.matches("details") && one.children.length < 2))
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("adresse", PAGES)
def test_a_page_without_style_is_read_in_order(arrive: Arrival, demo: Demonstration, adresse: str) -> None:
    [(caf,)] = demo.sql("select id from groupes where nom = 'CAF 22'")
    somebody = arrive(PAGES[adresse])
    page = somebody.page
    page.route(STYLE, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    somebody.open(adresse.format(demande=demo.find_demande("aline@exemple.fr"), caf=caf))
    somebody.settle()
    met = [name for name in page.evaluate(ORDER) if name != "NAV"]
    assert met == ["A", "HEADER", "MAIN", "H1", "FOOTER"], met
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(STRAY) == []
    said = page.locator("body").inner_text()
    assert not re.search("en cours…|n’a pas abouti", said), "nothing is being sent, nothing has failed"


@pytest.mark.parametrize("is_styled", [True, False])
def test_the_enter_key_never_sends_a_new_demande(arrive: Arrival, is_styled: bool) -> None:
    aline = arrive("aline@exemple.fr", js=False)
    if not is_styled:
        aline.page.route(STYLE, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    aline.open("/demandes/nouvelle")
    with aline.page.expect_request(lambda request: request.method == "POST") as asked:
        aline.page.get_by_label("Titre").press("Enter")
    sent = asked.value.post_data_buffer or b""
    assert b'name="etape"\r\n\r\nactualiser' in sent
