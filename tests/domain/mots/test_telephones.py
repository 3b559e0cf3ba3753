"""French numbers as people type them."""

import pytest

from app.domain.mots.telephones import (
    is_known,
    is_mobile,
    list_numeros,
    normalise_numero,
    read_numero,
    say_fault,
    say_numero,
)
from tests.cas import read_cas

FUSEAUX = {
    "22": "Europe/Paris",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


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


@pytest.mark.parametrize(
    "cas", read_cas("telephones_sms"), ids=lambda cas: f"{cas['departement']} {cas['saisi']!a}"
)
def test_the_territory_of_the_demande_is_dialled_first(cas: dict[str, str]) -> None:
    assert read_numero(cas["saisi"], FUSEAUX[cas["departement"]]) == cas["juste"]


@pytest.mark.parametrize(
    ("departement", "saisi", "juste"),
    [
        ("988", "(+687) 75-12-34", "+687751234"),
        ("988", "00687751234", "+687751234"),
        ("988", "687 75 12 34", "+687751234"),
        ("988", "0612345678", "+33612345678"),
        ("975", "0508 55 12 34", "+508551234"),
        ("22", "0508 55 12 34", "+508551234"),
        ("986", "72 12 34", "+681721234"),
        ("978", "0690 12 34 56", "+590690123456"),
        ("976", "0692 12 34 56", "+262692123456"),
        ("22", "+33 0612345678", "+33612345678"),
        ("22", "33612345678", "+33612345678"),
        ("22", "６１２３４５６７８", "+33612345678"),
        ("22", "Tél. : 06·12·34·56·78", "+33612345678"),
        ("22", "tel:+33612345678", "+33612345678"),
        ("22", "06,12,34,56,78.", "+33612345678"),
        ("22", "06_12_34_56_78", "+33612345678"),
        ("22", "06|12|34|56|78", "+33612345678"),
        ("22", "06:12:34:56:78", "+33612345678"),
        ("22", "06;12;34;56;78", "+33612345678"),
        ("22", "06'12'34'56'78", "+33612345678"),
        ("22", "06\t12 34 56 78", "+33612345678"),
        ("22", "06 12 34 56 78 (sa fille)", "+33612345678"),
        ("22", "N° 06 12 34 56 78", "+33612345678"),
        ("22", "Tél. portable\u00a0: 06 12 34 56 78", "+33612345678"),
        ("22", "sms:+33612345678", "+33612345678"),
        ("22", "📞 06 12 34 56 78", "+33612345678"),
        ("22", "«\u00a006 12 34 56 78\u00a0»", "+33612345678"),
        ("22", "'0612345678", "+33612345678"),
        ("22", '="0612345678"', "+33612345678"),
        ("22", "+689 87 12 34 56", "+68987123456"),
        ("974", "692 12 34 56", "+262692123456"),
        ("974", "+2620692123456", "+262692123456"),
    ],
)
def test_other_ways_of_typing_a_number(departement: str, saisi: str, juste: str) -> None:
    assert read_numero(saisi, FUSEAUX[departement]) == juste


def test_a_number_of_several_territories_is_asked_again() -> None:
    """Seen from Brittany, nobody knows whether it rings in Nouméa or in Saint-Pierre."""
    assert list_numeros("75 12 34") == ["+508751234", "+687751234"]
    assert read_numero("75 12 34", "Europe/Paris") is None
    phrase = say_fault("75 12 34", "Europe/Paris")
    assert "plusieurs territoires" in phrase
    assert "Saint-Pierre-et-Miquelon" in phrase and "+687" in phrase
    assert read_numero("+687 75 12 34", "Europe/Paris") == "+687751234"
    assert "n’est pas un numéro français complet" in say_fault("06 12", "Europe/Paris")


@pytest.mark.parametrize(
    ("departement", "saisi", "abroad"),
    [("22", "87 12 34 56", "+689"), ("988", "87 12 34 56", "+689"), ("974", "55 12 34", "+508")],
)
def test_a_number_that_lacks_its_beginning_rings_at_nobody_else(
    departement: str, saisi: str, abroad: str
) -> None:
    """« 06 87 12 34 56 » without its « 06 » is the number of somebody in Tahiti."""
    assert read_numero(saisi, FUSEAUX[departement]) is None
    assert abroad in say_fault(saisi, FUSEAUX[departement])


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200e", "\u202a", "\u202d", "\u2066", "\ufeff", "\u00ad", "\u2060"]
)
@pytest.mark.parametrize(
    "dash", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\uff0d", " ", "\u202f"]
)
def test_what_is_not_seen_and_dashes_of_any_kind_do_not_count(unseen: str, dash: str) -> None:
    assert read_numero(f"{unseen}06{dash}12{dash}34{dash}56{dash}78{unseen}") == "+33612345678"
    assert is_known(f"{unseen}+33{dash}6{dash}12{dash}34{dash}56{dash}78")


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        *(
            (typed, "0612345678")
            for typed in (
                "0612345678",
                "+33 (0)6 12 34 56 78",
                "0033612345678",
                "33612345678",
                "33 6 12 34 56 78",
            )
        ),
        *((typed, "0692123456") for typed in ("0692 12 34 56", "+262 692 12 34 56", "262692123456")),
        *((typed, "+32470123456") for typed in ("+32 470 12 34 56", "0032470123456")),
        ("3646", "3646"),
        ("", ""),
    ],
)
def test_the_same_number_is_compared_as_one(typed: str, compared: str) -> None:
    assert normalise_numero(typed) == compared == normalise_numero(compared)
