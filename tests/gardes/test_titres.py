"""A title tells a page from its neighbours: its filters, its number, its copy on paper (RGAA 8.6)."""

from datetime import datetime
from pathlib import Path

import pytest

from app.database import fetch
from app.domain.echanges.fil import name_ligne
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import post
from tests.factories import make_demande
from tests.gardes.plan import ROUTES


@pytest.mark.parametrize(
    ("who", "adresse", "words"),
    [
        ("ines", "/demandes/recues?non_lues=1&q=dossier", ("« dossier »", "Non lues")),
        ("ines", "/demandes/recues?a_qui=instructeur", ("À nous de répondre",)),
        ("ines", "/demandes/recues?tri=recentes", ("les plus récentes d’abord",)),
        ("ines", "/demandes/recues?onglet=traitees&tri=urgentes", ("les plus urgentes d’abord",)),
        ("rose", "/groupes/{caf}?q=inès&role=instructeur", ("« inès »", "instructeurs")),
        ("rose", "/groupes/{caf}/demandes?etat=traitee", ("Traitée", "demande")),
        ("rose", "/groupes/{caf}/demandes?tri=lentes", ("Première réponse la plus lente",)),
        ("ines", "/groupes/{caf}/reponses?q=merci", ("« merci »",)),
        ("ada", "/administration/agents?q=inès", ("« inès »",)),
        ("ada", "/administration/journal?qui=inès&du=2026-11-01", ("« inès »", "du 2026-11-01")),
        ("ada", "/groupes?q=caf", ("« caf »",)),
        ("paul", "/deploiement?manques=1", ("où il manque un organisme",)),
        ("aida", "/statistiques?periode=2025", ("2025",)),
        ("aida", "/aide?q=mandat", ("« mandat »",)),
        ("aida", "/procedures?q=mandat", ("« mandat »",)),
        ("aida", "/demandes/{numero}", ("demande n° ",)),
        ("aida", "/demandes/{numero}/impression", ("demande n° ", "à imprimer")),
    ],
)
async def test_a_title_says_what_its_address_chooses(
    who: str, adresse: str, words: tuple[str, ...], now: datetime, store: Path
) -> None:
    numero = await make_demande(now)
    browser = await signed_in(getattr(CAST, who))
    adresse = adresse.format(caf=CAST.groupes.caf, numero=numero)
    await browser.get(adresse)
    said = browser.page.title.replace("\u00a0", " ")
    for word in words:
        assert word.replace("\u00a0", " ") in said, said


async def test_the_title_of_a_list_keeps_silent_on_the_order_in_which_its_tab_opens(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    for adresse in ("?tri=urgentes", "?onglet=traitees", "?onglet=traitees&tri=activite"):
        await ines.get(f"/demandes/recues{adresse}")
        assert "d’abord" not in ines.page.title


# What is no page of its own: a region, a file, a step to another page; the certificate comes once the title is gone.
NO_PAGE = {
    "presence",
    "suivante",
    "impression.html",
    "impression.pdf",
    "note.pdf",
    "mandat.pdf",
    "pieces-jointes.zip",
}
UNTITLED = {"effacement"}
PAGES = {
    "/demandes/{numero}": "ines",
    "/demandes/{numero}/cloture": "aida",
    "/demandes/{numero}/impression": "ines",
    "/demandes/{numero}/invitations": "ines",
    "/demandes/{numero}/mandat": "aida",
    "/demandes/{numero}/messages/{ligne}/correction": "ines",
    "/demandes/{numero}/note": "aida",
    "/demandes/{numero}/signalement": "ines",
}


def test_every_page_of_a_demande_is_walked() -> None:
    found = {
        route.chemin for route in ROUTES if route.methode == "GET" and "/demandes/{numero}" in route.chemin
    }
    assert {path for path in found if path.rpartition("/")[2] not in NO_PAGE | UNTITLED} == set(PAGES)


async def test_the_pages_of_a_demande_say_its_number_and_its_title(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    [demande] = await fetch("select titre from demandes where numero = :numero", numero=numero)
    ligne = name_ligne(await post(CAST.ines, numero, now, "Je regarde."))
    titles = set()
    for adresse, who in PAGES.items():
        browser = await signed_in(getattr(CAST, who))
        await browser.get(adresse.format(numero=numero, ligne=ligne))
        assert f"n° {numero}" in browser.page.title.replace("\u00a0", " "), adresse
        assert demande["titre"] in browser.page.title, adresse
        titles.add(browser.page.title)
    assert len(titles) == len(PAGES), titles
