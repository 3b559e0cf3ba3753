"""French numbers as people type them."""

import pytest

from app.domain.mots.telephones import is_known, is_mobile, read_numero, say_numero


@pytest.mark.parametrize(
    ("texte", "numero", "mobile"),
    [
        ("06 12 34 56 78", "+33612345678", True),
        ("06.12.34.56.78", "+33612345678", True),
        ("+33 (0)6 12 34 56 78", "+33612345678", True),
        ("0033612345678", "+33612345678", True),
        ("0765432109", "+33765432109", True),
        ("0692 12 34 56", "+262692123456", True),
        ("0690123456", "+590690123456", True),
        ("0696123456", "+596696123456", True),
        ("0694 20 12 34", "+594694201234", True),
        ("87 12 34 56", "+68987123456", True),
        ("06 39 98 12 34", "+33639981234", True),
        ("02 96 01 02 03", "+33296010203", False),
        ("0262 20 00 00", "+262262200000", False),
    ],
)
def test_a_french_number_is_read_however_typed(texte: str, numero: str, mobile: bool) -> None:
    assert read_numero(texte) == numero
    assert is_mobile(numero) is mobile


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "06 12",
        "abc",
        "3631",
        "+32 470 12 34 56",
        "+352 621 123 456",
        "06 12 34 56 78 ou 07",
        "1" * 400,
        "+" * 9,
    ],
)
def test_the_rest_is_no_french_number(texte: str) -> None:
    assert read_numero(texte) is None


def test_a_number_is_said_as_at_home() -> None:
    assert say_numero("+33612345678") == "06 12 34 56 78".replace(" ", "\u00a0")
    assert say_numero("+262692123456") == "0692 12 34 56".replace(" ", "\u00a0")
    assert say_numero("") == ""


@pytest.mark.parametrize(
    ("texte", "is_one"),
    [("06 12 34 56 78", True), ("+32 2 555 12 12", True), ("0296", False), ("", False), ("9" * 20, False)],
)
def test_a_number_of_any_country_is_known(texte: str, is_one: bool) -> None:
    assert is_known(texte) is is_one
