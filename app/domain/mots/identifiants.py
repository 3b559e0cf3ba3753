"""What an aidant may tell about an usager beside their name: one row per identifier (product.md §5.3).

A row says everything the site knows of an identifier: its label, how it is compared, checked and masked, and how the
title guard recognises it. The form, the thread, the guard and the referentiel read these rows, so that a new
identifier is one row here and the organismes that want it.

Nothing here refuses anything: a number that looks wrong is kept, with a word to the aidant, because the paper
the usager holds may be wrong, provisional or older than the rule.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stdnum.fr import nif, nir

from app.domain.mots.folding import fold_same_length
from app.domain.mots.telephones import is_known, normalise_numero
from app.domain.regles.mots_fermes import MotFerme

#: No identifier is longer than this, so a longer value is not read any further.
_LONGUEUR_MAX = 60
_VERIFIER = "Vérifiez la saisie, ou laissez ainsi si c’est bien ce qui est écrit sur le document."
_CACHE = "••••"


@dataclass(frozen=True)
class Repere:
    """A number that is recognised in a text by its length and by a word nearby, all folded.

    `lettre` is a pattern of what follows the digits; `voisinage` a pattern of the words that tell what it is.
    """

    chiffres: int
    lettre: str
    voisinage: str


@dataclass(frozen=True)
class Signe:
    """How the title guard speaks of what it found, and the words that announce it there (a folded pattern).

    Without `repere`, a function of `donnees_personnelles` finds it by its shape and its key.
    """

    libelle: str
    etiquette: str
    repere: Repere | None = None


@dataclass(frozen=True, kw_only=True)
class FicheIdentifiant:
    """The row of one identifier.

    `libelle` is the label of its field, `en_phrase` its name in a sentence, `forme` what it looks like beside the
    field, `clavier` the keyboard a phone shows. `normalise` gives what is stored as a hash and compared; `check` and
    `mask` read that. `signe` is None when no text is searched for it.
    """

    libelle: str
    en_phrase: str
    normalise: Callable[[str], str]
    mask: Callable[[str], str]
    check: Callable[[str], str | None] | None = None
    forme: str = ""
    clavier: Literal["numeric", "tel", "text"] = "text"
    signe: Signe | None = None
    cases: int = 0
    """How many boxes it has on paper; without any, it is a line."""
    is_reserve: bool = False
    """Only an organisme entitled to it may receive it (décret n° 2019-341)."""
    is_multiple: bool = False
    """An usager often has several, so that it stays offered once given."""
    is_libre: bool = False
    """The aidant says in their own words what it is."""
    is_nom: bool = False
    """It is one of the usager’s own names, that no title may hold."""


# --- How values are compared --------------------------------------------------------------------------------------


def _join_number(valeur: str) -> str:
    return re.sub(r"[^0-9a-z]", "", fold_same_length(valeur)).upper()


def _join_labelled(valeur: str) -> str:
    """« NIR : 1 85 01 78 006 084 clé 27 » is copied with what announces it: no such number begins by a letter."""
    return re.sub(r"^[A-Z]+(?=[0-9])|(?<=[0-9])CLEF?(?=[0-9])", "", _join_number(valeur))


def _join_telephone(valeur: str) -> str:
    return normalise_numero(fold_same_length(valeur))


def _join_words(valeur: str) -> str:
    return " ".join(unicodedata.normalize("NFC", valeur).split())


def _join_reference(valeur: str) -> str:
    return _join_words(valeur).upper()


# --- What is shown before « afficher » ------------------------------------------------------------------------------


def _mask_all(_: str) -> str:
    return _CACHE


def _mask_but_three(numero: str) -> str:
    return f"{_CACHE}\u00a0{numero[-3:]}" if len(numero) >= 6 else _CACHE


def _mask_nir(numero: str) -> str:
    if len(numero) == 15:
        return f"• •• •• •• ••• ••• {numero[-2:]}".replace(" ", "\u00a0")
    return f"{_CACHE}\u00a0{numero[-2:]}" if len(numero) >= 6 else _CACHE


def _mask_telephone(numero: str) -> str:
    return f"•• •• •• •• {numero[-2:]}".replace(" ", "\u00a0") if len(numero) >= 6 else _CACHE


# --- What looks unusual ---------------------------------------------------------------------------------------------


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
    elif numero[0] not in "12345678":
        probleme = "Un numéro de sécurité sociale commence par 1 ou 2 (par 3 à 8 dans quelques situations)."
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
    if numero[0] in "56":
        return (
            f"Ce numéro commence par {numero[0]}\u00a0: c’est un numéro temporaire, donné à une personne de passage. "
            "Il est accepté\u00a0; si l’usager a reçu depuis son numéro définitif, indiquez plutôt celui-ci."
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
    return None if is_known(numero) else f"Ce numéro de téléphone semble incomplet ou inexact. {_VERIFIER}"


# --- The rows ---------------------------------------------------------------------------------------------------------


class NatureIdentifiant(MotFerme):
    """The kinds of information an aidant may add about an usager, in the order the form shows them."""

    fiche: FicheIdentifiant

    NIR = (
        "nir",
        FicheIdentifiant(
            libelle="Numéro de sécurité sociale",
            en_phrase="le numéro de sécurité sociale",
            forme="15 caractères",
            normalise=_join_labelled,
            check=_check_nir,
            cases=15,
            mask=_mask_nir,
            is_reserve=True,
            signe=Signe(
                "numéro de sécurité sociale",
                r"numero de securite sociale|numero de secu|securite sociale|secu|nir|n[°o]? ?ss",
            ),
        ),
    )
    ALLOCATAIRE_CAF = (
        "allocataire_caf",
        FicheIdentifiant(
            libelle="Identifiant CAF (numéro d’allocataire)",
            en_phrase="le numéro d’allocataire CAF",
            forme="7 chiffres",
            clavier="numeric",
            normalise=_join_labelled,
            check=_check_allocataire_caf,
            cases=8,
            mask=_mask_but_three,
            signe=Signe(
                "numéro d’allocataire",
                r"(?:numero d'|n[°o]? ?d?'? ?)?allocataire(?: caf)?|matricule(?: caf)?",
                Repere(7, "[a-z]?", r"\b(?:caf|alloc|allocataires?|matricule)(?![a-z])"),
            ),
        ),
    )
    NUMERO_FISCAL = (
        "numero_fiscal",
        FicheIdentifiant(
            libelle="Numéro fiscal",
            en_phrase="le numéro fiscal",
            forme="13 chiffres",
            clavier="numeric",
            normalise=_join_labelled,
            check=_check_nif,
            cases=13,
            mask=_mask_but_three,
            signe=Signe("numéro fiscal", r"numero fiscal|n[°o]? ?fiscal|spi|nif"),
        ),
    )
    IDENTIFIANT_FRANCE_TRAVAIL = (
        "identifiant_france_travail",
        FicheIdentifiant(
            libelle="Identifiant France Travail",
            en_phrase="l’identifiant France Travail",
            normalise=_join_number,
            check=_check_france_travail,
            cases=11,
            mask=_mask_but_three,
            signe=Signe(
                "identifiant France Travail",
                r"identifiant(?: france travail)?",
                Repere(
                    7,
                    "(?:[0-9]? ?[a-z]|[0-9]{3}[0-9a-z])",
                    r"\b(?:france travail|ft|pole emploi|identifiant|demandeure?s? d'emploi)\b",
                ),
            ),
        ),
    )
    ADRESSE = (
        "adresse",
        FicheIdentifiant(libelle="Adresse", en_phrase="l’adresse", normalise=_join_words, mask=_mask_all),
    )
    TELEPHONE = (
        "telephone",
        FicheIdentifiant(
            libelle="Téléphone",
            en_phrase="le téléphone",
            clavier="tel",
            normalise=_join_telephone,
            check=_check_telephone,
            cases=10,
            mask=_mask_telephone,
            is_multiple=True,
            signe=Signe("téléphone", r"(?:numero de )?(?:telephone|tel|portable|mobile|gsm)|joignable au"),
        ),
    )
    NUMERO_DOSSIER = (
        "numero_dossier",
        FicheIdentifiant(
            libelle="Numéro de dossier",
            en_phrase="le numéro de dossier",
            normalise=_join_reference,
            mask=_mask_but_three,
            is_multiple=True,
        ),
    )
    NOM_NAISSANCE = (
        "nom_naissance",
        FicheIdentifiant(
            libelle="Nom de naissance",
            en_phrase="le nom de naissance",
            normalise=_join_words,
            mask=_mask_all,
            is_nom=True,
        ),
    )
    AUTRE = (
        "autre",
        FicheIdentifiant(
            libelle="Autre information",
            en_phrase="l’autre information",
            normalise=_join_words,
            mask=_mask_all,
            is_libre=True,
        ),
    )

    @property
    def libelle(self) -> str:
        """Its label: « Numéro de sécurité sociale »."""
        return self.fiche.libelle


def normalise_identifiant(nature: NatureIdentifiant, valeur: str) -> str:
    """The value as it is hashed and compared: numbers in capitals without spaces, words with single spaces.

    A phone becomes ten digits when it is French (« +33 6… », « +262 692… »), else « + » and digits. Applying it
    twice changes nothing.
    """
    return nature.fiche.normalise(valeur)


def check_identifiant(nature: NatureIdentifiant, valeur: str) -> str | None:
    """A sentence for the aidant when the value looks unusual, or None: it never blocks (product.md §5.3)."""
    check = nature.fiche.check
    if check is None or not valeur.strip():
        return None
    if len(valeur) > _LONGUEUR_MAX:
        return f"Cette information est trop longue pour un numéro. {_VERIFIER}"
    return check(normalise_identifiant(nature, valeur))


def mask_identifiant(nature: NatureIdentifiant, valeur: str) -> str:
    """The value as shown before « afficher » (product.md §7): at most its last characters, if enough stay hidden.

    NIR and phone show two, other numbers three, words none. The number of dots does not tell a length.
    """
    return nature.fiche.mask(normalise_identifiant(nature, valeur))
