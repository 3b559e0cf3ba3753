"""What a refusal carries to the page that shows it, and to a log."""

import pytest

from app.domain.regles.errors import Conflit, Disparu, Invalide, Refus, TropDeDemandes


@pytest.mark.parametrize("kind", [Refus, Conflit, Disparu, TropDeDemandes])
def test_a_refusal_carries_its_sentence(kind: type[Refus | Conflit | Disparu | TropDeDemandes]) -> None:
    error = kind("Réessayez plus tard.")
    assert error.phrase == str(error) == "Réessayez plus tard."


def test_without_a_sentence_a_refusal_still_says_something() -> None:
    assert Refus().phrase == "Vous n’avez pas le droit de faire cette action."


def test_what_is_invalid_names_the_fields_in_page_order_and_never_what_was_typed() -> None:
    said = {"titre": "Saisissez un titre.", "nom": "Saisissez un nom."}
    error = Invalide(said)
    assert str(error) == "titre, nom"
    said.clear()
    assert error.erreurs == {"titre": "Saisissez un titre.", "nom": "Saisissez un nom."}
