"""Identifiers of an usager: warned, compared, masked (product.md §5.3, §7)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.mots.identifiants import (
    NatureIdentifiant,
    check_identifiant,
    mask_identifiant,
    normalise_identifiant,
)

NATURES = st.sampled_from(NatureIdentifiant)


@pytest.mark.parametrize("nature", NatureIdentifiant)
def test_a_row_speaks_french(nature: NatureIdentifiant) -> None:
    fiche = nature.fiche
    assert fiche.libelle[0].isupper() and "'" not in fiche.libelle
    assert fiche.en_phrase.startswith(("le ", "la ", "l’"))
    # What is found in a text has a key or a shape, hence a check that says what looks wrong.
    assert fiche.signe is None or fiche.check is not None


@pytest.mark.parametrize(
    ("nature", "valeur"),
    [
        (NatureIdentifiant.NIR, "1 85 01 78 006 084 27"),
        (NatureIdentifiant.NIR, "185017800608427"),
        (NatureIdentifiant.NIR, "1.92.12.2A.004.050.92"),
        (NatureIdentifiant.NIR, "2 85 07 2b 033 012 82"),
        (NatureIdentifiant.NIR, "155039710112367"),
        (NatureIdentifiant.NIR, "NIR : 1 85 01 78 006 084 clé 27"),
        (NatureIdentifiant.NIR, "N° SS 1850178006084/27"),
        (NatureIdentifiant.NUMERO_FISCAL, "SPI : 30 23 217 600 053"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "CAF n° 1234567 A"),
        (NatureIdentifiant.NIR, ""),
        (NatureIdentifiant.NUMERO_FISCAL, "30 23 217 600 053"),
        (NatureIdentifiant.NUMERO_FISCAL, "0712345678436"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "1234567"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "1 234 567 a"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "1234567X"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "12345678"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "12345678A"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "12345678901"),
        (NatureIdentifiant.TELEPHONE, "06 12 34 56 78"),
        (NatureIdentifiant.TELEPHONE, "+33 (0)6 12 34 56 78"),
        (NatureIdentifiant.TELEPHONE, "0690 30 12 34"),
        (NatureIdentifiant.TELEPHONE, "0692 12 34 56"),
        (NatureIdentifiant.TELEPHONE, "+262 639 69 12 34"),
        (NatureIdentifiant.TELEPHONE, "+687 75 12 34"),
        (NatureIdentifiant.TELEPHONE, "+213 661 23 45 67"),
        (NatureIdentifiant.ADRESSE, "n’importe quoi"),
        (NatureIdentifiant.NUMERO_DOSSIER, "???"),
        (NatureIdentifiant.AUTRE, "x" * 1000),
    ],
)
def test_nothing_to_say(nature: NatureIdentifiant, valeur: str) -> None:
    assert check_identifiant(nature, valeur) is None


@pytest.mark.parametrize(
    ("nature", "valeur", "mots"),
    [
        (NatureIdentifiant.NIR, "1 85 01 78 006 084", "Il manque la clé"),
        (NatureIdentifiant.NIR, "1 85 01 78 006 084 2", "compte 15 caractères, celui-ci en compte 14"),
        (NatureIdentifiant.NIR, "1 85 01 78 006 084 28", "La clé"),
        (NatureIdentifiant.NIR, "1 92 12 2C 004 050 92", "2A, 2B"),
        (NatureIdentifiant.NIR, "985017800608427", "commence par 1 ou 2"),
        (
            NatureIdentifiant.NIR,
            "785019935112323",
            "commence par 7\u00a0: c’est un numéro provisoire. Il est accepté",
        ),
        (NatureIdentifiant.NIR, "392059935204589", "commence par 3\u00a0: c’est un numéro provisoire"),
        (NatureIdentifiant.NIR, "585019935112326", "commence par 5\u00a0: c’est un numéro temporaire"),
        (NatureIdentifiant.NIR, "692059935204536", "commence par 6\u00a0: c’est un numéro temporaire"),
        (NatureIdentifiant.NIR, "785019935112324", "La clé"),
        (NatureIdentifiant.NUMERO_FISCAL, "30 23 217 600 054", "semble inexact"),
        (NatureIdentifiant.NUMERO_FISCAL, "30 23 217 600", "13 chiffres"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "123456", "7 chiffres"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "1234567AB", "7 chiffres"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "123", "7 ou 8 chiffres"),
        (NatureIdentifiant.TELEPHONE, "06 12 34 56", "incomplet"),
        (NatureIdentifiant.TELEPHONE, "appeler le matin", "incomplet"),
        (NatureIdentifiant.NIR, "1" * 100_000, "trop longue"),
    ],
)
def test_a_gentle_word(nature: NatureIdentifiant, valeur: str, mots: str) -> None:
    phrase = check_identifiant(nature, valeur)
    assert phrase is not None
    assert mots in phrase
    assert phrase.endswith(".")
    assert "'" not in phrase


@pytest.mark.parametrize(
    ("nature", "valeur", "attendu"),
    [
        (NatureIdentifiant.NIR, " 1 92 12 2a 004 050 92 ", "192122A00405092"),
        (NatureIdentifiant.NIR, "1\u202f85\u00a001.78-006/084 27", "185017800608427"),
        (NatureIdentifiant.NUMERO_FISCAL, "30 23 217 600 053", "3023217600053"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "1 234 567 a", "1234567A"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "１２３４５６７", "1234567"),
        (NatureIdentifiant.TELEPHONE, "06.12.34.56.78", "0612345678"),
        (NatureIdentifiant.TELEPHONE, "+33 6 12 34 56 78", "0612345678"),
        (NatureIdentifiant.TELEPHONE, "0033 (0)6 12 34 56 78", "0612345678"),
        (NatureIdentifiant.TELEPHONE, "+262 692 12 34 56", "0692123456"),
        (NatureIdentifiant.TELEPHONE, "+687 75 12 34", "+687751234"),
        (NatureIdentifiant.NUMERO_DOSSIER, " ab  2024-0153 ", "AB 2024-0153"),
        (
            NatureIdentifiant.ADRESSE,
            " 3  rue de l’Église\n22000 Saint-Brieuc ",
            "3 rue de l’Église 22000 Saint-Brieuc",
        ),
        (NatureIdentifiant.NOM_NAISSANCE, "Le\u00a0Goff", "Le Goff"),
    ],
)
def test_normalise(nature: NatureIdentifiant, valeur: str, attendu: str) -> None:
    assert normalise_identifiant(nature, valeur) == attendu


@settings(deadline=None)
@given(NATURES, st.text())
def test_normalising_twice_changes_nothing(nature: NatureIdentifiant, valeur: str) -> None:
    once = normalise_identifiant(nature, valeur)
    assert normalise_identifiant(nature, once) == once


@settings(deadline=None)
@given(NATURES, st.text())
def test_any_value_is_accepted(nature: NatureIdentifiant, valeur: str) -> None:
    phrase = check_identifiant(nature, valeur)
    assert phrase is None or phrase.endswith(".")


@pytest.mark.parametrize(
    ("nature", "valeur", "attendu"),
    [
        (NatureIdentifiant.NIR, "1 85 01 78 006 084 27", "• •• •• •• ••• ••• 27"),
        (NatureIdentifiant.NIR, "1850178006084", "•••• 84"),
        (NatureIdentifiant.TELEPHONE, "+33 6 12 34 56 17", "•• •• •• •• 17"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "1234412", "•••• 412"),
        (NatureIdentifiant.NUMERO_FISCAL, "3023217600053", "•••• 053"),
        (NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL, "1234567x", "•••• 67X"),
        (NatureIdentifiant.NUMERO_DOSSIER, "2024 0153", "•••• 153"),
        (NatureIdentifiant.ALLOCATAIRE_CAF, "123", "••••"),
        (NatureIdentifiant.ADRESSE, "3 rue de l’Église", "••••"),
        (NatureIdentifiant.NOM_NAISSANCE, "Le Goff", "••••"),
        (NatureIdentifiant.AUTRE, "secret", "••••"),
        (NatureIdentifiant.NIR, "", "••••"),
    ],
)
def test_mask(nature: NatureIdentifiant, valeur: str, attendu: str) -> None:
    assert mask_identifiant(nature, valeur) == attendu.replace(" ", "\u00a0")


@settings(deadline=None)
@given(NATURES, st.text())
def test_a_mask_shows_at_most_half_and_three_characters(nature: NatureIdentifiant, valeur: str) -> None:
    shown = mask_identifiant(nature, valeur).replace("•", "").strip("\u00a0")
    numero = normalise_identifiant(nature, valeur)
    assert len(shown) <= 3
    assert shown == "" or (numero.endswith(shown) and len(shown) * 2 <= len(numero))


def test_a_number_copied_with_what_announces_it_is_the_same() -> None:
    for typed in ("185017800608427", "NIR : 1 85 01 78 006 084 clé 27", "n° 1.85.01.78.006.084 - Clef 27"):
        assert normalise_identifiant(NatureIdentifiant.NIR, typed) == "185017800608427"
    assert normalise_identifiant(NatureIdentifiant.NIR, "2 85 07 2b 033 012 82") == "285072B03301282"
    assert normalise_identifiant(NatureIdentifiant.ALLOCATAIRE_CAF, "caf 1234567 a") == "1234567A"
