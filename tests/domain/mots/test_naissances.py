"""A birth typed freely: read as far as it is written, said to be odd only when it is."""

from datetime import date

import pytest

from app.domain.mots.naissances import check_naissance, compare_nir, read_naissance

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("texte", "lu"),
    [
        ("1990", (1990, None, None)),
        ("vers 1950", (1950, None, None)),
        ("03/1990", (1990, 3, None)),
        ("12/03/1990", (1990, 3, 12)),
        ("12.03.1990", (1990, 3, 12)),
        ("12 mars 1990", (1990, 3, 12)),
        ("1er août 1990", (1990, 8, 1)),
        ("née en février 1990", (1990, 2, None)),
        ("1990-03-12", (1990, 3, 12)),
        ("12031990", (1990, 3, 12)),
        ("né le 19900312", (1990, 3, 12)),
        ("1990/03/12", (1990, 3, 12)),
        ("12_03_1990", (1990, 3, 12)),
        ("12, 03, 1990", (1990, 3, 12)),
        ("12mars1990", (1990, 3, 12)),
        ("12/mars/1990", (1990, 3, 12)),
        ("99999999", (None, None, None)),
        ("demain", (None, None, None)),
    ],
)
def test_a_birth_is_read_as_far_as_it_is_written(
    texte: str, lu: tuple[int | None, int | None, int | None]
) -> None:
    assert read_naissance(texte) == lu


@pytest.mark.parametrize(
    "texte", ["", "1990", "vers 1950", "29/02/1988", "24/11/2026", "1906", "12 mars 1990"]
)
def test_a_likely_birth_is_let_alone(texte: str) -> None:
    assert check_naissance(texte, TODAY) is None


@pytest.mark.parametrize(
    ("texte", "mot"),
    [
        ("31/02/1990", "n’existe pas"),
        ("31 février 1990", "n’existe pas"),
        ("12/13/1990", "n’existe pas"),
        ("0/0/1990", "n’existe pas"),
        ("2030", "pas encore passée"),
        ("25/11/2026", "pas encore passée"),
        ("demain", "pas d’année"),
        ("12/03/68", "pas d’année"),
        ("1875", "plus de 120 ans"),
    ],
)
def test_an_odd_birth_is_said(texte: str, mot: str) -> None:
    assert mot in (check_naissance(texte, TODAY) or "")


@pytest.mark.parametrize(
    ("nir", "naissance", "mot"),
    [
        ("2 85 05 22 070 001 07", "12/05/1985", None),
        ("2 85 05 22 070 001 07", "1985", None),
        ("2 85 05 22 070 001 07", "jamais", None),
        ("2 85 62 22 070 001 07", "12/05/1985", None),
        ("285", "1990", None),
        ("2 85 05 22 070 001 07", "1986", "85"),
        ("2 85 05 22 070 001 07", "12/06/1985", "mois 5"),
    ],
)
def test_a_nir_is_compared_to_the_birth(nir: str, naissance: str, mot: str | None) -> None:
    said = compare_nir(nir, naissance)
    assert said is None if mot is None else said and mot in said
