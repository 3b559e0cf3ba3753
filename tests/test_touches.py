"""Keyboard shortcuts: one letter each, the keys that each browser wants held, and nothing while they are off."""

import pytest

from app.touches import Modificateur, Touche, Touches, read_modificateur

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15"
)


@pytest.mark.parametrize(
    ("said", "modificateur", "announced", "words"),
    [
        (FIREFOX, Modificateur.FIREFOX, "Alt+Shift+R", "Alt + Maj + R"),
        (CHROME, Modificateur.AUTRE, "Alt+R", "Alt + R"),
        (SAFARI, Modificateur.MAC, "Control+Alt+R", "Ctrl + Option + R"),
        ("", Modificateur.AUTRE, "Alt+R", "Alt + R"),
    ],
)
def test_a_browser_is_told_its_own_keys(
    said: str, modificateur: Modificateur, announced: str, words: str
) -> None:
    touches = Touches(True, read_modificateur(said))
    assert touches.modificateur is modificateur
    assert touches.of("repondre") == {"accesskey": "r", "aria-keyshortcuts": announced}
    assert touches.say(Touche.REPONDRE) == words


def test_no_letter_does_two_things_or_belongs_to_the_browser() -> None:
    lettres = [touche.fiche.lettre for touche in Touche]
    assert len(lettres) == len(set(lettres))
    assert not set(lettres) & set("def")


def test_what_has_no_key_and_what_is_off_has_nothing() -> None:
    assert Touches(True).of("traitee") == {}
    assert all(Touches().of(touche) == {} for touche in Touche)
