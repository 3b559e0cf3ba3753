"""What people type is made safe to read, in a time that does not depend on who typed it."""

import unicodedata

import pytest

from app.domain.mots.folding import fold
from app.formulaire import MARKS_MAX, REPETES, ChampRepete, Formulaire, clean

ACUTE, DOT_BELOW, TIBETAN, HALF_WIDTH, MENDE = "\u0301", "\u0323", "\u0f73", "\uff9e", "\U0001e8d0"


def longest_run(texte: str) -> int:
    """How many marks follow one another, once everything is decomposed."""
    longest = run = 0
    for char in unicodedata.normalize("NFKD", texte):
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    "pile",
    [
        ACUTE * 250_000 + DOT_BELOW * 250_000,
        TIBETAN * 300_000,
        ACUTE * 100_000 + HALF_WIDTH * 100_000,
        (ACUTE * 29 + MENDE * 29) * 4_000,
    ],
    ids=["accents", "decomposed", "half-width", "two scripts"],
)
def test_a_pile_of_accents_holds_nobody_up(pile: str) -> None:
    """Left whole, one of these takes minutes to compose, for everyone: a hang here is the failure."""
    cleaned = clean(f"a{pile}b")
    assert cleaned.endswith("b")
    assert longest_run(cleaned) <= 2 * MARKS_MAX
    fold(cleaned)


@pytest.mark.parametrize(
    "texte", ["é" * 1_000, "Nguyễn Thị Ệ", "שָׁלוֹם", "ཀྵུ", "भारत", "ก็ 😀", "e" + ACUTE * MARKS_MAX]
)
def test_what_people_write_is_kept(texte: str) -> None:
    assert clean(texte) == unicodedata.normalize("NFC", texte)


def test_nobody_turns_the_line_of_a_page_around() -> None:
    """A name that begins to be read backwards took the words after it along, in every list where it stood."""
    assert clean("Aïda\u202e") == "Aïda" and clean("\u202a06 12 34 56 78\u202c") == "06 12 34 56 78"
    assert clean("א\u2067ב\u2069 مرحبا\u200f!") == "אב مرحبا\u200f!"


def test_accents_apart_are_put_together() -> None:
    assert clean(f" Ame{ACUTE}lie\r\n\x00 ") == "Amélie"


def test_a_field_of_one_value_does_not_come_twice() -> None:
    """Else a check could read one value and the act another: the first, the last, or both joined by a proxy."""
    for values in (("1", "2"), ("1", "1"), ("", "")):
        with pytest.raises(ChampRepete):
            Formulaire.of_pairs([("note", value) for value in values])
    for nom in REPETES:
        assert Formulaire.of_pairs([(nom, "1"), (nom, "2")]).textes(nom) == ["1", "2"]


def test_the_names_of_two_chosen_files_are_no_repeated_field() -> None:
    """A step that follows the typing is not multipart: the browser then sends the name of each file chosen."""
    chosen = [("titre", "Un titre"), ("fichiers", "a.pdf"), ("fichiers", "b.pdf")]
    assert Formulaire.of_pairs(chosen).texte("titre") == "Un titre"
