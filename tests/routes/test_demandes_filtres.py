"""The filters of a list live in its address; each is said, and taken away by itself."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from app.domain.listes.criteres import PAR_PAGE, Criteres
from app.formulaire import Formulaire
from app.routes.demandes.adresses import read_criteres, write_adresse
from tests.cast import CAST
from tests.factories import make_demande
from tests.menus import read_menu
from tests.routes.test_demandes import RECUES, open_list, tabs


async def test_filters_live_in_the_address_and_survive_tabs_and_pages(now: datetime) -> None:
    for _ in range(PAR_PAGE + 1):
        await make_demande(now, urgence="sante", titre="Canari")
    await make_demande(now)
    asked = "onglet=en-cours&q=canari&urgentes=1&tri=recentes&non_lues=1&a_qui=instructeur"
    browser = await open_list(CAST.ines, f"{RECUES}?{asked}")
    assert "26 demandes" in browser.page.texte
    assert tabs(browser)["Nouvelles"] == "26"
    links = [urlsplit(link) for link in browser.page.links if link.startswith(f"{RECUES}?")]
    wanted = {
        "q": ["canari"],
        "urgentes": ["1"],
        "tri": ["recentes"],
        "non_lues": ["1"],
        "a_qui": ["instructeur"],
    }
    kept = [parse_qs(link.query) for link in links]
    moves = [query for query in kept if query.items() >= wanted.items()]
    assert {query["onglet"][0] for query in moves} == {"nouvelles", "en-cours", "en-souffrance", "traitees"}
    assert {"page": ["2"], "onglet": ["en-cours"], **wanted} in moves
    assert {"onglet": ["en-cours"], "tri": ["recentes"]} in kept  # « Effacer les filtres »
    await browser.get(f"{RECUES}?{asked}&page=99")
    assert 'aria-label="Page 2"' in browser.html
    assert browser.html.count('class="ap-ligne ') == 1


async def test_every_filter_applied_is_named_and_taken_away_alone(now: datetime) -> None:
    await make_demande(now, urgence="sante", titre="Canari")
    asked = {"q": "canari", "urgentes": "1", "non_lues": "1", "a_qui": "instructeur", "miennes": "1"}
    asked |= {"groupe": str(CAST.groupes.caf), "organisme": "caf", "departement": "22"}
    browser = await open_list(CAST.ines, f"{RECUES}?{urlencode(asked)}")
    removed = re.findall(r'class="ap-puce" id="[^"]+" href="([^"]+)"', browser.html)
    left = [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in removed]
    assert [set(asked) - set(query) for query in left] == [
        {name}
        for name in ("q", "a_qui", "non_lues", "urgentes", "miennes", "groupe", "organisme", "departement")
    ]
    await browser.get(f"{RECUES}?tri=recentes")
    assert "ap-puce" not in browser.html
    assert ", les plus récentes d’abord" in browser.html


async def test_a_number_typed_in_a_list_opens_its_demande(now: datetime) -> None:
    numero, other = await make_demande(now), await make_demande(now)
    browser = await open_list(CAST.ines, RECUES)
    response = await browser.get(f"{RECUES}?q=n°+{numero}", status=303)
    assert response.headers["location"] == f"/demandes/{numero}"
    await browser.get(f"{RECUES}?q={other}0000")
    assert "Aucune demande ne correspond" in browser.page.texte


def test_an_address_says_what_was_read_and_nothing_more() -> None:
    criteres = Criteres(
        onglet="en-cours",
        q="été & %",
        groupe=3,
        departement="2A",
        organisme="caf",
        a_qui="aidant",
        is_mienne=True,
        is_non_lue=True,
        is_urgente=True,
        tri="recentes",
        page=4,
    )
    url = write_adresse("/x", criteres)
    pairs = [(nom, v) for nom, values in parse_qs(urlsplit(url).query).items() for v in values]
    assert read_criteres(Formulaire.of_pairs(pairs)) == criteres
    assert write_adresse("/x", Criteres(onglet="en-cours")) == "/x?onglet=en-cours"
    assert "page" not in write_adresse("/x", criteres, onglet="traitees")
    assert write_adresse("/x", criteres, page=5).endswith("page=5")
    assert write_adresse("/x", Criteres(), is_live=False) == "/x?actualisation=non"


async def test_the_menu_of_a_list_says_what_it_says_elsewhere(now: datetime) -> None:
    """A list brings its own count: the same under filters that keep nothing, and on the tab of drafts."""
    for titre in ("Canari", "Autre"):
        await make_demande(now, titre=titre)
    filtres = ("", "?q=canari", "?urgentes=1&page=9")
    for chemin, agent, asked in (
        (RECUES, CAST.ines, filtres),
        ("/demandes", CAST.aida, (*filtres, "?onglet=brouillons")),
    ):
        browser = await open_list(agent, "/profil")
        assert read_menu(browser.html)[chemin] == 2
        for query in asked:
            await browser.get(f"{chemin}{query}")
            assert read_menu(browser.html)[chemin] == 2, query
            # Who asks with the rest of the menu, the list, the drafts.
            assert len(browser.queries) == (3 if "brouillons" in query else 2), query
