"""How long until one reads, on a slow line and a slow machine: 400 ms away, 50 kB/s, a processor six times slower (issue 17).

    bin/demo                                          # in another window
    python -m bench.lenteur [http://127.0.0.1:8000]

Each page is opened five times cold, by a browser that has never seen the site, then, for who has signed in, five times as
one comes from the page before, whose stylesheet and scripts are kept. Its time is that of the first paint with words (FCP),
which waits for the page and its stylesheet. Prints the medians; ends with 1 when one is over its goal.
"""

import argparse
import shutil
from statistics import median

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench.html import sign_in

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 6
TIMES = 5
# who, page, goal in seconds.
PAGES = (
    (None, "/connexion", 2.0),
    ("ines", "/demandes/recues", 2.0),
    ("aida", "/demandes/nouvelle", 2.5),
)
READ = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def read(browser: Browser, url: str, cookies: list[dict[str, str]], before: str | None) -> float:
    """Seconds until the first words of the page, for somebody who never came, or who comes from the page `before`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    if before:
        page.goto(before)
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url)
    painted = page.wait_for_function(READ).json_value()
    assert page.url.startswith(url), f"{page.url} came in the place of {url}"
    context.close()
    return float(painted) / 1000


def main() -> int:
    """Measure each page; the status is 1 when one is over its goal."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("site", nargs="?", default="http://127.0.0.1:8000")
    site = parser.parse_args().site
    over = 0
    print("| page | median s | slowest s | goal s |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        for who, path, goal in PAGES:
            cookies: list[dict[str, str]] = []
            if who is not None:
                with httpx.Client(base_url=site) as client:
                    sign_in(client, f"{who}@exemple.fr")
                    cookies = [
                        {"name": name, "value": value, "url": site} for name, value in client.cookies.items()
                    ]
            for before in (None, f"{site}/aide") if cookies else (None,):
                times = [read(browser, site + path, cookies, before) for _ in range(TIMES)]
                over += median(times) > goal
                how = f"{path}, then" if before else path
                print(f"| {how} | {median(times):.2f} | {max(times):.2f} | {goal} |", flush=True)
        browser.close()
    return int(over > 0)


if __name__ == "__main__":
    raise SystemExit(main())
