"""Old and slow machines: what the pages weigh and ask (quality A5). `bench/lenteur.py` measures how long they take."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page

from tests.navigateur.fixtures import Arrival

FIRST_PAGES = [
    (None, "/connexion"),
    ("ines@exemple.fr", "/demandes/recues"),
    ("aida@exemple.fr", "/demandes/nouvelle"),
]


def weigh(page: Page, cdp: CDPSession, act: Callable[[], object]) -> dict[str, float]:
    """Bytes over the network, headers included, by the address that was asked for there."""
    asked: dict[str, str] = {}
    received: dict[str, float] = {}
    cached: set[str] = set()
    cdp.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    cdp.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    cdp.on(
        "Network.loadingFinished",
        lambda event: received.update({event["requestId"]: event["encodedDataLength"]}),
    )
    act()
    page.wait_for_load_state("networkidle")
    return {
        asked.get(request, request): size
        for request, size in received.items()
        if size and request not in cached
    }


@pytest.mark.parametrize(("who", "path"), FIRST_PAGES)
def test_a_first_page_is_light(arrive: Arrival, who: str | None, path: str) -> None:
    personne = arrive(who)
    cdp = personne.context.new_cdp_session(personne.page)
    cdp.send("Network.enable")
    cold = weigh(personne.page, cdp, lambda: personne.open(path))
    assert sum(cold.values()) <= 75_000
    assert len(cold) <= 6
    warm = cold
    for _ in range(4):  # a browser on a busy machine takes a moment to keep what it has received
        if len(warm) > 1:
            warm = weigh(personne.page, cdp, lambda: personne.open(path))
    assert [url.partition("?")[0] for url in warm] == [personne.demo.url + path], (
        "nothing but the page itself, once the rest is known"
    )
    assert sum(warm.values()) <= 15_000
