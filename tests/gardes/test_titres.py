"""A title tells a page from its neighbours: its filters, its number, its copy on paper (RGAA 8.6)."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande


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


async def test_the_papers_of_a_demande_have_titles_of_their_own(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    aida = await signed_in(CAST.aida)
    titles = set()
    for end in ("", "/impression", "/note"):
        await aida.get(f"/demandes/{numero}{end}")
        assert f"n° {numero}" in aida.page.title.replace("\u00a0", " ")
        titles.add(aida.page.title)
    assert len(titles) == 3, titles
