"""Twenty obvious demandes are dealt with from the list, in few clicks, and given back as they were (issue 10)."""

import re

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

RECUES = "/demandes/recues?onglet=en-cours"
CLICS_MAX = 45


def count_followed(personne: Personne, numeros: list[int]) -> int:
    """How many of these demandes Inès follows, as the base keeps it."""
    [[nombre]] = personne.demo.sql(
        """
        select count(distinct s.demande) from sollicitations s join agents a on a.id = s.taken_by
        where s.demande = any(%s) and a.email = 'ines@exemple.fr'
        """,
        numeros,
    )
    return int(nombre)


def test_twenty_obvious_demandes_take_few_clicks_and_can_be_given_back(arrive: Arrival, js: bool) -> None:
    ines = arrive(js=js)
    ines.take_session("ines@exemple.fr")
    page, titre = ines.page, f"Vingt demandes {'avec' if js else 'sans'} scripts"
    numeros = [ines.demo.take_demande()[0] for _ in range(20)]
    ines.demo.sql(
        "update demandes set titre = %s, repere = %s where numero = any(%s)", titre, titre.lower(), numeros
    )
    ines.open(f"{RECUES}&q={titre}")
    boxes = page.locator(".ap-coche > input")
    expect(boxes).to_have_count(20)
    clics = 0
    for rang in range(20):
        boxes.nth(rang).click()
        clics += 1
    ines.press("Je m’en occupe")
    clics += 1
    expect(page.locator("#demandes-bilan")).to_contain_text(re.compile("20 demandes"))
    assert clics <= CLICS_MAX
    assert count_followed(ines, numeros) == 20

    # A colleague takes one over meanwhile: what is undone stops there, and says so.
    ines.demo.sql(
        """
        update sollicitations set taken_by = (select id from agents where email = 'idir@exemple.fr')
        where demande = %s and taken_by is not null
        """,
        numeros[0],
    )
    # Reloading the list loses neither what was done nor the way to undo it.
    page.reload()
    expect(page.locator("#demandes-bilan")).to_contain_text(re.compile("20 demandes"))
    ines.press("Annuler")
    ines.says("C’est annulé")
    ines.says(f"n° {numeros[0]}")
    assert count_followed(ines, numeros) == 0
    page.reload()
    ines.says("C’est annulé")


def test_back_leaves_what_an_act_of_the_list_told_and_forward_tells_it_again(arrive: Arrival) -> None:
    ines = arrive(js=True)
    ines.take_session("ines@exemple.fr")
    page, titre = ines.page, "Une demande et ses retours"
    [numero] = [ines.demo.take_demande()[0]]
    ines.demo.sql(
        "update demandes set titre = %s, repere = %s where numero = %s", titre, titre.lower(), numero
    )
    ines.open(f"{RECUES}&q={titre}")
    bilan, row = page.locator("#demandes-bilan"), page.locator(f"#demandes-coche-{numero}")
    row.click()
    ines.press("Je m’en occupe")
    expect(bilan).to_contain_text("Vous avez pris une demande en charge")
    ines.press("Annuler")
    expect(bilan).to_contain_text("C’est annulé")
    page.go_back()
    expect(bilan).to_have_count(0)
    expect(row).to_be_visible()
    page.go_forward()
    expect(bilan).to_contain_text("C’est annulé")
