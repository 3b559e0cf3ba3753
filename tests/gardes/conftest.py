"""What the guards share."""

from collections.abc import Hashable
from pathlib import Path

import pytest

from app import impression
from app.impression import MandatAImprimer, html_mandat
from app.routes.mandats import feuilles


@pytest.fixture
def papier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF is its text: rights and words are what is looked at, and printing costs a third of a second a page."""

    async def as_text(modele: str, version: str, mandat: MandatAImprimer, *, par: Hashable) -> bytes:
        return html_mandat(modele, version, mandat, feuille="").encode()

    async def as_it_is(html: str, *, feuille: Path, par: Hashable) -> bytes:
        return html.encode()

    monkeypatch.setattr(feuilles, "print_mandat", as_text)
    monkeypatch.setattr(impression, "print_page", as_it_is)
