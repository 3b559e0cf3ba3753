"""Figures as each role reads them, in a browser, JavaScript on and off (issue 14, « It must show »)."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne


def heading(personne: Personne) -> str:
    """What the page is."""
    return personne.page.get_by_role("heading", level=1).inner_text()


def test_a_visitor_reads_the_country_from_the_home_page(arrive: Arrival, js: bool) -> None:
    somebody = arrive(js=js)
    somebody.open("/")
    assert heading(somebody) == "Quand une démarche bloque, les agents se parlent"
    somebody.press("Tous les chiffres", role="link", exact=False)
    assert heading(somebody) == "Statistiques"
    expect(somebody.page.get_by_text("France entière", exact=False).first).to_be_visible()
    somebody.page.get_by_label("Période", exact=True).select_option("3")
    somebody.press("Afficher")
    assert "periode=3" in somebody.page.url
    with somebody.page.expect_download() as download:
        somebody.page.locator('a[href="/statistiques.csv"]').click()
    assert download.value.suggested_filename == "administration-plus.csv"


def test_a_responsable_reads_her_groupe_and_takes_a_table_away(arrive: Arrival, js: bool) -> None:
    rose = arrive("rose@exemple.fr", js=js)
    rose.open("/statistiques")
    rose.page.get_by_label("Groupe", exact=True).select_option(label="CAF 22")
    rose.press("Afficher")
    expect(rose.page.locator("#statistiques").get_by_text("CAF 22, du", exact=False)).to_be_visible()
    table = rose.page.get_by_role("table", name="Sollicitations par semaine", exact=False)
    expect(table).to_be_visible()
    with rose.page.expect_download() as download:
        rose.page.locator('a[href*="tableaux/semaines.ods"]').click()
    assert download.value.suggested_filename.endswith(".ods")


def test_a_pilote_reads_the_scope_and_who_is_reachable(arrive: Arrival, js: bool) -> None:
    paul = arrive("paul@exemple.fr", js=js)
    paul.open("/statistiques")
    expect(paul.page.get_by_text("Mon périmètre", exact=False).first).to_be_visible()
    paul.open("/deploiement")
    paul.press("22 – Côtes-d’Armor", role="link")
    expect(paul.page.get_by_role("table", name="Groupes sollicitables", exact=False)).to_be_visible()


def test_an_administratrice_reads_all(arrive: Arrival, js: bool) -> None:
    ada = arrive("ada@exemple.fr", js=js)
    ada.open("/statistiques")
    expect(ada.page.get_by_text("Toutes les données", exact=False).first).to_be_visible()
    ada.page.get_by_label("Organisme", exact=True).select_option(label="CAF")
    ada.press("Afficher")
    expect(ada.page.locator("#statistiques").get_by_text("CAF, du", exact=False)).to_be_visible()
