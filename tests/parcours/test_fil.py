"""A long thread: its end first, older lines by pages, and the address of a line opens where it stands."""

from playwright.sync_api import Route, expect

from app.domain.echanges.fil import name_ligne
from tests.navigateur.fixtures import Arrival

LINES = """
insert into messages (demande, cle, auteur, cote, nature, texte, sent_at)
select d.numero, gen_random_uuid(), d.auteur, 'aidant', 'reponse', 'Ligne ' || n || '.',
    now() - (3000 - n) * interval '1 s'
from demandes d cross join generate_series(1, 2000) n where d.numero = %s
returning id
"""


def test_a_line_long_ago_is_read_where_it_stands(arrive: Arrival, js: bool) -> None:
    ines = arrive("ines@exemple.fr", js=js)
    numero, _ = ines.demo.take_demande()
    ids = [row[0] for row in ines.demo.sql(LINES, numero)]
    ines.open(f"/demandes/{numero}")
    lines = ines.page.locator("#demande-fil .ap-message")
    before = lines.count()
    assert before <= 250
    if js:
        ines.page.get_by_label("Réponse personnalisée").fill("Je vous rappelle demain.")
    ines.press("Voir les 50 précédents", role="link")
    if js:
        expect(lines).to_have_count(before + 50)
        expect(ines.page.locator("#demande-anciens")).to_be_focused()
        expect(ines.page.locator("#annonces")).to_contain_text("échanges plus anciens")
        expect(ines.page.get_by_label("Réponse personnalisée")).to_have_value("Je vous rappelle demain.")
    else:
        expect(lines).to_have_count(50)
        ines.press("Voir les derniers et répondre", role="link")
        expect(ines.page.get_by_label("Réponse personnalisée")).to_be_visible()
    old = name_ligne(ids[70])
    for address in (f"?message={old}", "") if js else (f"?message={old}",):
        ines.page.goto(f"{ines.demo.url}/demandes/{numero}{address}#message-{old}")
        expect(ines.page.locator(f"#message-{old}")).to_be_in_viewport()
        expect(ines.page.locator(f"#message-{old}")).to_contain_text("Ligne 71.")


def test_a_save_that_comes_back_meanwhile_does_not_take_the_focus(arrive: Arrival) -> None:
    ines = arrive("ines@exemple.fr")
    numero, _ = ines.demo.take_demande()
    ines.demo.sql(LINES, numero)
    ines.open(f"/demandes/{numero}")
    page, held = ines.page, list[Route]()
    # Long enough for the save to come back between the moment older lines are there and that when they are settled.
    page.evaluate("htmx.config.defaultSettleDelay = 1500")

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/brouillon*", hold)
    page.get_by_label("Réponse personnalisée").fill("Je vous rappelle demain.")
    with page.expect_request("**/brouillon*"):
        page.get_by_role("link", name="Voir les 50 précédents").click()
    expect(page.locator("body")).to_be_focused()
    assert held, "leaving the field saves"
    for route in held:
        route.continue_()
    expect(page.locator("#demande-anciens")).to_be_focused()
