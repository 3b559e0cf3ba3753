"""Acronyms are explained in place on the page of a demande, and nowhere else is a text touched."""

import time
from datetime import datetime

from markupsafe import Markup, escape

from app.referentiel.aide import sigles
from app.templating import Sigles, paragraphes
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande, make_message

DESCRIPTION = "La CSS et l’AAH sont coupées\u00a0; la CSS depuis juillet. Voir la MDPH."


async def test_the_first_time_each_is_met_it_is_explained(now: datetime) -> None:
    numero = await make_demande(now, description=DESCRIPTION)
    await make_message(numero, CAST.ines, "L’AAH et l’ASPA sont <b>vues</b>.", now, groupe=CAST.groupes.caf)
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    assert aida.html.count('<abbr title="complémentaire santé solidaire">CSS</abbr>') == 1
    assert aida.html.count(">AAH</abbr>") == aida.html.count(">ASPA</abbr>") == 1
    assert "Les sigles de cette page (4)" in aida.page.texte and "&lt;b&gt;vues" in aida.html
    assert "/aide/glossaire#aspa" in aida.page.links
    for url in (f"/demandes/{numero}/impression", f"/demandes/{numero}/impression.html"):
        await aida.get(url)
        assert "<abbr" not in aida.html and DESCRIPTION in aida.page.texte


async def test_a_page_without_any_says_nothing(now: datetime) -> None:
    numero = await make_demande(now, description="Plus de versement.")
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    assert "Les sigles de cette page" not in aida.page.texte


def test_only_whole_words_are_acronyms_and_the_text_is_the_same() -> None:
    texte = "CAFÉ, CAFT, XCAF, caf, MDPH22, «\u00a0CAF\u00a0», l’AAH & CAF."
    marked = Sigles().mark(paragraphes(texte))
    assert marked.count("<abbr") == 2
    assert marked.striptags() == Markup(f"<p>{escape(texte)}</p>").striptags()


def test_the_ones_of_the_issue_are_known() -> None:
    assert {"CSS", "ASPA", "AAH", "MDPH"} <= set(sigles())


def test_a_long_text_is_read_once() -> None:
    """Linear: ten times the text takes about ten times as long, whatever it repeats."""
    texts = [paragraphes("CAFCAFCAF CAF AA " * n) for n in (3_000, 30_000)]
    spent = []
    for text in texts:
        begun = time.process_time()
        Sigles().mark(text)
        spent.append(time.process_time() - begun)
    assert spent[1] < 40 * max(spent[0], 0.001)
