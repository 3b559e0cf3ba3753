"""Old and slow machines: what the pages weigh and ask, and how long until one can type (quality A5)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.navigateur.fixtures import Arrival

# 400 ms to the server and back, 50 kB/s, a processor six times slower.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FIRST_PAGES = [
    (None, "/connexion"),
    ("ines@exemple.fr", "/demandes/recues"),
    ("aida@exemple.fr", "/demandes/nouvelle"),
]


def weigh(page: Page, cdp: CDPSession, act: Callable[[], object]) -> tuple[int, int]:
    """Bytes over the network, headers included, and requests that went there."""
    received: dict[str, float] = {}
    cached: set[str] = set()
    cdp.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    cdp.on(
        "Network.loadingFinished",
        lambda event: received.update({event["requestId"]: event["encodedDataLength"]}),
    )
    act()
    page.wait_for_load_state("networkidle")
    over_network = {request: size for request, size in received.items() if size and request not in cached}
    return int(sum(over_network.values())), len(over_network)


@pytest.mark.parametrize(("who", "path"), FIRST_PAGES)
def test_a_first_page_is_light(arrive: Arrival, who: str | None, path: str) -> None:
    personne = arrive(who)
    cdp = personne.context.new_cdp_session(personne.page)
    cdp.send("Network.enable")
    size, requests = weigh(personne.page, cdp, lambda: personne.open(path))
    assert size <= 75_000
    assert requests <= 6
    size, requests = weigh(personne.page, cdp, lambda: personne.open(path))
    assert size <= 15_000
    assert requests == 1, "nothing but the page itself, once the rest is known"


def test_the_first_page_is_usable_in_four_seconds_on_a_slow_line_and_a_slow_machine(arrive: Arrival) -> None:
    ines = arrive("ines@exemple.fr")
    cdp = ines.context.new_cdp_session(ines.page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    ines.open("/demandes/recues")
    expect(ines.page.get_by_role("link", name="Actualiser", exact=True)).to_be_visible()
    elapsed = ines.page.evaluate(
        "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    assert elapsed <= 4_000
