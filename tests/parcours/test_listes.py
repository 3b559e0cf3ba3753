"""A list is walked without losing one’s place: tabs, filters, Back, and the quiet refresh (issue 10)."""

import re
from typing import LiteralString

import pytest
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
    # At once: a wheel goes on turning after the first move that one sees.
    page.evaluate("scrollTo({ top: 150, behavior: 'instant' })")
    place, row = page.evaluate("scrollY"), focused(ines)
    assert place == 150
    # The mark is another than the page’s: the rows are swapped, as after a colleague’s message.
    page.evaluate("document.querySelector('#demandes-actualiser').setAttribute('data-hx-get', location.href)")
    page.evaluate("htmx.process(document.querySelector('#demandes-liste'))")
    ines.after(lambda: page.evaluate("htmx.trigger('#demandes-actualiser', 'click')"))
    assert (page.evaluate("scrollY"), focused(ines)) == (place, row)


def test_twelve_rows_stand_on_a_screen(arrive: Arrival) -> None:
    """At 1280 × 900, the band of the demonstration apart: a row takes two lines, but for a long title."""
    ines = arrive(js=False)
    ines.take_session("ines@exemple.fr")
    # Other stories give demandes long names and many organismes: only what nobody has touched is measured.
    untouched: LiteralString = """
        select numero from demandes d where not exists (
            select from journal j where j.demande = d.numero and j.at > %s)
    """
    numeros = {row[0] for row in ines.demo.sql(untouched, ines.demo.since)}
    ordinary: list[int] = []
    # Nothing is awaited of the first ones: no deadline stands in their rows.
    for criteres in ("onglet=traitees", "onglet=en-cours&page=2", "onglet=en-cours"):
        page = ines.open(f"/demandes/recues?{criteres}")
        rows = page.evaluate(
            "[...document.querySelectorAll('.ap-ligne')].map((row) => ({height: row.offsetHeight,"
            " numero: Number(row.querySelector('.ap-ligne__lien').pathname.split('/')[2]),"
            " words: row.querySelector('.ap-ligne__titre').innerText.length}))"
        )
        ordinary += [row["height"] for row in rows if row["words"] <= 100 and row["numero"] in numeros]
    assert ordinary
    assert max(ordinary) <= 56
    top = page.evaluate(
        "document.querySelector('.ap-liste').getBoundingClientRect().top"
        " - document.querySelector('.ap-demo').offsetHeight"
    )
    assert top + 12 * (max(ordinary) + 1) <= 900


def test_long_names_are_cut_before_they_take_a_third_line(arrive: Arrival) -> None:
    """What is cut is whole under the pointer and for who hears the page; a title, a state and the unread never are."""
    ines = arrive(js=False)
    ines.take_session("ines@exemple.fr")
    numero, _ = ines.demo.take_demande()
    titre, long_nom = (
        "Quatre services aux noms bien longs",
        "Mission locale du pays de Guingamp et de l’Argoat",
    )
    ines.demo.sql(
        "update demandes set titre = %s, repere = %s where numero = %s", titre, titre.lower(), numero
    )
    ines.demo.sql(
        """
        insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
        select d.numero, g.id, d.auteur, d.sent_at, d.sent_at + interval '9 days' from demandes d, groupes g
        where d.numero = %s and g.nom in ('CPAM 22', 'MDPH 22', 'DDFIP 22')
            and not exists (select 1 from sollicitations s where s.demande = d.numero and s.groupe = g.id)
        limit (select 4 - count(*) from sollicitations where demande = %s)
        """,
        *(numero, numero),
    )
    page = ines.open(f"{RECUES}&q={titre}")
    row = page.locator(".ap-ligne")
    for one in row.locator(".ap-bref").all():
        one.evaluate("(one, nom) => { one.textContent = nom; }", long_nom)
    for one in row.locator(".fr-badge").all():
        one.evaluate("one => { one.textContent = 'pas concernée'; }")
    seen = page.evaluate(
        """() => {
            const row = document.querySelector(".ap-ligne"), right = row.getBoundingClientRect().right;
            const whole = [...row.querySelectorAll(".ap-ligne__titre, .fr-badge, .ap-nouveau")];
            return {
                height: row.offsetHeight,
                cut: [...row.querySelectorAll(".ap-bref")].map((one) => one.scrollWidth > one.clientWidth),
                isWhole: whole.every((one) => one.scrollWidth <= one.clientWidth + 1
                    && one.getBoundingClientRect().right <= right),
            };
        }"""
    )
    assert seen["height"] <= 56
    assert seen["isWhole"]
    assert True in seen["cut"]
    assert len(seen["cut"]) == 5
    assert row.locator("[title='CAF 22']").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_next_demande_follows_the_filters_of_the_list(arrive: Arrival, js: bool) -> None:
    ines = arrive(js=js)
    ines.take_session("ines@exemple.fr")
    titres = [f"Prime en attente {rang} {js}" for rang in ("une", "deux")]
    for titre in titres:
        ines.demo.sql(
            "update demandes set titre = %s, repere = %s where numero = %s",
            *(titre, titre.lower(), ines.demo.take_demande()[0]),
        )
    page = ines.open(f"{RECUES}&q=Prime en attente {js}")
    rows = page.locator(".ap-ligne__lien")
    expect(rows).to_have_count(2)
    first, second = (row.inner_text().split("\n")[-1] for row in rows.all())
    ines.after(rows.first.click)
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    for titre in (second, first):
        ines.press("Demande suivante →", role="link")
        expect(page.get_by_role("heading", level=1)).to_have_text(titre)
    ines.press("← Demandes reçues", role="link")
    expect(rows).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_filter_of_the_address_is_seen_and_removed(width: int, arrive: Arrival, js: bool) -> None:
    """The form stays on one line of labels and fields, or folded on a telephone, whatever the address asks."""
    ines = arrive(js=js, width=width)
    ines.take_session("ines@exemple.fr")
    page = ines.open(f"{RECUES}&departement=22&urgentes=1")
    form = page.locator(".ap-filtres--ligne")
    assert (form.bounding_box() or {"height": 0})["height"] <= (52 if width == 1280 else 0)
    ines.press("Retirer le filtre Côtes-d’Armor", role="link", exact=False)
    expect(page).to_have_url(re.compile("urgentes=1"))
    expect(page.locator(".ap-puce")).to_have_count(1)
    assert "departement" not in page.url
    ines.press("Retirer le filtre Urgentes", role="link", exact=False)
    expect(page.locator(".ap-puces")).to_have_count(0)
    if js:
        assert page.evaluate("document.querySelector('#demandes').contains(document.activeElement)")


def test_a_view_is_kept_under_a_name(arrive: Arrival, js: bool) -> None:
    nom = "Urgences du jour" if js else "Urgences du matin"
    ines = arrive(js=js)
    ines.take_session("ines@exemple.fr")
    page = ines.open(f"{RECUES}&urgentes=1")
    ines.press("Enregistrer cette vue", role="link")
    page.get_by_label("Nom de la vue").fill(nom)
    ines.press("Enregistrer la vue")
    expect(page.locator(".ap-vues [aria-current]")).to_have_text(nom)
    ines.open(RECUES)
    ines.press(nom, role="link")
    expect(page).to_have_url(re.compile("urgentes=1"))
    expect(page.locator(".ap-vues [aria-current]")).to_have_text(nom)
    if js:
        assert focused(ines).startswith("demandes-vue-")
    page.go_back()
    expect(page.locator(".ap-vues [aria-current]")).to_have_count(0)
    ines.press("Gérer les vues", role="link")
    ines.press(f"Effacer «\u00a0{nom}\u00a0»")
    ines.says("La vue est effacée")


def test_the_filters_of_the_other_lists_are_swapped(arrive: Arrival, js: bool) -> None:
    ada = arrive(js=js)
    ada.take_session("ada@exemple.fr")
    page = ada.open("/groupes")
    page.evaluate("document.body.dataset.meme = 'page'")
    page.locator("#filtre-q").fill("caf")
    ada.press("Filtrer")
    expect(page).to_have_url(re.compile("q=caf"))
    expect(page.locator("#groupes").get_by_role("link", name="CAF 22", exact=True)).to_be_visible()
    assert (page.locator("body").get_attribute("data-meme") == "page") is js
    if js:
        assert focused(ada) == "filtrer"
        expect(page.locator("#annonces")).to_have_text(re.compile(r"\d+\sgroupe"))
    page.go_back()
    expect(page.locator("#filtre-q")).to_have_value("")
    page.go_forward()
    expect(page.locator("#filtre-q")).to_have_value("caf")


def test_every_other_list_is_swapped_and_says_what_it_found(arrive: Arrival, js: bool) -> None:
    """Help, procedures, saved replies, deployment, figures: the page stays, the address moves, the count is told."""
    ines, ada = arrive(js=js), arrive(js=js)
    ines.take_session("ines@exemple.fr")
    ada.take_session("ada@exemple.fr")
    [(caf,)] = ines.demo.sql("select id from groupes where nom = 'CAF 22'")
    for who, path, act, bouton, adresse, said in (
        (ines, "/aide", "#aide-q", "Rechercher", "q=mandat", r"\d+\srésultats? pour"),
        (ines, "/procedures", "#procedures-q", "Rechercher", "q=mandat", r"sujets? pour"),
        (ines, f"/groupes/{caf}/reponses", "#filtre-q", "Chercher", "q=mandat", "réponse"),
        (ada, "/deploiement", "#champ-manques", "Afficher", "manques=1", r"\d+\sdépartement"),
        (ada, "/statistiques", "#filtre-du", "Afficher", "du=2026-09", "Toutes les données, "),
    ):
        page = who.open(path)
        page.set_viewport_size({"width": 320 if js else 1280, "height": 900})
        if (fold := page.locator(".ap-filtrage > .ap-pli > summary")).is_visible():
            fold.click()
        page.evaluate("document.body.dataset.meme = 'page'")
        field = page.locator(act)
        if act == "#champ-manques":
            field.check()
        else:
            field.fill(adresse.partition("=")[2])
        who.after(page.locator("main").get_by_role("button", name=bouton, exact=True).first.click)
        expect(page).to_have_url(re.compile(adresse))
        assert (page.locator("body").get_attribute("data-meme") == "page") is js, path
        if js:
            assert focused(who) == "filtrer", path
            expect(page.locator("#filtrer")).to_be_visible()
            expect(page.locator("#annonces")).to_have_text(re.compile(said))
