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
        ("rose", "/groupes/{caf}?q=inès&role=instructeur", ("« inès »", "instructeurs")),
        ("rose", "/groupes/{caf}/demandes?etat=traitee", ("Traitée", "demande")),
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
