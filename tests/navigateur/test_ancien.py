"""A very old browser is told so by a band that it alone reads, without any script."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.navigateur.fixtures import Arrival

STYLE = re.compile(r"/static/.*\.css")


def band_of(arrive: Arrival, *, js: bool, former: str = "", other: str = "") -> Locator:
    """The band as a browser shows it that reads `other` where our style says `former`."""

    def read(route: Route) -> None:
        answered = route.fetch()
        style = answered.text()
        assert former in style
        route.fulfill(
            status=200, content_type="text/css", body=style.replace(former, other) if former else style
        )

    somebody = arrive(None, js=js)
    somebody.page.route(STYLE, read)
    somebody.open("/connexion")
    return somebody.page.locator(".ap-ancien")


@pytest.mark.parametrize("js", [True, False], ids=["js", "sans-js"])
def test_a_recent_browser_never_shows_it(arrive: Arrival, js: bool) -> None:
    expect(band_of(arrive, js=js)).to_be_hidden()


def test_one_without_our_style_does_not_show_it_either(arrive: Arrival) -> None:
    somebody = arrive(None, js=False)
    somebody.page.route(STYLE, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    somebody.open("/connexion")
    expect(somebody.page.locator(".ap-ancien")).to_be_hidden()


def test_one_that_does_not_know_our_selectors_shows_it(arrive: Arrival) -> None:
    band = band_of(arrive, js=False, former="selector(:is(a))", other="selector(:jamais(a))")
    expect(band).to_be_visible()
    expect(band).to_contain_text("tout y reste possible")
