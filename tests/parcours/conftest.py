"""The browser, for the tests of this folder."""

from tests.navigateur.fixtures import arrive, chromium, demo, js, patient

__all__ = ["arrive", "chromium", "demo", "js", "patient"]
