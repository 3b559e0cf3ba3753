"""A demande to write by hand: everything the form asks, on one sheet, without anything of anybody."""

from pathlib import Path

import pytest

from app import impression
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.urgences import MotifUrgence
from app.impression import ImpressionImpossible
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.poppler import poppler

URL = "/demandes/papier"


async def test_it_is_reached_from_the_help_and_from_the_mandats_to_print() -> None:
    aida = await signed_in(CAST.aida)
    for page in ("/aide", "/mandats/vierge", "/plan-du-site"):
        await aida.get(page)
        assert URL in aida.page.links, page
    response = await Browser().get(URL, status=303)
    assert response.headers["location"].startswith("/connexion")


async def test_it_asks_all_that_the_form_asks() -> None:
    aida = await signed_in(CAST.aida)
    await aida.get(URL)
    texte = aida.page.texte
    for words in (
        *("CAF", "CPAM", "Prénom", "Date ou année de naissance", "Ce qui bloque", "Depuis quand"),
        *("courrier recommandé", "Mandat signé le", "Feuille détruite"),
        *(nature.libelle for nature in NatureIdentifiant),
        *(motif.fiche.libelle for motif in MotifUrgence),
    ):
        assert words in texte, words
    assert "Délégué" not in texte, "only who answers is solicited"
    assert len(aida.queries) <= 3


async def test_the_pdf_is_one_sheet_tagged_in_french(tmp_path: Path) -> None:
    aida = await signed_in(CAST.aida)
    response = await aida.get(f"{URL}.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert "demande-administration-plus-a-remplir.pdf" in response.headers["content-disposition"]
    pdf = tmp_path / "demande.pdf"
    pdf.write_bytes(response.content)
    said = poppler("pdfinfo", pdf)
    assert "Pages:           2" in said and "Tagged:          yes" in said
    assert "Demande à remplir à la main" in said
    texte = poppler("pdftotext", "-layout", pdf, "-")
    assert "à saisir puis à détruire · page 2 sur 2" in texte and "Télécharger" not in texte


async def test_a_printer_that_gives_up_leaves_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async def give_up(*_: object, **__: object) -> bytes:
        raise ImpressionImpossible("Beaucoup de documents s’impriment en ce moment.", "pleine")

    monkeypatch.setattr(impression, "print_page", give_up)
    aida = await signed_in(CAST.aida)
    await aida.get(f"{URL}.pdf", status=503)
    assert "Beaucoup de documents" in aida.page.texte and "Ce qui bloque" in aida.page.texte
