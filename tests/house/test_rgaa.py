"""docs/rgaa.md answers every criterion of the RGAA 4.1.2 and names tests that exist; `/accessibilite` says the same."""

import re
from collections import Counter
from typing import NamedTuple

import pytest

from app.settings import ROOT
from tests.house.exigences import is_a_test, read_page, read_rows, read_tests

# How many criteria each theme holds: they are numbered from one, without a hole.
THEMES = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}
ETATS = ("conforme", "à vérifier", "non conforme", "non applicable")
PAGE = read_page("rgaa.md")
DECLARATION = (ROOT / "app/partials/mentions/accessibilite.html").read_text(encoding="utf-8")


class Critere(NamedTuple):
    """One criterion, as the page answers it."""

    numero: str
    demande: str
    etat: str
    comment: str
    tests: list[str]


CRITERES = [
    Critere(numero, demande, etat.strip("*"), comment, read_tests(tests))
    for numero, demande, etat, comment, tests in read_rows(PAGE)
]


def test_no_criterion_is_missing() -> None:
    expected = [f"{theme}.{n}" for theme, last in THEMES.items() for n in range(1, last + 1)]
    assert len(expected) == 106
    assert [critere.numero for critere in CRITERES] == expected


@pytest.mark.parametrize("critere", CRITERES, ids=lambda critere: critere.numero)
def test_each_is_answered_and_its_tests_exist(critere: Critere) -> None:
    assert critere.etat in ETATS
    assert critere.demande and critere.comment
    if critere.etat == "conforme":
        assert critere.tests or re.search(r"\d+ novembre 2026", critere.comment), "a test, or a day"
    assert [test for test in critere.tests if not is_a_test(test)] == []


def test_the_page_counts_itself_and_the_declaration_says_the_same() -> None:
    counts = Counter(critere.etat for critere in CRITERES)
    applicable = 106 - counts["non applicable"]
    rate = 100 * counts["conforme"] // applicable
    said = ", ".join(f"{etat} {counts[etat]}" for etat in ETATS)
    assert f"{said}\u00a0: {rate}\u00a0%" in PAGE
    assert f"{rate}\u00a0%" in DECLARATION
    assert f"({counts['conforme']} sur {applicable})" in DECLARATION
    for etat, word in (("non conforme", "Non conforme"), ("à vérifier", "À vérifier")):
        numbers = [critere.numero for critere in CRITERES if critere.etat == etat]
        assert re.findall(rf"<li>{word} (\d+\.\d+)", DECLARATION) == numbers


def test_the_page_declares_its_colour_and_its_ground_together() -> None:
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static/aplus.css").read_text(encoding="utf-8"), flags=re.S)
    body = re.search(r"^body \{(.*?)\}", css, re.S | re.M)
    assert body and {"background", "color"} <= set(re.findall(r"([a-z-]+):", body[1]))
    # What is set on a picture would lose its ground without it; nothing else takes the ground of the page away.
    assert not re.search(r"background[a-z-]*:[^;}]*(url|gradient)\(", css)
