"""A name where there is little room."""

import pytest

from app.domain.mots.personnes import shorten_name


@pytest.mark.parametrize(
    ("prenom", "famille", "court"),
    [("Idir", "Hamel", "Idir H."), ("Idir", "hamel", "Idir H."), ("Accueil", "", "Accueil"), ("", "", "")],
)
def test_the_name_of_a_family_is_its_first_letter(prenom: str, famille: str, court: str) -> None:
    assert shorten_name(prenom, famille) == court
