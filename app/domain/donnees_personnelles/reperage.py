"""What looks like personal data in a free text: pure, linear in the length of the text (product.md §5.4, S0).

A title goes to people who have no right to know who the usager is, so these are refused there with the words
shown; in a description they only bring a gentle note. The rules prefer shapes and keys to guesses: a false
alarm teaches people to write around the guard.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.domain.donnees_personnelles.dates_naissance import find_dates_naissance
from app.domain.donnees_personnelles.noms_cites import find_noms_cites
from app.domain.donnees_personnelles.numeros_personnels import (
    find_emails,
    find_ibans,
    find_nirs,
    find_numeros_fiscaux,
    find_sept_chiffres,
    find_suites,
    find_telephones,
    find_telephones_plus,
)
from app.domain.mots.folding import fold_same_length

LIBELLES: dict[str, str] = {
    "nir": "numéro de sécurité sociale",
    "telephone": "téléphone",
    "email": "adresse e-mail",
    "iban": "IBAN",
    "naissance": "date de naissance",
    "nom": "nom de l’usager",
    "numero_fiscal": "numéro fiscal",
    "allocataire_caf": "numéro d’allocataire",
    "identifiant_france_travail": "identifiant France Travail",
}
#: Kinds of finds that have a field of their own in the usager section.
CHAMPS = frozenset(
    {"nir", "telephone", "allocataire_caf", "numero_fiscal", "identifiant_france_travail", "naissance"}
)


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """Words of a text that look like personal data: ``texte[debut:fin] == extrait``.

    Its repr keeps the words to itself: it may end in a log.
    """

    nature: str
    extrait: str = field(repr=False)
    debut: int
    fin: int

    @property
    def libelle(self) -> str:
        """What it is, in French, without article: « numéro de sécurité sociale »."""
        return LIBELLES[self.nature]

    @property
    def champ(self) -> str | None:
        """The usager field these words may be moved to; None without one (names are already in theirs)."""
        return self.nature if self.nature in CHAMPS else None


def find_donnees_personnelles(texte: str, noms: Sequence[str] = (), *, annee: int) -> list[Trouvaille]:
    """What looks like personal data in ``texte``, in order, without overlap.

    ``noms`` are the usager's own (prénom, nom, nom de naissance), ``annee`` is the current year: it tells a
    birth from a recent letter. Found: NIR (13 or 15 characters), numéro fiscal, phone, e-mail, IBAN, date of
    birth, numéro d'allocataire or France Travail near these words, and the names. Never raises.
    """
    ombre = fold_same_length(texte)
    trouvailles: list[Trouvaille] = []
    for find in (
        find_emails,
        find_ibans,
        find_nirs,
        find_telephones,
        find_numeros_fiscaux,
        find_telephones_plus,
        partial(find_dates_naissance, annee=annee),
        find_suites,
        find_sept_chiffres,
        partial(find_noms_cites, texte=texte, noms=noms),
    ):
        # The surest first; what one has found is no longer there for the next.
        found = [Trouvaille(nature, texte[debut:fin], debut, fin) for nature, debut, fin in find(ombre)]
        ombre = _blank(ombre, found)
        trouvailles += found
    return sorted(trouvailles, key=lambda trouvaille: trouvaille.debut)


def _blank(ombre: str, found: Sequence[Trouvaille]) -> str:
    if not found:
        return ombre
    pieces, position = [], 0
    for trouvaille in found:
        pieces += [ombre[position : trouvaille.debut], "\0" * (trouvaille.fin - trouvaille.debut)]
        position = trouvaille.fin
    return "".join([*pieces, ombre[position:]])


#: The label that would be left alone in front of a value moved to its field.
_ETIQUETTES = {
    "nir": r"numero de securite sociale|numero de secu|securite sociale|secu|nir|n[°o]? ?ss",
    "telephone": r"(?:numero de )?(?:telephone|tel|portable|mobile|gsm)|joignable au",
    "email": r"(?:adresse )?(?:e-?mail|mail|courriel)",
    "iban": r"iban|rib",
    "naissance": r"(?:date de )?naissance|nee?(?:\(e\))?(?: le)?|ddn",
    "numero_fiscal": r"numero fiscal|n[°o]? ?fiscal|spi|nif",
    "allocataire_caf": r"(?:numero d'|n[°o]? ?d?'? ?)?allocataire(?: caf)?|matricule(?: caf)?",
    "identifiant_france_travail": r"identifiant(?: france travail)?",
    "nom": r"mr?|mme|mlle|monsieur|madame|mademoiselle",
}
#: « Droits de [Martin] coupés », « rappeler au [06…] »: words that announce nothing any more.
_SUSPENDU = re.compile(r"(?<![a-z0-9])(?:de|d'|du|des|au|aux|a|pour|par|avec|chez) ?$")
_VIDES = re.compile(r"\(\s*\)|\[\s*\]|«\s*»")
_SEPARATEURS_DE_SUITE = re.compile(r"([,;:–—\-])(?:[ \u00a0\u202f]*[,;:–—\-])+")


def deplacer(titre: str, trouvaille: Trouvaille) -> tuple[str, str]:
    """The title without these words nor their label, and the words: « one click to move them to their field ».

    A find that no longer stands in ``titre`` (it was edited meanwhile) leaves it as it is.
    """
    debut, fin = trouvaille.debut, trouvaille.fin
    valeur = trouvaille.extrait.strip()
    if titre[debut:fin] != trouvaille.extrait:
        return titre, valeur
    avant = titre[:debut]
    for mots in (_get_etiquette(trouvaille.nature), _SUSPENDU):
        inutile = mots.search(fold_same_length(avant), max(0, len(avant) - 48))
        avant = avant[: inutile.start()] if inutile else avant
    apres = titre[fin:].lstrip(" ")
    reste = _VIDES.sub(" ", avant + ("" if apres[:1] in (*",.)]\u00a0\u202f", "") else " ") + apres)
    reste = re.sub(r" +(?=[,.)\]\u00a0\u202f])|(?<=[(\[]) +", "", re.sub(r"[ \t]{2,}", " ", reste))
    return _SEPARATEURS_DE_SUITE.sub(r"\1", reste).strip(" ,;:-–—/\u00a0\u202f"), valeur


def _get_etiquette(nature: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9])(?:le |la |l'|son |sa )?(?:{_ETIQUETTES[nature]})(?: n)?[ .:°o#=]{{0,6}}$"
    )
