"""A list that htmx swaps and refreshes: its address, its count, and silence when nothing came."""

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

from tests.browser import Browser
from tests.cast import CAST
from tests.domain.scene import HOUR
from tests.factories import make_demande, make_invitation, make_message
from tests.routes.test_demandes import NB, RECUES, SUIVIES, open_list, tabs


def refresh_of(browser: Browser) -> str:
    """The address that a quiet refresh asks for."""
    [url] = re.findall(r'id="demandes-actualiser"[^>]* data-hx-get="([^"]+)"', browser.html)
    return str(url).replace("&amp;", "&")


async def test_a_refresh_brings_rows_and_counts_and_announces_what_came(now: datetime) -> None:
    await make_demande(now, sent_at=now - HOUR)
    browser = await open_list(CAST.ines, RECUES)
    url = refresh_of(browser)
    assert "data-annonce" not in browser.html.split("<main")[1]
    await make_demande(now, sent_at=now + timedelta(seconds=1))
    await make_demande(now, sent_at=now + timedelta(seconds=2))
    await browser.get(url, htmx=True)
    assert "<html" not in browser.html
    assert re.search(r"data-annonce>2 nouvelles demandes<", browser.html)
    assert 'id="demandes-liste"' in browser.html
    assert tabs(browser)["Nouvelles"] == "3"
    assert len(browser.queries) <= 5


async def test_a_refresh_without_news_tells_the_hour_alone(now: datetime) -> None:
    """Until a word of the list would be another: a message, a deadline that passes, a new day."""
    numero = await make_demande(now, sent_at=now - HOUR)
    browser = await open_list(CAST.ines, RECUES)
    url = refresh_of(browser)
    response = await browser.get(url, htmx=True, status=204)
    assert response.content == b""
    assert unquote(response.headers["Heure"]) == f"10{NB}h"
    await browser.get(url)  # a page asked without htmx is never empty
    await make_message(numero, CAST.aida, "Un mot de plus.", now, cote="aidant")
    await browser.get(url, htmx=True)


async def test_what_htmx_swaps_has_its_address_and_says_its_count(now: datetime) -> None:
    await make_demande(now)
    browser = await open_list(CAST.ines, RECUES)
    response = await browser.get(f"{RECUES}?onglet=en-cours&q=rien&a_qui=&tri=urgentes", htmx=True)
    assert response.headers["HX-Push-Url"] == f"{RECUES}?onglet=en-cours&q=rien&tri=urgentes"
    assert "<strong data-annonce>0 demande</strong>" in browser.html
    assert (
        "<title>Demandes reçues, En cours (0), «\u00a0rien\u00a0» – Administration+</title>" in browser.html
    )


async def test_no_filter_hides_demandes_without_being_shown(now: datetime) -> None:
    """An expert was called by name, for no groupe, and takes nothing in charge: these filters are none there."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await open_list(CAST.elie, f"{SUIVIES}?groupe={CAST.groupes.caf}&miennes=1")
    assert f"/demandes/{numero}" in browser.page.links
    assert "Effacer les filtres" not in browser.page.texte


async def test_the_refresh_can_be_stopped_and_stays_so(now: datetime) -> None:
    await make_demande(now)
    browser = await open_list(CAST.ines, RECUES)
    assert 'hx-trigger="click, every 60s"' in browser.html
    await browser.get(f"{RECUES}?actualisation=non")
    assert 'hx-trigger="click"' in browser.html
    moves = [link for link in browser.page.links if "onglet=" in link]
    assert (
        sum("actualisation=non" in link for link in moves) == len(moves) - 1
    )  # but the one that starts it again
    assert '<input type="hidden" name="actualisation" value="non">' in browser.html
