"""`/raccourcis` and the keys on the controls: none before they are asked for, each on one control after."""

import re
from datetime import datetime
from urllib.parse import urlencode

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande, make_invitation

FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def keys_on(browser: Browser) -> list[str]:
    """The letters of the page on screen, in its order."""
    return re.findall(r'accesskey="(\w)" aria-keyshortcuts="[\w+]+"', browser.html)


async def test_they_are_off_until_asked_for_then_each_act_has_one(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    pages = {
        f"/demandes/{numero}": ["c", "l", "s", "j", "r", "m", "n"],
        "/demandes/recues": ["c", "j", "n", "m"],
        "/profil": ["c"],
    }
    for page in pages:
        await ines.get(page)
        assert "accesskey" not in ines.html and "keyshortcuts" not in ines.html
    await ines.get("/raccourcis")
    assert "sont désactivés dans ce navigateur" in ines.page.texte
    await ines.post("/affichage", {"clavier": "raccourcis"})
    for page, keys in pages.items():
        await ines.get(page)
        assert keys_on(ines) == keys, page
    await ines.get("/raccourcis")
    assert "sont activés dans ce navigateur" in ines.page.texte
    await ines.post("/affichage", {"clavier": "sans-raccourcis"})
    await ines.get("/demandes/recues")
    assert keys_on(ines) == []


async def test_who_answers_for_two_groupes_has_each_key_once(now: datetime) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    await database.fetch(
        """
        update adhesions set is_instructeur = true, groupe = case groupe when :fs then :cpam else groupe end
        where agent = :rose
        """,
        rose=CAST.rose,
        fs=CAST.groupes.france_services,
        cpam=CAST.groupes.cpam,
    )
    rose = await signed_in(CAST.rose)
    await rose.post("/affichage", {"clavier": "raccourcis"})
    await rose.get(f"/demandes/{numero}")
    assert rose.html.count("Je m’en occupe") >= 2
    assert "j" in keys_on(rose)
    assert len(keys_on(rose)) == len(set(keys_on(rose)))


@pytest.mark.parametrize(("headers", "words"), [({}, "Alt + R"), (FIREFOX, "Alt + Maj + R")])
async def test_the_page_lists_the_keys_of_this_browser(headers: dict[str, str], words: str) -> None:
    browser = Browser()
    await browser.get("/raccourcis", headers=headers)
    assert words in browser.page.texte
    for act in ("Répondre", "Je m’en occupe", "Demande suivante", "Retour à la liste", "Rechercher"):
        assert act in browser.page.texte


async def test_the_next_demande_is_that_of_the_list(now: datetime) -> None:
    numeros = [await make_demande(now) for _ in range(3)]
    ines = await signed_in(CAST.ines)
    await ines.get("/demandes/recues")
    order = [int(one) for one in dict.fromkeys(re.findall(r'href="/demandes/(\d+)"', ines.html))]
    assert sorted(order) == numeros
    for here, there in zip(order, [*order[1:], order[0]], strict=True):
        await ines.get(f"/demandes/{here}")
        assert f"/demandes/{here}/suivante" in ines.page.links
        response = await ines.get(f"/demandes/{here}/suivante", status=303)
        assert response.headers["location"] == f"/demandes/{there}"
        assert len(ines.queries) <= 6


async def test_the_next_demande_is_that_of_the_filters_one_came_by(now: datetime) -> None:
    """The tab, the filters and the order of the list go along from one demande to the next, and back to the list."""
    numeros = [await make_demande(now, titre=f"Aide {nom}") for nom in ("un", "deux", "trois", "quatre")]
    ines = await signed_in(CAST.ines)
    await ines.get("/demandes/recues?onglet=en-cours&q=aide&tri=recentes")
    links = list(dict.fromkeys(one for one in ines.page.links if re.match(r"/demandes/\d+", one)))
    order = [int(re.findall(r"\d+", one)[0]) for one in links]
    assert sorted(order) == numeros
    await ines.get(links[0])
    back = next(one for one in ines.page.links if one.startswith("/demandes/recues?"))
    assert "q=aide" in back
    for there in order[1:]:
        [onward] = [one for one in ines.page.links if "/suivante" in one]
        assert "liste=" in onward
        response = await ines.get(onward, status=303)
        assert len(ines.queries) <= 6
        assert response.headers["location"].startswith(f"/demandes/{there}?liste=")
        await ines.get(response.headers["location"])


async def test_what_a_filter_lets_go_keeps_its_place(now: datetime) -> None:
    """Read, it is no longer among the unread: the next one is what stood after it; after the last, the first."""
    for _ in range(3):
        await make_demande(now)
    ines = await signed_in(CAST.ines)
    await ines.get("/demandes/recues?onglet=en-cours&non_lues=1")
    links = list(dict.fromkeys(one for one in ines.page.links if re.match(r"/demandes/\d+", one)))
    order = [int(re.findall(r"\d+", one)[0]) for one in links]
    assert len(order) == 3
    went = []
    onward = links[1]
    for _ in range(3):
        await ines.get(onward)
        [onward] = [one for one in ines.page.links if "/suivante" in one]
        onward = (await ines.get(onward, status=303)).headers["location"]
        went.append(onward)
    assert [int(re.findall(r"\d+", one)[0]) for one in went[:2]] == [order[2], order[0]]
    assert went[2].startswith("/demandes/recues?")
    assert "non_lues=1" in went[2]


@pytest.mark.parametrize(
    "liste", ["//exemple.org/demandes?a=1", "https://exemple.org", "/connexion?a=1", "\\\\x?"]
)
async def test_only_our_lists_are_followed(liste: str, now: datetime) -> None:
    numeros = [await make_demande(now) for _ in range(2)]
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numeros[0]}?{urlencode({'liste': liste})}")
    assert liste not in ines.page.links
    response = await ines.get(f"/demandes/{numeros[0]}/suivante?{urlencode({'liste': liste})}", status=303)
    assert response.headers["location"] == f"/demandes/{numeros[1]}"


async def test_alone_in_the_list_it_leads_to_the_list(now: datetime) -> None:
    numero = await make_demande(now)
    for who, liste in ((CAST.ines, "/demandes/recues"), (CAST.aida, "/demandes")):
        browser = await signed_in(who)
        response = await browser.get(f"/demandes/{numero}/suivante", status=303)
        assert response.headers["location"] == liste


async def test_an_expert_goes_through_what_they_follow(now: datetime) -> None:
    numeros = [await make_demande(now) for _ in range(2)]
    for numero in numeros:
        await make_invitation(numero, CAST.elie, "expert", now)
    elie = await signed_in(CAST.elie)
    for here, there in zip(numeros, reversed(numeros), strict=True):
        response = await elie.get(f"/demandes/{here}/suivante", status=303)
        assert response.headers["location"] == f"/demandes/{there}"
