"""The printed mandat: what it looks like, what it says, and what names may do to it."""

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app import impression
from app.domain.mandats.textes import VERSION, ModeleMandat, TexteIntrouvable, get_texte
from app.domain.regles.errors import Invalide
from app.impression import STYLE, MandatAImprimer, close_imprimerie, html_mandat, name_pdf, print_mandat
from tests.feuilles import ESPACES, list_overflows, list_pages, measure_smallest
from tests.poppler import poppler, uncompressed

REMPLI = MandatAImprimer(
    prenom="Marie-Thérèse Françoise",
    nom="Le Goff-Kerguénou",
    naissance="12 mars 1974",
    structure="Maison France Services de Saint-Nicolas-du-Pélem",
    agent="Aïda Kermarrec",
    lieu="Saint-Nicolas-du-Pélem",
    date=date(2026, 12, 1),
)
LONG = MandatAImprimer("Wolfeschlegelsteinhausenbergerdorff " * 5, "W" * 200, "1974", "W" * 200, "A " * 90)


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    close_imprimerie()


def _print(modele: str, mandat: MandatAImprimer, dossier: Path) -> Path:
    pdf = dossier / "mandat.pdf"
    pdf.write_bytes(asyncio.run(print_mandat(modele, VERSION, mandat, par="essai")))
    return pdf


def _fold(lu: str) -> str:
    return " ".join(lu.replace("\u00a0", " ").replace("\u202f", " ").split())


def _letters(lu: str) -> str:
    """Without spaces or hyphens: poppler drops the hyphen that ends a line."""
    return re.sub(r"[\s-]", "", lu)


# --- The document ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mandat", [MandatAImprimer(), REMPLI], ids=["vierge", "rempli"])
@pytest.mark.parametrize(
    ("modele", "titre", "pages"),
    [
        (ModeleMandat.STANDARD, "Mandat pour débloquer une situation administrative", 2),
        (ModeleMandat.GRANDS_CARACTERES, "Mandat pour débloquer une situation administrative – grands", 4),
        (ModeleMandat.FALC, "Je donne un mandat", 5),
    ],
)
def test_the_pdf_is_tagged_titled_french_and_a4(
    modele: ModeleMandat, titre: str, pages: int, mandat: MandatAImprimer, tmp_path: Path
) -> None:
    pdf = _print(modele, mandat, tmp_path)
    fiche = dict(ligne.split(":", 1) for ligne in poppler("pdfinfo", pdf).splitlines())
    assert fiche["Tagged"].strip() == "yes"
    assert fiche["Title"].strip().startswith(titre)
    assert "(A4)" in fiche["Page size"]
    assert int(fiche["Pages"]) <= pages
    assert fiche["JavaScript"].strip() == "no"
    assert 'pdfuaid:part="1"' in poppler("pdfinfo", "-meta", pdf)
    objets = uncompressed(pdf.read_bytes())
    assert b"/Lang (fr)" in objets
    assert b"/DisplayDocTitle true" in objets
    # Every font travels with the file.
    polices = poppler("pdffonts", pdf).splitlines()[2:]
    assert polices
    assert all(re.search(r"Identity-H +yes yes yes", p) for p in polices)


@pytest.mark.parametrize("mandat", [MandatAImprimer(), LONG], ids=["vierge", "long"])
@pytest.mark.parametrize("espaces", ["", ESPACES], ids=["tel quel", "espacé"])
@pytest.mark.parametrize(("modele", "points"), [("standard", 11), ("grands-caracteres", 18), ("falc", 15)])
def test_letters_are_large_and_nothing_overflows_even_when_spaced(
    *,
    modele: str,
    points: float,
    espaces: str,
    mandat: MandatAImprimer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        impression, "get_texte", lambda v, nom: get_texte(v, nom) + (espaces if nom == STYLE else "")
    )
    pdf = _print(modele, mandat, tmp_path)
    assert measure_smallest(pdf) >= points
    assert list_overflows(pdf) == []
    pages = list_pages(pdf)
    titres = set(re.findall(r"<h2>(.*?)</h2>", html_mandat(modele, VERSION, mandat)))
    for rang, page in enumerate(pages, 1):
        assert page[-1].endswith(f" · {rang}/{len(pages)}")
        assert page[-2] not in titres, "a heading stays with its text"
    # What is signed is on the page of the signature, with the end of what comes before.
    before, signed, after = _letters("".join(pages[-1])).partition("J’aicompriscedocument")
    assert signed and "Pourlastructure:" in after
    assert "cnil.fr" in before or modele == "falc", (
        "easy to read, no part is cut: that of the signature is whole"
    )


@pytest.mark.parametrize("modele", ModeleMandat)
def test_the_text_order_is_the_reading_order(modele: ModeleMandat, tmp_path: Path) -> None:
    html = html_mandat(modele, VERSION, REMPLI)
    blocs = re.findall(r"<(p|h1|h2|li)\b[^>]*>(.*?)</\1>", html, re.DOTALL)
    attendus = [_letters(re.sub(r"<[^>]+>", "", bloc)) for _, bloc in blocs]
    pdf = _print(modele, REMPLI, tmp_path)
    # Twice: as laid out on paper, then as the structure tree gives it to a screen reader.
    lectures = (poppler("pdftotext", pdf, "-"), " ".join(_structure(pdf)))
    for lecture in lectures:
        lu, debut = _letters(lecture), 0
        for bloc in attendus:
            # A page break puts the foot of the page in the middle of a paragraph: its first words are enough.
            debut = lu.find(bloc[:60], debut)
            assert debut >= 0, bloc


def _structure(pdf: Path) -> list[str]:
    arbre = poppler("pdfinfo", "-struct-text", pdf)
    return re.findall(r'^\s*"(.*)"$', arbre, re.MULTILINE)


def test_headings_and_lists_are_tagged(tmp_path: Path) -> None:
    arbre = poppler("pdfinfo", "-struct", _print(ModeleMandat.STANDARD, REMPLI, tmp_path))
    assert arbre.count("H1") == 1
    assert arbre.count("H2") == 8
    assert arbre.count("LI") == 6


def test_a_blank_mandat_has_every_line_to_fill() -> None:
    html = html_mandat("standard", VERSION, MandatAImprimer())
    assert re.findall(r'class="valeur"[^>]*>(.*?)</span>', html) == [""] * 7
    assert "None" not in html


def test_a_prefilled_mandat_says_what_was_given(tmp_path: Path) -> None:
    lu = _fold(poppler("pdftotext", _print("standard", REMPLI, tmp_path), "-"))
    assert "Prénom : Marie-Thérèse Françoise" in lu
    assert "Nom : Le Goff-Kerguénou" in lu
    assert "Structure : Maison France Services de Saint-Nicolas-du-Pélem" in lu
    assert "Le : mardi 1er décembre 2026" in lu


def test_the_html_view_is_the_same_text_with_the_given_style() -> None:
    html = html_mandat("falc", VERSION, REMPLI, feuille="/mandats/style.css?a=1&b=2")
    assert 'href="/mandats/style.css?a=1&amp;b=2"' in html
    assert "style=" not in html
    assert "<script" not in html
    assert html.count("<h1>") == 1
    h1 = re.search(r"<h1>(.*?)</h1>", html)
    assert h1
    assert f"<title>{h1[1]}" in html


@pytest.mark.parametrize("modele", ["inconnu", "../standard", "sms", ""])
def test_an_unknown_model_is_refused(modele: str) -> None:
    with pytest.raises(TexteIntrouvable):
        html_mandat(modele, VERSION, REMPLI)


def test_the_download_name_says_what_it_is_and_names_nobody() -> None:
    assert name_pdf("falc", VERSION, vierge=True) == f"mandat-administration-plus-falc-vierge-{VERSION}.pdf"


# --- Names nobody expects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "lu"),
    [
        ("x" * 200, "x" * 60),
        ("Wolfeschlegelsteinhausenbergerdorff " * 5, "Wolfeschlegelsteinhausenbergerdorff"),
        ("محمد بن عبد الله", ""),
        ("דוד בן־גוריון", ""),
        ("李小龍 " * 20, ""),
        ("Zoé 👩‍👩‍👧‍👦🇫🇷🏳️‍🌈", "Zoé"),
        ("Z" + "\u0301" * 150, ""),
        ("<b>Gras</b>", "<b>Gras</b>"),
        ("<b>" * 60, "<b><b><b>"),
        ("</span></p><img src=file:///etc/passwd>", "</span></p><img src=file:///etc/passwd>"),
        ("{{ 7 * 7 }}{% raw %}", "{{ 7 * 7 }}{% raw %}"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("Le\x00 Goff\x1b[31m\n\nAnne\u202e\u2066", "Le Goff [31m Anne"),
        ("\ud800Marie", "Marie"),
    ],
)
def test_a_strange_name_gives_a_clean_pdf(nom: str, lu: str, tmp_path: Path) -> None:
    pdf = _print("standard", MandatAImprimer(prenom="Ève", nom=nom, structure=nom), tmp_path)
    imprime = poppler("pdftotext", pdf, "-")
    assert "".join(lu.split()) in "".join(imprime.split())
    assert "8. Date et signatures" in _fold(imprime)
    assert "root:" not in imprime


@pytest.mark.parametrize("nom", ["x" * 201, "<b>" * 500, "x" * 100_000, " " * 100_000])
@pytest.mark.parametrize("champ", ["prenom", "nom", "naissance", "structure", "agent", "lieu"])
def test_a_name_too_long_is_refused_clearly(champ: str, nom: str) -> None:
    with pytest.raises(Invalide) as refus:
        html_mandat("standard", VERSION, MandatAImprimer(**{champ: nom}))  # type: ignore[arg-type]
    assert refus.value.erreurs == {champ: "Ce champ dépasse 200 caractères."}


# --- Names in other writings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "font"), [("王小明", "Droid"), ("தமிழ்", "Free"), ("محمد", "DejaVu"), ("Дмитрий", "Liberation")]
)
def test_a_name_in_another_writing_is_drawn(nom: str, font: str, tmp_path: Path) -> None:
    pdf = _print("standard", MandatAImprimer(prenom=nom, nom="Le Goff"), tmp_path)
    assert font in poppler("pdffonts", pdf)
    assert nom[0] in poppler("pdftotext", pdf, "-")
    assert "à écrire à la main" not in _fold(poppler("pdftotext", pdf, "-"))


def test_a_name_no_font_draws_is_said_to_be_written_by_hand(tmp_path: Path) -> None:
    """Boxes would be signed by nobody."""
    mandat = MandatAImprimer(prenom="\U00012000\U00012001", nom="Le Goff")
    said = _fold(poppler("pdftotext", _print("standard", mandat, tmp_path), "-"))
    assert "à écrire à la main : cette écriture ne s’imprime pas ici" in said
    assert "Le Goff" in said
    # On screen, the fonts of the reader draw it.
    assert "\U00012000" in html_mandat("standard", VERSION, mandat)
