"""Identifiers of an usager: warned, compared, masked (product.md §5.3, §7)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.mots.identifiants import LIBELLES, Nature, check_identifiant, masque, normalise_identifiant

NATURES = st.sampled_from(Nature)


def test_every_nature_has_its_french_label() -> None:
    assert set(LIBELLES) == set(Nature)
    assert all(libelle[0].isupper() and "'" not in libelle for libelle in LIBELLES.values())


@pytest.mark.parametrize(
    ("nature", "valeur"),
    [
        (Nature.NIR, "1 85 01 78 006 084 27"),
        (Nature.NIR, "185017800608427"),
        (Nature.NIR, "1.92.12.2A.004.050.92"),
        (Nature.NIR, "2 85 07 2b 033 012 82"),
        (Nature.NIR, "155039710112367"),
        (Nature.NIR, ""),
        (Nature.NUMERO_FISCAL, "30 23 217 600 053"),
        (Nature.NUMERO_FISCAL, "0712345678436"),
        (Nature.ALLOCATAIRE_CAF, "1234567"),
        (Nature.ALLOCATAIRE_CAF, "1 234 567 a"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "1234567X"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "12345678"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "12345678A"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "12345678901"),
        (Nature.TELEPHONE, "06 12 34 56 78"),
        (Nature.TELEPHONE, "+33 (0)6 12 34 56 78"),
        (Nature.TELEPHONE, "0690 30 12 34"),
        (Nature.TELEPHONE, "0692 12 34 56"),
        (Nature.TELEPHONE, "+262 639 69 12 34"),
        (Nature.TELEPHONE, "+687 75 12 34"),
        (Nature.TELEPHONE, "+213 661 23 45 67"),
        (Nature.ADRESSE, "n’importe quoi"),
        (Nature.NUMERO_DOSSIER, "???"),
        (Nature.AUTRE, "x" * 1000),
    ],
)
def test_nothing_to_say(nature: Nature, valeur: str) -> None:
    assert check_identifiant(nature, valeur) is None


@pytest.mark.parametrize(
    ("nature", "valeur", "mots"),
    [
        (Nature.NIR, "1 85 01 78 006 084", "Il manque la clé"),
        (Nature.NIR, "1 85 01 78 006 084 2", "compte 15 caractères, celui-ci en compte 14"),
        (Nature.NIR, "1 85 01 78 006 084 28", "La clé"),
        (Nature.NIR, "1 92 12 2C 004 050 92", "2A, 2B"),
        (Nature.NIR, "585017800608427", "commence par 1 ou 2"),
        (Nature.NIR, "785019935112323", "commence par 7\u00a0: c’est un numéro provisoire. Il est accepté"),
        (Nature.NIR, "392059935204589", "commence par 3\u00a0: c’est un numéro provisoire"),
        (Nature.NIR, "785019935112324", "La clé"),
        (Nature.NUMERO_FISCAL, "30 23 217 600 054", "semble inexact"),
        (Nature.NUMERO_FISCAL, "30 23 217 600", "13 chiffres"),
        (Nature.ALLOCATAIRE_CAF, "123456", "7 chiffres"),
        (Nature.ALLOCATAIRE_CAF, "1234567AB", "7 chiffres"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "123", "7 ou 8 chiffres"),
        (Nature.TELEPHONE, "06 12 34 56", "incomplet"),
        (Nature.TELEPHONE, "appeler le matin", "incomplet"),
        (Nature.NIR, "1" * 100_000, "trop longue"),
    ],
)
def test_a_gentle_word(nature: Nature, valeur: str, mots: str) -> None:
    phrase = check_identifiant(nature, valeur)
    assert phrase is not None
    assert mots in phrase
    assert phrase.endswith(".")
    assert "'" not in phrase


@pytest.mark.parametrize(
    ("nature", "valeur", "attendu"),
    [
        (Nature.NIR, " 1 92 12 2a 004 050 92 ", "192122A00405092"),
        (Nature.NIR, "1\u202f85\u00a001.78-006/084 27", "185017800608427"),
        (Nature.NUMERO_FISCAL, "30 23 217 600 053", "3023217600053"),
        (Nature.ALLOCATAIRE_CAF, "1 234 567 a", "1234567A"),
        (Nature.ALLOCATAIRE_CAF, "１２３４５６７", "1234567"),
        (Nature.TELEPHONE, "06.12.34.56.78", "0612345678"),
        (Nature.TELEPHONE, "+33 6 12 34 56 78", "0612345678"),
        (Nature.TELEPHONE, "0033 (0)6 12 34 56 78", "0612345678"),
        (Nature.TELEPHONE, "+262 692 12 34 56", "0692123456"),
        (Nature.TELEPHONE, "+687 75 12 34", "+687751234"),
        (Nature.NUMERO_DOSSIER, " ab  2024-0153 ", "AB 2024-0153"),
        (Nature.ADRESSE, " 3  rue de l’Église\n22000 Saint-Brieuc ", "3 rue de l’Église 22000 Saint-Brieuc"),
        (Nature.NOM_NAISSANCE, "Le\u00a0Goff", "Le Goff"),
    ],
)
def test_normalise(nature: Nature, valeur: str, attendu: str) -> None:
    assert normalise_identifiant(nature, valeur) == attendu


@settings(deadline=None)
@given(NATURES, st.text())
def test_normalising_twice_changes_nothing(nature: Nature, valeur: str) -> None:
    once = normalise_identifiant(nature, valeur)
    assert normalise_identifiant(nature, once) == once


@settings(deadline=None)
@given(NATURES, st.text())
def test_any_value_is_accepted(nature: Nature, valeur: str) -> None:
    phrase = check_identifiant(nature, valeur)
    assert phrase is None or phrase.endswith(".")


@pytest.mark.parametrize(
    ("nature", "valeur", "attendu"),
    [
        (Nature.NIR, "1 85 01 78 006 084 27", "• •• •• •• ••• ••• 27"),
        (Nature.NIR, "1850178006084", "•••• 84"),
        (Nature.TELEPHONE, "+33 6 12 34 56 17", "•• •• •• •• 17"),
        (Nature.ALLOCATAIRE_CAF, "1234412", "•••• 412"),
        (Nature.NUMERO_FISCAL, "3023217600053", "•••• 053"),
        (Nature.IDENTIFIANT_FRANCE_TRAVAIL, "1234567x", "•••• 67X"),
        (Nature.NUMERO_DOSSIER, "2024 0153", "•••• 153"),
        (Nature.ALLOCATAIRE_CAF, "123", "••••"),
        (Nature.ADRESSE, "3 rue de l’Église", "••••"),
        (Nature.NOM_NAISSANCE, "Le Goff", "••••"),
        (Nature.AUTRE, "secret", "••••"),
        (Nature.NIR, "", "••••"),
    ],
)
def test_masque(nature: Nature, valeur: str, attendu: str) -> None:
    assert masque(nature, valeur) == attendu.replace(" ", "\u00a0")


@settings(deadline=None)
@given(NATURES, st.text())
def test_a_mask_shows_at_most_half_and_three_characters(nature: Nature, valeur: str) -> None:
    shown = masque(nature, valeur).replace("•", "").strip("\u00a0")
    numero = normalise_identifiant(nature, valeur)
    assert len(shown) <= 3
    assert shown == "" or (numero.endswith(shown) and len(shown) * 2 <= len(numero))
