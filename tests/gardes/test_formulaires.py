"""Every form of every page says what it asks: labels that are seen, asterisks explained, fields grouped (RGAA 11); and
every link where it leads (RGAA 6.1)."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.gardes.essai import undone
from tests.gardes.formulaires import form_faults
from tests.gardes.gestes import adresse_of, prepare
from tests.gardes.liens import link_faults
from tests.gardes.matrice import read_table
from tests.gardes.roles import make_scene

pytestmark = pytest.mark.usefixtures("papier")


async def test_every_form_of_every_page_says_what_it_asks(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    faults, forms = set[str](), 0
    for key, where, cells in read_table():
        if where != "ici" or not key.startswith("GET ") or key.startswith("GET /_courriels"):
            continue
        async with undone():
            await prepare(key, scene.ici)
            for role in (role for role, cell in cells.items() if cell == "200"):
                reponse = await scene.visiteurs[role].get(adresse_of(key, scene.ici))
                if reponse.is_html:
                    forms += reponse.texte.count("<form")
                    seen = [*form_faults(reponse.texte), *link_faults(reponse.texte)]
                    faults |= {f"{key.partition(' · ')[0]}: {fault}" for fault in seen}
    assert not faults, "\n  ".join(["", *sorted(faults)])
    assert forms > 500


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<label class="fr-sr-only" for="a">Nom</label><input id="a" name="a">', "no label to see: a"),
        ('<input name="a">', "no label to see: a"),
        (
            '<label for="a">Nom<span class="ap-requis"> *</span></label><input id="a" name="a" aria-required="true">',
            "an asterisk is not explained before it is met",
        ),
        (
            '<label for="a">Nom</label><input id="a" name="a" aria-required="true">',
            "an asterisk without its word, or a word without its asterisk: a",
        ),
        (
            '<form><label for="a">A</label><input type="checkbox" id="a" name="a">'
            '<label for="b">B</label><input type="checkbox" id="b" name="b"></form>',
            "fields of one kind in no group: a, b",
        ),
        (
            '<form><label for="a">A</label><input id="a" name="prenom"><fieldset><legend>B</legend>'
            '<label for="b">B</label><input id="b" name="nom"></fieldset></form>',
            "fields of one kind in no group: prenom, nom",
        ),
    ],
)
def test_each_fault_is_seen(page: str, fault: str) -> None:
    assert list(form_faults(page)) == [fault]


def test_two_links_of_one_name_and_two_places_are_seen() -> None:
    line = '<ul><li>{}<a href="/{}"><b>Voir</b></a></li></ul>'
    assert list(link_faults(line.format("", "a") + line.format("", "b"))) == ["« Voir » leads to /a and /b"]
    assert not list(link_faults(line.format("n° 1", "a") + line.format("n° 2", "b")))
