"""« de » and « d’ »."""

import pytest

from app.domain.mots.elision import de


@pytest.mark.parametrize(
    ("nom", "said"),
    [
        ("Rose", "de Rose"),
        ("Aïda", "d’Aïda"),
        ("Élie", "d’Élie"),
        ("Œno", "d’Œno"),
        ("Yann", "de Yann"),
        ("", "de "),
    ],
)
def test_de(nom: str, said: str) -> None:
    assert de(nom) == said
