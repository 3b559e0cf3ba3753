"""Folding: what two people typing the same word have in common."""

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.mots.folding import INVISIBLE, drop_unseen, fold, fold_same_length


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("ÉLODIE", "elodie"),
        ("Cœur", "coeur"),
        ("Lætitia", "laetitia"),
        ("STRASSE straße", "strasse strasse"),
        ("l’école d‘été", "l'ecole d'ete"),
        ("  Saint\u2011Brieuc \n\t 22 ", "saint-brieuc 22"),
        ("12\u202f345\u00a0€", "12 345 €"),
        ("Re\u0301my", "remy"),
        ("mar\u00adtin\u200b", "martin"),
        ("Łukasz Đorđe", "lukasz dorde"),
        ("１２３", "123"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_fold(texte: str, attendu: str) -> None:
    assert fold(texte) == attendu


@settings(deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing(texte: str) -> None:
    assert fold(fold(texte)) == fold(texte)


@settings(deadline=None)
@given(st.text(), st.text())
def test_case_and_spaces_do_not_count(avant: str, apres: str) -> None:
    assert fold(f" {avant}  {apres}\n") == fold(f"{avant} {apres}")


def test_each_character_keeps_its_place() -> None:
    wrong = [hex(code) for code in range(sys.maxunicode + 1) if len(fold_same_length(chr(code))) != 1]
    assert wrong == []


@settings(deadline=None)
@given(st.text())
def test_same_length(texte: str) -> None:
    assert len(fold_same_length(texte)) == len(texte)


def test_same_length_folds_what_it_can() -> None:
    assert fold_same_length("ÉTÉ\u00a0’\u2011œ\u200b\t\n") == f"ete '-œ{INVISIBLE} \n"


APOSTROPHES = "'\u2019\u2018\u00b4`\u2032\u02bb\u02bc\u02b9\uff07"


@pytest.mark.parametrize("apostrophe", APOSTROPHES)
def test_apostrophes_of_every_kind_are_one(apostrophe: str) -> None:
    for nom in ("N{}Guessan", "O{}Neil", "l{}été"):
        assert fold(nom.format(apostrophe)) == fold(nom.format("'"))
        assert fold_same_length(nom.format(apostrophe)) == fold_same_length(nom.format("'"))


def test_what_nobody_sees_in_what_is_pasted_is_dropped() -> None:
    assert drop_unseen("\u202a12\u201134\u202f56\u202c\u200b") == "12-34 56"
    assert drop_unseen("déjà vu") == "déjà vu"


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0301", "\U0001e130\U0001e2ec"])
def test_a_pile_of_marks_takes_no_longer_than_its_length(marks: str) -> None:
    """Unicode sorts the marks of one letter: a hundred thousand of them took twenty-five seconds."""
    started = time.process_time()
    assert fold("e" + marks * 50_000 + "te") == "ete"
    assert time.process_time() - started < 2
