"""New conditions come in the midst of work: what changes is said, and what was typed is there again (issue 15)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

CHANGEMENTS = "Une demande est close dans les trois mois."
PAGE = "/administration/conditions"


@pytest.fixture
def former(demo: Demonstration) -> Iterator[None]:
    """The conditions as they were: a version is a day, and every other story of this run has accepted them."""
    accepted = demo.sql("select id, cgu_version, cgu_accepted_at from agents")
    yield
    demo.sql("delete from conditions")
    for agent, version, at in accepted:
        demo.sql("update agents set cgu_version = %s, cgu_accepted_at = %s where id = %s", version, at, agent)


def accept(personne: Personne, *, is_scripted: bool) -> None:
    """The page that asks: nothing is accepted by silence."""
    expect(personne.page.get_by_role("heading", level=1)).to_have_text("Nouvelles conditions d’utilisation")
    personne.says(CHANGEMENTS)
    assert not is_scripted or look_at(personne.page) == []  # axe is a script
    personne.press("Continuer")
    expect(personne.page.get_by_role("alert")).to_be_visible()
    personne.page.get_by_label("J’ai lu et j’accepte").check()
    personne.press("Continuer")


def publish(ada: Personne) -> None:
    """From today on, seen before it is published."""
    page = ada.page
    ada.open(PAGE)
    texte = page.get_by_label("Le texte entier")
    texte.fill(texte.input_value() + "\n## Clôture\nUne demande réglée est close.")
    page.get_by_label("Demandées à partir du").fill(f"{datetime.now(ZoneInfo('Europe/Paris')):%Y-%m-%d}")
    ada.press("Voir ce que chacun lira")
    expect(page.get_by_role("alert")).to_contain_text("Dites ce qui change")
    page.get_by_label("Ce qui change").fill(CHANGEMENTS)
    ada.press("Voir ce que chacun lira")
    expect(page.get_by_role("heading", name="Ce que chacun lira")).to_be_visible()
    ada.press("Publier")


@pytest.mark.usefixtures("former")
def test_who_is_answering_accepts_then_sends_what_they_had_typed(arrive: Arrival, js: bool) -> None:
    ada, aline = arrive("ada@exemple.fr", js=js), arrive("aline@exemple.fr", js=js)
    numero, titre = aline.demo.take_demande()
    aline.open(f"/demandes/{numero}")
    texte = f"Le courrier est arrivé ce matin, {'avec' if js else 'sans'} script."
    aline.page.get_by_label("Votre message").fill(texte)
    publish(ada)
    accept(ada, is_scripted=js)
    expect(ada.page.get_by_text("par Ada Moreau")).to_be_visible()
    assert not js or look_at(ada.page) == []  # axe is a script

    aline.press(ENVOYER)
    accept(aline, is_scripted=js)
    aline.says("Rien n’est encore envoyé")
    aline.says(texte)
    aline.press("Reprendre là où j’en étais")
    expect(aline.page.get_by_role("heading", level=1)).to_contain_text(titre)
    expect(aline.page.locator("#demande-fil")).to_contain_text(texte)


@pytest.mark.usefixtures("former")
def test_who_is_composing_finds_the_form_as_it_was(arrive: Arrival, js: bool) -> None:
    ada, aline = arrive("ada@exemple.fr", js=js), arrive("aline@exemple.fr", js=js)
    aline.open("/demandes/nouvelle")
    page, texte = aline.page, "La facture de l’école n’est pas payée."
    publish(ada)
    if js:
        # What follows the typing never takes the page away under the hands.
        page.locator("#champ-description").press_sequentially(texte)
        page.locator("#champ-titre").fill("Facture impayée")
        page.locator("#champ-description").focus()
        aline.settle()
        expect(page.locator("#champ-description")).to_have_value(texte)
        aline.press("Reprendre plus tard")
    else:
        page.locator("#champ-description").fill(texte)
        aline.press("Actualiser le récapitulatif")
    accept(aline, is_scripted=js)
    aline.press("Reprendre là où j’en étais")
    if js:
        aline.says("Votre brouillon est enregistré")
    else:
        expect(page.locator("#champ-description")).to_have_value(texte)
