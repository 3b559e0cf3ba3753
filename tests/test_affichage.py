"""What a browser keeps of the display: words of closed lists, whatever the cookie holds."""

import pytest

from app.affichage import Affichage, Clavier, Couleurs, Mouvement, Texte


def test_every_choice_comes_back_from_its_cookie() -> None:
    for couleurs in Couleurs:
        for texte in Texte:
            for mouvement in Mouvement:
                for clavier in Clavier:
                    chosen = Affichage(couleurs, texte, mouvement, clavier)
                    assert Affichage.of_cookie(chosen.as_cookie()) == chosen


def test_no_word_stands_in_two_lists() -> None:
    words = [*Couleurs, *Texte, *Mouvement, *Clavier]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("kept", ["", ".", "rouge", '"><script>', "sombre" * 900, "normal.normal.dark"])
def test_a_cookie_that_is_none_of_ours_chooses_nothing(kept: str) -> None:
    assert Affichage.of_cookie(kept) == Affichage()


def test_what_was_not_chosen_follows_the_browser() -> None:
    assert Affichage().attributs() == {"data-theme": None, "data-texte": None, "data-mouvement": None}
    assert Affichage().color_scheme == "light dark"
    assert Affichage.of_cookie("grand") == Affichage(texte=Texte.GRAND)
