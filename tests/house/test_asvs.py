"""docs/asvs.md answers every requirement of the ASVS 5.0, levels 1 and 2, and names tests that exist."""

from collections import Counter
from typing import NamedTuple

import pytest

from tests.house.exigences import is_a_test, read_page, read_rows, read_tests

# Requirements of each section at these levels: the standard numbers them from one, without a hole.
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
    "17.1": 1,
    "17.2": 4,
    "17.3": 2,
}
STATES = {"met", "partly", "not met", "operator", "n/a"}
PAGE = read_page("asvs.md")


class Ligne(NamedTuple):
    """One requirement, as the page answers it."""

    numero: str
    niveau: str
    demande: str
    etat: str
    comment: str
    tests: list[str]


LIGNES = [
    Ligne(numero, niveau, demande, etat.strip("*"), comment, read_tests(tests))
    for numero, niveau, demande, etat, comment, tests in read_rows(PAGE)
]


def test_no_requirement_is_missing() -> None:
    expected = [f"{section}.{n}" for section, last in SECTIONS.items() for n in range(1, last + 1)]
    assert len(expected) == 253
    assert [ligne.numero for ligne in LIGNES] == expected


@pytest.mark.parametrize("ligne", LIGNES, ids=lambda ligne: ligne.numero)
def test_each_is_answered_and_its_tests_exist(ligne: Ligne) -> None:
    assert ligne.etat in STATES and ligne.niveau in {"1", "2"}
    assert ligne.demande and ligne.comment, "what is asked, and how or why not"
    assert ligne.tests or ligne.etat != "met", "what is met has a test"
    assert [test for test in ligne.tests if not is_a_test(test)] == []


def test_the_page_counts_itself() -> None:
    counts = Counter(ligne.etat for ligne in LIGNES)
    said = ", ".join(f"{etat} {counts[etat]}" for etat in ("met", "partly", "not met", "operator", "n/a"))
    assert f"{said}." in PAGE
