"""Acts on the rows that are ticked in a list, as people press them, with htmx and without."""

import re
from datetime import datetime, timedelta
from html import unescape

from app import database
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.echanges.test_gestes import take
from tests.domain.scene import DAY, close_demande, load, post, signed_as
from tests.factories import make_demande
from tests.routes.test_demandes import MIENNES, RECUES, open_list, tabs

NB = "\u00a0"
GESTES = "/demandes/gestes"


def boxes(browser: Browser) -> dict[int, str]:
    """The number of each row that can be ticked, and what its box sends."""
    found = re.findall(r'name="numeros" value="((\d+)/[^"]*)"', browser.html)
    return {int(numero): valeur for valeur, numero in found}


def field(browser: Browser, nom: str) -> str:
    return unescape(re.findall(rf'name="{nom}" value="([^"]*)"', browser.html)[-1])


async def press(
    browser: Browser, acte: str, numeros: list[int], *, htmx: bool = False, status: int = 303, **more: str
) -> None:
    """Tick these rows and press the button of this act, on the list as it is shown."""
    shown = boxes(browser)
    champs = {
        "cle": field(browser, "cle"),
        "retour": field(browser, "retour"),
        "acte": acte,
        "numeros": [shown[numero] for numero in numeros],
        **more,
    }
    response = await browser.post(GESTES, champs, htmx=htmx, status=200 if htmx and status == 303 else status)
    if response.status_code == 303:
        await browser.get(response.headers["location"])


async def undo(browser: Browser, *, htmx: bool = False) -> None:
    champs = {"lot": field(browser, "lot"), "retour": field(browser, "retour")}
    response = await browser.post(f"{GESTES}/annulation", champs, htmx=htmx, status=200 if htmx else 303)
    if response.status_code == 303:
        await browser.get(response.headers["location"])


async def test_what_is_taken_leaves_nouvelles_and_comes_back_when_undone(now: datetime) -> None:
    first, second, kept = [await make_demande(now - DAY) for _ in range(3)]
    for htmx in (False, True):
        browser = await open_list(CAST.ines, f"{RECUES}?onglet=nouvelles")
        assert set(boxes(browser)) == {first, second, kept}
        await press(browser, "prise", [first, second], htmx=htmx)
        assert "<span data-annonce>Vous avez pris 2 demandes en charge" in browser.html
        assert browser.html.count("data-annonce") == 1
        assert set(boxes(browser)) == {kept}
        assert tabs(browser)["Nouvelles"] == "1"
        assert ("<html" in browser.html) is not htmx
        await undo(browser, htmx=htmx)
        assert f"C’est annulé{NB}: 2 demandes sont comme avant." in browser.page.texte
        assert tabs(browser)["Nouvelles"] == "3"
        assert "Annuler" not in browser.page.texte.split("Demandes reçues")[-1].split("C’est annulé")[0]


async def test_htmx_keeps_the_address_of_the_list(now: datetime) -> None:
    numero = await make_demande(now - DAY, urgence="coupure")
    browser = await open_list(CAST.ines, f"{RECUES}?urgentes=1&actualisation=non")
    shown = boxes(browser)
    response = await browser.post(
        GESTES,
        {
            "cle": field(browser, "cle"),
            "retour": field(browser, "retour"),
            "acte": "prise",
            "numeros": shown[numero],
        },
        htmx=True,
        status=200,
    )
    cle = field(browser, "lot")
    pushed = f"{RECUES}?onglet=en-cours&urgentes=1&actualisation=non&fait={cle}"
    assert response.headers["HX-Push-Url"] == pushed
    assert len(browser.queries) <= 20


async def test_a_colleague_who_was_first_is_named_and_stays(now: datetime) -> None:
    mine, his = await make_demande(now - DAY), await make_demande(now - DAY)
    browser = await open_list(CAST.ines, RECUES)
    idir = await open_list(CAST.idir, RECUES)
    await press(idir, "prise", [his])
    await press(browser, "prise", [mine, his])
    texte = browser.page.texte
    assert "Vous avez pris une demande en charge" in texte
    assert f"1 demande reste comme elle est{NB}:" in texte
    assert f"n°{NB}{his}</a>{NB}: Idir Hamel s’en occupe déjà" in browser.html
    rows = await database.fetch("select demande, taken_by from sollicitations order by demande")
    assert [tuple(row) for row in rows] == [(mine, CAST.ines), (his, CAST.idir)]


async def test_what_stays_for_one_reason_is_said_once(now: datetime) -> None:
    numeros = [await make_demande(now - DAY) for _ in range(3)]
    browser = await open_list(CAST.ines, RECUES)
    await press(await open_list(CAST.idir, RECUES), "prise", numeros)
    await press(browser, "prise", numeros)
    assert browser.page.texte.count("Idir Hamel s’en occupe déjà") == 1
    assert re.findall(rf">n°{NB}(\d+)</a>(?:, |{NB}:)", browser.html) == [str(numero) for numero in numeros]


async def test_a_list_reloaded_later_does_not_say_that_one_still_follows_what_a_colleague_took(
    now: datetime,
) -> None:
    numero = await make_demande(now - DAY)
    ines = await open_list(CAST.ines, RECUES)
    await press(ines, "prise", [numero])
    told = f"{RECUES}?fait={field(ines, 'lot')}"
    await take(CAST.idir, numero, now)
    await ines.get(told)
    assert "Vous avez pris une demande en charge" in ines.page.texte
    assert "Vous vous occupez" not in ines.page.texte


async def test_a_day_that_is_missing_keeps_what_was_ticked(now: datetime) -> None:
    numero, other = await make_demande(now - DAY), await make_demande(now - DAY)
    browser = await open_list(CAST.aida, MIENNES)
    await press(browser, "rappel", [numero], status=422)
    assert "Indiquez le jour du rappel." in browser.page.texte
    assert f'id="demandes-coche-{numero}"' in browser.html
    [ticked] = re.findall(r'<input type="checkbox"[^>]*value="(\d+)/[^>]*checked', browser.html)
    assert int(ticked) == numero
    await press(browser, "rappel", [numero, other], rappel_le="2026-12-02")
    assert "Vous avez noté le rappel de 2 demandes." in browser.page.texte
    await undo(browser)
    assert await database.fetch("select from memos") == []


async def test_without_anything_ticked_nothing_is_done(now: datetime) -> None:
    await make_demande(now - DAY)
    browser = await open_list(CAST.ines, RECUES)
    for htmx in (False, True):
        await press(browser, "prise", [], htmx=htmx, status=422)
        assert "Cochez au moins une demande." in browser.page.texte
    assert await database.fetch("select from gestes_listes") == []


async def test_each_tab_offers_what_makes_sense_there(now: datetime) -> None:
    traitee, closed = await make_demande(now - DAY), await make_demande(now - DAY)
    await post(CAST.ines, traitee, now, is_traitee=True)
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, closed), now=now)
    await make_demande(now - DAY)
    for agent, url, acts in (
        (CAST.ines, RECUES, ["prise", "non_lue", "rappel"]),
        (CAST.ines, f"{RECUES}?onglet=traitees", ["non_lue", "rappel"]),
        (CAST.aida, MIENNES, ["non_lue", "rappel"]),
        (CAST.aida, f"{MIENNES}?onglet=cloturees", []),
    ):
        browser = await open_list(agent, url)
        assert re.findall(r'name="acte" value="(\w+)"', browser.html) == acts, url
        assert bool(boxes(browser)) == bool(acts), url


async def test_everything_can_be_ticked_with_a_link_and_nothing_else_follows(now: datetime) -> None:
    numeros = [await make_demande(now - DAY) for _ in range(3)]
    browser = await open_list(CAST.ines, f"{RECUES}?cocher=1")
    assert browser.html.count(" checked") == len(numeros)
    assert "Tout décocher" in browser.page.texte
    assert not any("cocher=1" in link for link in browser.page.links)


async def test_a_quiet_refresh_keeps_what_is_ticked(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    browser = await open_list(CAST.ines, RECUES)
    assert "data-hx-preserve" not in browser.html
    depuis = int((now - timedelta(minutes=1)).timestamp() * 1000)
    await browser.get(f"{RECUES}?depuis={depuis}", htmx=True)
    assert re.search(rf'id="demandes-coche-{numero}"[^>]*data-hx-preserve="true"', browser.html)
