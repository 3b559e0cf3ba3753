"""What every test of a browser receives: the demonstration, one Chromium per package, people who come and go."""

import shutil
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.navigateur import demonstration as place
from tests.navigateur.personne import Personne

# A machine of two cores that does everything at once.
PATIENCE = 10_000


class Arrival(Protocol):
    """Somebody sits down at a browser of their own."""

    def __call__(
        self,
        email: str | None = None,
        *,
        js: bool = True,
        width: int = 1280,
        dark: bool = False,
        site: place.Demonstration | None = None,
    ) -> Personne: ...


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> place.Demonstration:
    """The demonstration, running."""
    made = place.demonstration()
    request.config.add_cleanup(lambda: place.stop(made))
    return made


@pytest.fixture(scope="session")
def patient(request: pytest.FixtureRequest, demo: place.Demonstration) -> place.Demonstration:
    """The same demonstration, by a site where answers wait before they leave."""
    made = place.patient_site()
    request.config.add_cleanup(lambda: place.stop(made))
    return made


# Not for the session: as long as Playwright runs, no other event loop may, and the other tests have one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The Chromium of the system, the one without windows."""
    path = shutil.which("chromium-headless-shell")
    assert path, "no chromium-headless-shell: bin/test installs it"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def arrive(chromium: Browser, demo: place.Demonstration) -> Iterator[Arrival]:
    """Let somebody come, signed in already when an address is given; at the end, nobody's browser complains."""
    present: list[Personne] = []

    def come(
        email: str | None = None,
        *,
        js: bool = True,
        width: int = 1280,
        dark: bool = False,
        site: place.Demonstration | None = None,
    ) -> Personne:
        context = chromium.new_context(
            java_script_enabled=js,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        personne = Personne(site or demo, context, js)
        present.append(personne)
        if email:
            personne.take_session(email)
        return personne

    yield come
    for personne in present:
        personne.context.close()
    plaintes = [plainte for personne in present for plainte in personne.plaintes]
    assert plaintes == [], "\n".join([*plaintes, "the server said:", *demo.said])


@pytest.fixture(params=[True, False], ids=["avec_js", "sans_js"])
def js(request: pytest.FixtureRequest) -> bool:
    """Each story twice: with JavaScript and without."""
    return bool(request.param)


__all__ = ["Arrival", "arrive", "chromium", "demo", "js", "patient"]
