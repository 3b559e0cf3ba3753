"""What an aidant may tell about an usager beside their name: shape, comparison and mask (product.md §5.3).

Nothing here refuses anything: a number that looks wrong is kept, with a word to the aidant, because the paper
the usager holds may be wrong, provisional or older than the rule.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

import phonenumbers
from stdnum.fr import nif, nir

from app.domain.mots.folding import fold_same_length


class Nature(StrEnum):
    """The kinds of information an aidant may add about an usager."""

    NIR = "nir"
    ALLOCATAIRE_CAF = "allocataire_caf"
    NUMERO_FISCAL = "numero_fiscal"
    IDENTIFIANT_FRANCE_TRAVAIL = "identifiant_france_travail"
    ADRESSE = "adresse"
    TELEPHONE = "telephone"
    NUMERO_DOSSIER = "numero_dossier"
    NOM_NAISSANCE = "nom_naissance"
    AUTRE = "autre"


LIBELLES: dict[Nature, str] = {
    Nature.NIR: "Numéro de sécurité sociale",
    Nature.ALLOCATAIRE_CAF: "Identifiant CAF (numéro d’allocataire)",
    Nature.NUMERO_FISCAL: "Numéro fiscal",
    Nature.IDENTIFIANT_FRANCE_TRAVAIL: "Identifiant France Travail",
    Nature.ADRESSE: "Adresse",
    Nature.TELEPHONE: "Téléphone",
    Nature.NUMERO_DOSSIER: "Numéro de dossier",
    Nature.NOM_NAISSANCE: "Nom de naissance",
    Nature.AUTRE: "Autre information",
}

#: Numbers, as opposed to words: compared without spaces nor punctuation.
_NUMEROS = frozenset(
    {Nature.NIR, Nature.ALLOCATAIRE_CAF, Nature.NUMERO_FISCAL, Nature.IDENTIFIANT_FRANCE_TRAVAIL}
)
#: No identifier is longer; past that, it is not read any further.
_LONGUEUR_MAX = 60
#: Where a French number may be read: `phonenumbers` knows each overseas territory as a region of its own.
_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF")
_INDICATIFS_A_NEUF_CHIFFRES = ("33", "262", "590", "594", "596")
_VERIFIER = "Vérifiez la saisie, ou laissez ainsi si c’est bien ce qui est écrit sur le document."


def _normalise_telephone(valeur: str) -> str:
    # « +33 (0)6… »: the zero in brackets is read aloud in France only.
    plain = re.sub(r"\(0\)", "", valeur)
    chiffres = re.sub(r"[^0-9]", "", plain)
    if "+" not in plain[:3] and not chiffres.startswith("00"):
        return chiffres
    chiffres = chiffres.removeprefix("00")
    for indicatif in _INDICATIFS_A_NEUF_CHIFFRES:
        reste = chiffres.removeprefix(indicatif).removeprefix("0")
        if chiffres.startswith(indicatif) and len(reste) == 9:
            return f"0{reste}"
    return f"+{chiffres}" if chiffres else ""


def normalise_identifiant(nature: Nature, valeur: str) -> str:
    """The value as it is stored and compared: numbers in capitals without spaces, words with single spaces.

    A phone becomes ten digits when it is French (« +33 6… », « +262 692… »), else « + » and digits. Applying it
    twice changes nothing.
    """
    if nature is Nature.TELEPHONE:
        return _normalise_telephone(fold_same_length(valeur))
    if nature in _NUMEROS:
        return re.sub(r"[^0-9a-z]", "", fold_same_length(valeur)).upper()
    plain = " ".join(unicodedata.normalize("NFC", valeur).split())
    return plain.upper() if nature is Nature.NUMERO_DOSSIER else plain


def _check_nir(numero: str) -> str | None:
    if len(numero) == 13:
        return (
            "Il manque la clé, c’est-à-dire les deux derniers chiffres\u00a0: le numéro complet en compte 15."
            " Ajoutez-la si l’usager la connaît."
        )
    probleme = None
    if len(numero) != 15:
        probleme = f"Un numéro de sécurité sociale compte 15 caractères, celui-ci en compte {len(numero)}."
    elif not re.fullmatch(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}", numero):
        probleme = (
            "Un numéro de sécurité sociale ne contient que des chiffres "
            "(ou 2A, 2B pour une naissance en Corse)."
        )
    elif numero[0] not in "123478":
        probleme = "Un numéro de sécurité sociale commence par 1 ou 2 (par 3, 4, 7 ou 8 s’il est provisoire)."
    elif not nir.is_valid(numero):
        probleme = (
            "La clé (les deux derniers chiffres) ne correspond pas au reste du numéro\u00a0: "
            "un chiffre est peut-être inexact."
        )
    if probleme:
        return f"{probleme} {_VERIFIER}"
    if numero[0] in "3478":
        return (
            f"Ce numéro commence par {numero[0]}\u00a0: c’est un numéro provisoire. Il est accepté\u00a0; "
            "si l’usager a reçu depuis son numéro définitif, indiquez plutôt celui-ci."
        )
    return None


def _check_nif(numero: str) -> str | None:
    if not re.fullmatch(r"[0-9]{13}", numero):
        return f"Un numéro fiscal compte 13 chiffres. {_VERIFIER}"
    if not nif.is_valid(numero):
        return f"Ce numéro fiscal semble inexact. {_VERIFIER}"
    return None


def _check_allocataire_caf(numero: str) -> str | None:
    if not re.fullmatch(r"[0-9]{7}[A-Z]?", numero):
        return f"Un numéro d’allocataire CAF compte 7 chiffres, parfois suivis d’une lettre. {_VERIFIER}"
    return None


def _check_france_travail(numero: str) -> str | None:
    if not re.fullmatch(r"[0-9]{7,8}[A-Z]?|[0-9]{10}[0-9A-Z]", numero):
        return (
            "Un identifiant France Travail compte 7 ou 8 chiffres, souvent suivis d’une lettre, "
            f"ou 11 chiffres. {_VERIFIER}"
        )
    return None


def _check_telephone(numero: str) -> str | None:
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(numero, region)):
                return None
        except phonenumbers.NumberParseException:
            continue
    return f"Ce numéro de téléphone semble incomplet ou inexact. {_VERIFIER}"


_CHECKS: dict[Nature, Callable[[str], str | None]] = {
    Nature.NIR: _check_nir,
    Nature.NUMERO_FISCAL: _check_nif,
    Nature.ALLOCATAIRE_CAF: _check_allocataire_caf,
    Nature.IDENTIFIANT_FRANCE_TRAVAIL: _check_france_travail,
    Nature.TELEPHONE: _check_telephone,
}


def check_identifiant(nature: Nature, valeur: str) -> str | None:
    """A sentence for the aidant when the value looks unusual, or None: it never blocks (product.md §5.3)."""
    check = _CHECKS.get(nature)
    if check is None or not valeur.strip():
        return None
    if len(valeur) > _LONGUEUR_MAX:
        return f"Cette information est trop longue pour un numéro. {_VERIFIER}"
    return check(normalise_identifiant(nature, valeur))


def masque(nature: Nature, valeur: str) -> str:
    """The value as shown before « afficher » (product.md §7): at most its last characters, if enough stay hidden.

    NIR and phone show two, other numbers three, words none. The number of dots does not tell a length.
    """
    numero = normalise_identifiant(nature, valeur)
    if nature is Nature.NIR and len(numero) == 15:
        return f"• •• •• •• ••• ••• {numero[-2:]}".replace(" ", "\u00a0")
    if nature is Nature.TELEPHONE and len(numero) >= 6:
        return f"•• •• •• •• {numero[-2:]}".replace(" ", "\u00a0")
    if (nature in _NUMEROS or nature is Nature.NUMERO_DOSSIER) and len(numero) >= 6:
        return f"••••\u00a0{numero[-2:] if nature is Nature.NIR else numero[-3:]}"
    return "••••"
