"""What a public site owes its readers, open to all and without a query."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.gardes.plan import ROUTES

PAGES = {
    "/mentions-legales": "hébergeur",
    "/donnees-personnelles": "90 jours",
    "/accessibilite": "partiellement conforme",
    "/conditions-generales": "dernier recours",
}


@pytest.mark.parametrize(("path", "word"), PAGES.items())
async def test_a_notice_is_open_to_all(path: str, word: str) -> None:
    browser = Browser()
    await browser.get(path)
    assert word in browser.page.texte
    # The conditions in force are those of the base: a version may be published on a page.
    assert len(browser.queries) == (path == "/conditions-generales")
    await (await signed_in(CAST.aida)).get(path)


async def test_the_footer_of_every_page_leads_to_pages_that_exist() -> None:
    browser = Browser()
    await browser.get("/connexion")
    for link in {link for link in browser.page.links if link.startswith("/") and link != "/_telephone"}:
        response = await Browser()._send("GET", link, htmx=False)
        assert response.status_code in {200, 303}, link


@pytest.mark.parametrize("agent", [None, CAST.aida, CAST.ines, CAST.rose, CAST.ada])
async def test_the_site_map_leads_to_pages_that_exist(agent: int | None) -> None:
    browser = await signed_in(agent) if agent else Browser()
    await browser.get("/plan-du-site")
    links = {link for link in browser.page.links if link.startswith("/") and "/_" not in link}
    assert len(links) > 8
    for link in links:
        response = await browser._send("GET", link, htmx=False)
        assert response.status_code == 200 or (agent is None and response.status_code == 303), link


async def test_security_txt_says_whom_to_tell_and_is_not_out_of_date() -> None:
    response = await Browser().get("/.well-known/security.txt")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"].startswith("mailto:") and fields["Canonical"].endswith(
        "/.well-known/security.txt"
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fields["Expires"])
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert NOW + timedelta(days=90) < expires < NOW + timedelta(days=366)


# Pages that are no place to go: the map itself, and what an error shows.
NO_PLACES = {"/plan-du-site", "/introuvable"}


@pytest.mark.parametrize("who", [None, "aida", "ines", "rose", "elie", "paul", "ada"])
async def test_the_site_map_reaches_every_page_that_has_an_address(who: str | None) -> None:
    """The menu and the pages lead there too: two ways to each (RGAA 12.1)."""
    browser = await signed_in(getattr(CAST, who)) if who else Browser()
    await browser.get("/plan-du-site")
    mapped = {link.partition("?")[0] for link in browser.page.links}
    missing = []
    for route in (route for route in ROUTES if route.methode == "GET" and not route.parametres):
        if route.chemin in mapped | NO_PLACES or "/_" in route.chemin:
            continue
        response = await browser._send("GET", route.chemin, htmx=False)
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if response.status_code == 200 and is_page:
            missing.append(route.chemin)
    assert missing == []
