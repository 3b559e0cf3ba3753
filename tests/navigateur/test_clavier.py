"""Everything without a mouse: the ring is always seen, the order is the one of the eye, nothing traps, and what htmx
brings is announced once, with the focus where it is meant (quality A3)."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

# Where the focus is: its name, its place on the page, and whether a ring shows it.
HERE = """
() => {
  const one = document.activeElement;
  const shown = one.matches("input[type=radio], input[type=checkbox]") && one.labels.length ? one.labels[0] : one;
  const style = getComputedStyle(one), beside = getComputedStyle(shown);
  const drawn = ["::before", "::after"].map((part) => getComputedStyle(shown, part));
  const ring = [style, beside, ...drawn].some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
  const box = one.getBoundingClientRect();
  const column = one.closest(".ap-menu, .ap-aside, header, footer") || document.body;
  const name = one.getAttribute("aria-label") || one.innerText || one.name || one.value || "";
  return {
    tag: one.tagName, name: name.trim(), parts: ["date", "time"].includes(one.type),
    ring, top: box.top + scrollY, left: box.left, column: column.className || column.tagName,
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
  };
}
"""
Stop = dict[str, Any]
# Each sentence put in the live region, from now on.
LISTEN = """
() => {
  window.said = [];
  new MutationObserver(() => {
    const text = document.getElementById("annonces").textContent.trim();
    if (text) window.said.push(text);
  }).observe(document.getElementById("annonces"), { childList: true, characterData: true, subtree: true });
}
"""


def is_part_of(here: Stop, former: Stop | None) -> bool:
    """A date or an hour has several stops; the last, its little calendar, is drawn by the browser."""
    return former is not None and bool(here["parts"]) and here["name"] == former["name"]


def walk_to(page: Page, what: str | re.Pattern[str] | Locator, *, most: int = 120) -> None:
    """Tab to this, or to what has this name; the ring is seen at each step, and Tab always moves on."""
    if isinstance(what, Locator):
        wanted = what
    else:
        wanted = page.get_by_role("button", name=what, exact=True).or_(page.get_by_role("link", name=what))
        wanted = wanted.or_(page.get_by_label(what))
    wanted = wanted.and_(page.locator("*:focus"))
    former: Stop | None = None
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["tag"] == "BODY":
            continue  # past the end, through the browser's own bar
        if not is_part_of(here, former):
            assert here["ring"], f"no ring on {here['tag']} « {here['name']} »"
            assert here["seen"], f"out of sight: {here['tag']} « {here['name']} »"
            assert here != former, f"trapped on {here['tag']} « {here['name']} »"
        former = here
        if wanted.count():
            return
    raise AssertionError(f"« {what} » cannot be reached with Tab")


def test_signing_in_reading_and_answering_need_no_mouse(arrive: Arrival) -> None:
    ines = arrive()
    page, demo = ines.page, ines.demo
    numero, titre = demo.take_demande("aida@exemple.fr")
    demo.let_an_hour_pass()
    former = ines.find_courriel("ines@exemple.fr")
    ines.open("/connexion")
    walk_to(page, "Adresse e-mail professionnelle")
    page.keyboard.type("ines@exemple.fr")
    page.keyboard.press("Enter")
    ines.says("Consultez vos e-mails")
    page.goto(ines.wait_for_courriel("ines@exemple.fr", former))
    walk_to(page, "Me connecter")
    page.keyboard.press("Enter")
    ines.says("Demandes reçues")

    walk_to(page, "Rechercher une demande")
    page.keyboard.type(f"{numero} {titre}")  # several demandes have the same title
    page.keyboard.press("Enter")
    ines.says("Recherche")
    walk_to(page, page.locator(f"main a[href='/demandes/{numero}']"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)

    page.evaluate(LISTEN)
    walk_to(page, "Je m’en occupe")
    page.keyboard.press("Enter")
    ines.says("Suivie par Inès Le Goff")
    ines.settle()
    assert_arrived(
        ines, "Inès Le Goff", "Vous vous occupez de cette demande : l’aidant et vos collègues le voient."
    )

    walk_to(page, "Réponse personnalisée")
    page.keyboard.type("Je relance le service compétent.")
    walk_to(page, "Message réservé aux instructeurs")
    page.keyboard.press("Space")
    walk_to(page, ENVOYER)
    page.keyboard.press("Enter")
    expect(page.locator(".ap-message--prive").last).to_contain_text("Je relance le service compétent.")
    ines.settle()
    assert_arrived(ines, "Je relance", "Votre message est envoyé aux instructeurs.")

    walk_to(page, ENVOYER)
    page.keyboard.press("Enter")
    expect(page.locator(".ap-erreurs")).to_be_focused()
    expect(page).to_have_title(re_title(f"{titre}, demande n° {numero}"))
    walk_to(page, "Se déconnecter", most=120)
    page.keyboard.press("Enter")
    ines.says("Vous êtes déconnecté")


def re_title(titre: str) -> str:
    """The title of a page with errors."""
    return f"Erreur : {titre} – Administration+"


def assert_arrived(personne: Personne, texte: str, sentence: str) -> None:
    """The focus is on the new line of the thread, and the live region said this sentence, once."""
    focused = personne.page.locator("#demande-fil *:focus")
    expect(focused).to_contain_text(texte)
    personne.page.wait_for_function("() => window.said.length")
    assert personne.page.evaluate("() => window.said.splice(0)") == [sentence]


def test_the_first_tab_leads_to_the_content(arrive: Arrival) -> None:
    ines = arrive("ines@exemple.fr")
    page = ines.open("/demandes/recues")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    assert page.evaluate(HERE)["seen"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main') !== null")


def test_the_order_of_tab_is_the_order_of_the_eye(arrive: Arrival) -> None:
    """Within a column, each stop is lower than the one before, or on its right."""
    aida = arrive("aida@exemple.fr")
    for path in ("/demandes", "/demandes/nouvelle", "/profil"):
        page = aida.open(path)
        former: Stop | None = None
        stops = 0
        for _ in range(150):
            page.keyboard.press("Tab")
            here = page.evaluate(HERE)
            if here["tag"] == "BODY":
                break
            if is_part_of(here, former):
                continue
            assert here["ring"], f"{path}: no ring on {here['tag']} « {here['name']} »"
            if former and former["column"] == here["column"]:
                is_after = here["top"] > former["top"] - 24 or here["left"] > former["left"]
                assert is_after, f"{path}: « {here['name']} » comes after « {former['name']} »"
            former, stops = here, stops + 1
        assert stops > 10


def test_refreshing_a_list_keeps_the_focus_where_it_was(arrive: Arrival) -> None:
    ines = arrive("ines@exemple.fr")
    page = ines.open("/demandes/recues")
    refresh = page.get_by_role("link", name="Actualiser", exact=True)
    refresh.focus()
    with page.expect_response(lambda answer: "depuis=" in answer.url):
        page.keyboard.press("Enter")
    ines.settle()
    expect(page.get_by_role("link", name="Actualiser", exact=True)).to_be_focused()


def test_choosing_organismes_with_the_keyboard_keeps_the_focus(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.get_by_role("button", name="Choisir moi-même").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Choisir moi-même")).to_have_attribute("aria-pressed", "true")
    aida.settle()
    page.get_by_role("checkbox", name="CAF 22").focus()
    with page.expect_response(lambda answer: answer.url.endswith("/demandes/nouvelle")):
        page.keyboard.press("Space")
    aida.settle()
    expect(page.get_by_role("checkbox", name="CAF 22")).to_be_focused()
    expect(page.get_by_role("checkbox", name="CAF 22")).to_be_checked()


def test_what_did_not_go_through_can_be_tried_again_or_closed(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes")
    panne, onglet = page.locator("#panne"), page.get_by_role("link", name="Clôturées")
    aida.cut_network(True)
    onglet.focus()
    page.keyboard.press("Enter")
    expect(panne).to_contain_text("L’action n’a pas abouti")
    page.get_by_role("button", name="Fermer ce message").press("Enter")
    expect(panne).to_be_hidden()
    expect(onglet).to_be_focused()
    page.keyboard.press("Enter")
    expect(panne).to_be_visible()
    aida.cut_network(False)
    page.get_by_role("button", name="Réessayer").press("Enter")
    expect(onglet).to_have_attribute("aria-current", "page")
    expect(panne).to_be_hidden()
    aida.settle()
    expect(onglet).to_be_focused()


def test_a_step_of_the_form_keeps_the_focus_where_it_was_pressed(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    for name in ("Choisir moi-même", "Filtrer", "Mode guidé"):
        page.get_by_role("button", name=name, exact=True).focus()
        with page.expect_response(lambda answer: answer.url.endswith("/demandes/nouvelle")):
            page.keyboard.press("Enter")
        aida.settle()
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()


def test_a_region_is_busy_for_as_long_as_its_answer_is_awaited(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/demandes?*onglet=cloturees*", hold)
    busy = page.locator("main [aria-busy=true]")
    expect(busy).to_have_count(0)
    page.get_by_role("link", name="Clôturées").press("Enter")
    expect(busy).to_have_count(1)
    assert busy.get_by_role("link", name="Clôturées").count(), "the region that the answer replaces"
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_role("link", name="Clôturées")).to_have_attribute("aria-current", "page")
    aida.settle()
    expect(busy).to_have_count(0)


def test_a_proche_demande_is_announced_when_it_is_found_and_not_at_the_next_step(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    numero, _ = aida.demo.take_demande("aida@exemple.fr")
    [usager] = aida.demo.sql(
        "select usager_prenom, usager_nom, usager_naissance from demandes where numero = %s", numero
    )
    page = aida.open("/demandes/nouvelle")
    page.evaluate(LISTEN)
    for champ, typed in zip(("prenom", "nom", "naissance"), usager, strict=True):
        page.locator(f"#champ-{champ}").fill(str(typed))
        page.keyboard.press("Tab")
        aida.settle()
    sentence = "Votre groupe suit déjà une demande proche"
    expect(page.locator("#nouvelle_demande-doublon")).to_contain_text(sentence)
    page.wait_for_function("(sentence) => window.said.includes(sentence)", arg=sentence)
    page.locator("#champ-titre").fill(f"{usager[1]} attend")
    with page.expect_response(lambda answer: answer.url.endswith("/demandes/nouvelle")):
        page.keyboard.press("Tab")
    expect(page.locator("#nouvelle_demande-garde").get_by_role("alert")).to_contain_text(
        "Le titre ne doit pas"
    )
    assert page.evaluate("() => window.said").count(sentence) == 1


def test_the_focus_stays_on_the_link_to_the_next_page(arrive: Arrival) -> None:
    """Other links of the page have its address too: that of the number, « Actualiser »."""
    ada = arrive("ada@exemple.fr")
    page = ada.open("/administration/journal")
    following = page.get_by_role("link", name="Page suivante")
    following.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("page=2"))
    ada.settle()
    expect(following).to_be_focused()
