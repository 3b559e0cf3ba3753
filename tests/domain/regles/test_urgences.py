"""The words of the badge that says that a demande is urgent."""

import pytest

from app.domain.regles.urgences import MotifUrgence, say_urgence


@pytest.mark.parametrize(
    ("motif", "precision", "badge"),
    [
        (None, "", ""),
        (None, "des mots d’avant", ""),
        (MotifUrgence.COUPURE, "", "Urgente : coupure"),
        (MotifUrgence.COUPURE, "l’eau", "Urgente : coupure"),
        (MotifUrgence.AUTRE, "hospitalisation", "Urgente : hospitalisation"),
        (MotifUrgence.AUTRE, "", "Urgente"),
    ],
)
def test_the_badge_says_why(motif: MotifUrgence | None, precision: str, badge: str) -> None:
    assert say_urgence(motif, precision) == badge
