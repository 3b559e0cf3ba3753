"""The mandat in two languages, on screen and as a PDF: French binds, each translation is marked until confirmed."""

import asyncio
from collections.abc import Hashable
from datetime import datetime
from pathlib import Path

import pytest

from app import database, impression
from app.domain.mandats.traductions import list_traductions
from app.impression import ImpressionImpossible, print_page
from app.routes.mandats import bilingue_rempli
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande
from tests.feuilles import ESPACES, list_overflows, list_pages, measure_smallest
from tests.poppler import poppler

ADMINISTRATION = "/administration/traductions"
LANGUES = [one.langue for one in list_traductions()]


async def test_every_language_is_offered_and_marked() -> None:
    aida = await signed_in(CAST.aida)
    await aida.get("/mandats/vierge")
    assert {f"/mandats/bilingue/{langue}" for langue in LANGUES} <= set(aida.page.links)
    assert aida.page.texte.count("traduction à faire relire") == len(LANGUES) == 8
    assert '<span lang="ar" dir="rtl"' in aida.html
    for langue in LANGUES:
        await aida.get(f"/mandats/bilingue/{langue}")
        assert f'lang="{langue}" dir="{"rtl" if langue == "ar" else "ltr"}"' in aida.html
        assert (
            "Le texte français fait foi" in aida.page.texte and "Traduction à faire relire" in aida.page.texte
        )
        assert "J’autorise une structure à agir pour moi" in aida.page.texte
    for nowhere in ("/mandats/bilingue/fr", "/mandats/bilingue/fr/mandat.pdf", "/mandats/bilingue/..%2Fx"):
        await aida.get(nowhere, status=404)


async def test_a_confirmed_translation_loses_its_mark_and_may_have_it_again() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get("/administration")
    assert ADMINISTRATION in ada.page.links
    await ada.get(ADMINISTRATION)
    await ada.submit(f"{ADMINISTRATION}/ar/relecture", follow=True)
    assert "La traduction est confirmée" in ada.page.texte
    await ada.get("/mandats/bilingue/ar")
    assert "à faire relire" not in ada.page.texte and "Le texte français fait foi" in ada.page.texte
    await ada.get(ADMINISTRATION)
    await ada.submit(f"{ADMINISTRATION}/ar/retrait", follow=True)
    await ada.get("/mandats/bilingue/ar")
    assert "Traduction à faire relire" in ada.page.texte


async def test_a_text_that_changed_meanwhile_is_not_confirmed_unseen() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(ADMINISTRATION)
    await ada.submit(f"{ADMINISTRATION}/uk/relecture", {"vu": "0" * 64}, status=409)
    assert "La traduction a changé" in ada.page.texte


@pytest.mark.parametrize("langue", ["ar", "zh", "uk"])
async def test_its_letters_are_embedded_tagged_and_in_their_order(langue: str, tmp_path: Path) -> None:
    aida = await signed_in(CAST.aida)
    response = await aida.get(f"/mandats/bilingue/{langue}/mandat.pdf")
    assert f"bilingue-{langue}-2026-11-27.pdf" in response.headers["content-disposition"]
    pdf = tmp_path / "mandat.pdf"
    pdf.write_bytes(response.content)
    assert "Tagged:          yes" in poppler("pdfinfo", pdf)
    fonts = [line.split() for line in poppler("pdffonts", pdf).splitlines()[2:]]
    assert len(fonts) >= 2 and all("yes yes" in " ".join(font) for font in fonts), (
        "embedded, and only what is used"
    )
    lu = poppler("pdftotext", pdf, "-")
    said = {"ar": "العربية", "zh": "委托书", "uk": "Довіреність"}
    assert said[langue] in lu or (langue == "ar" and "الهيئة" in lu)
    assert "Le texte français fait foi" in lu and "\ufffd" not in lu


@pytest.mark.parametrize("espaces", ["", ESPACES], ids=["vierge, tel quel", "rempli, espacé"])
@pytest.mark.parametrize("langue", LANGUES)
async def test_its_letters_are_large_and_nothing_overflows_even_when_spaced(
    langue: str, espaces: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = tmp_path / "espace.css"

    async def print_spaced(html: str, *, feuille: Path, par: Hashable) -> bytes:
        await asyncio.to_thread(lambda: spaced.write_text(feuille.read_text() + espaces))
        return await print_page(html, feuille=spaced, par=par)

    monkeypatch.setattr(impression, "print_page", print_spaced)
    aida = await signed_in(CAST.aida)
    pdf = tmp_path / "mandat.pdf"
    if espaces:
        typed = {"prenom": "Wolfeschlegelsteinhausenbergerdorff " * 5, "nom": "W" * 200, "naissance": "1974"}
        printed = await aida.post(f"/mandats/prerempli.pdf?langue={langue}", typed, status=200)
    else:
        printed = await aida.get(f"/mandats/bilingue/{langue}/mandat.pdf")
    pdf.write_bytes(printed.content)
    assert measure_smallest(pdf) >= 11
    assert list_overflows(pdf) == []
    pages = list_pages(pdf)
    for rang, page in enumerate(pages, 1):
        assert any(line.endswith(f" · {rang}/{len(pages)}") for line in page)
    if not espaces:
        # Nobody signs a page that says nothing else.
        derniere = " ".join(pages[-1])
        assert "J’ai compris" in derniere and "cnil.fr" in derniere and "Pour la structure :" in derniere


async def test_a_machine_without_the_letters_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bilingue_rempli, "list_undrawable", lambda html: ["委"])
    aida = await signed_in(CAST.aida)
    await aida.get("/mandats/bilingue/zh/mandat.pdf", status=503)
    assert "ne s’impriment pas ici" in aida.page.texte


async def test_a_printer_that_gives_up_leaves_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async def give_up(*_: object, **__: object) -> bytes:
        raise ImpressionImpossible("Beaucoup de documents s’impriment en ce moment.", "pleine")

    monkeypatch.setattr(impression, "print_page", give_up)
    aida = await signed_in(CAST.aida)
    await aida.get("/mandats/bilingue/en/mandat.pdf", status=503)
    assert "Beaucoup de documents" in aida.page.texte and "First name" in aida.html


@pytest.mark.parametrize("langue", ["ar", "tr"])
async def test_it_is_filled_in_from_the_form_before_the_demande_exists(langue: str, tmp_path: Path) -> None:
    aida = await signed_in(CAST.aida)
    await aida.get("/demandes/nouvelle", follow=True)
    assert f"/mandats/prerempli.pdf?langue={langue}" in aida.html
    typed = {
        "structure": str(CAST.groupes.france_services),
        **{"prenom": "Yılmaz", "nom": "Öztürk", "naissance": "1968", "mandat_le": "2026-11-20"},
    }
    response = await aida.post(f"/mandats/prerempli.pdf?langue={langue}", typed, status=200)
    assert f"bilingue-{langue}-rempli-2026-11-27.pdf" in response.headers["content-disposition"]
    (tmp_path / "mandat.pdf").write_bytes(response.content)
    lu = poppler("pdftotext", tmp_path / "mandat.pdf", "-")
    for said in (
        "Yılmaz",
        "Öztürk",
        "1968",
        "20 novembre 2026",
        "Aïda Kerjean",
        "Le texte français fait foi",
    ):
        assert said in lu, said
    assert "Traduction à faire relire" in lu
    await aida.post("/mandats/prerempli.pdf?langue=fr", typed, status=404)
    await aida.post("/mandats/prerempli.pdf?langue=ar", {**typed, "nom": "x" * 201}, status=422)


async def test_a_demande_without_mandat_gives_its_own_in_two_languages(now: datetime, tmp_path: Path) -> None:
    numero = await make_demande(now)
    await database.fetch("delete from mandats where demande = :n", n=numero)
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}/mandat")
    assert {f"/demandes/{numero}/mandat.pdf?langue={langue}" for langue in LANGUES} <= set(aida.page.links)
    response = await aida.get(f"/demandes/{numero}/mandat.pdf?langue=uk")
    (tmp_path / "mandat.pdf").write_bytes(response.content)
    assert "Dubois" in poppler("pdftotext", tmp_path / "mandat.pdf", "-")
    await aida.get(f"/demandes/{numero}/mandat.pdf?langue=fr", status=404)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}/mandat.pdf?langue=uk", status=403)


async def test_a_printer_that_gives_up_says_so_of_a_filled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async def give_up(*_: object, **__: object) -> bytes:
        raise ImpressionImpossible("Beaucoup de documents s’impriment en ce moment.", "pleine")

    monkeypatch.setattr(impression, "print_page", give_up)
    aida = await signed_in(CAST.aida)
    await aida.post("/mandats/prerempli.pdf?langue=en", {"nom": "Dubois"}, status=503)
    assert "Beaucoup de documents" in aida.page.texte
