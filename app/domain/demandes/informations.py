"""The keyed hash of the usager, and of an identifier of theirs: it finds
a value typed whole, and tells nothing else (quality S8).
"""

import re

from app.domain.faits.scellement import empreinte
from app.domain.mots.folding import drop_unseen, fold
from app.domain.mots.identifiants import NatureIdentifiant, normalise_identifiant
from app.domain.mots.naissances import read_naissance

# Typed alone in the search, what these hold is a number; an address or a name is not found by its hash.
NUMEROS = (
    NatureIdentifiant.NIR,
    NatureIdentifiant.ALLOCATAIRE_CAF,
    NatureIdentifiant.NUMERO_FISCAL,
    NatureIdentifiant.IDENTIFIANT_FRANCE_TRAVAIL,
    NatureIdentifiant.TELEPHONE,
)
CHIFFRES_MIN = 6
LONGUEUR_MAX = 40


def empreinte_usager(prenom: str, nom: str, naissance: str) -> str | None:
    """Keyed hash of the folded identity; None while it is not whole.

    Words in any order, hyphens or not; of the birth, the year when there is one: « 1968 » and « 12/03/1968 »
    are the same usager. Two homonyms of one year in one groupe bring a warning too many, never a refusal.
    """
    identite = " ".join(sorted(re.findall(r"\w+", fold(f"{prenom} {nom}"))))
    annees = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", fold(naissance))
    date = annees[-1] if annees else str(read_naissance(naissance)[0] or fold(naissance))
    if not (prenom and nom and identite and date):
        return None
    return empreinte("usager", identite, date)


def empreinte_information(nature: NatureIdentifiant, valeur: str) -> str | None:
    """Keyed hash to find a value again without keeping it: spaces and dots do not count; None without value."""
    numero = normalise_identifiant(nature, valeur)
    return empreinte("usager_information", nature, numero) if numero else None


def list_empreintes(texte: str) -> list[str]:
    """What an identifier typed whole would be found by, whatever it is; nothing for what is no number."""
    plain = drop_unseen(texte[: 2 * LONGUEUR_MAX]).strip()
    digits = sum(char.isdigit() for char in plain)
    letters = sum(char.isalpha() for char in plain)
    if len(plain) > LONGUEUR_MAX or digits < CHIFFRES_MIN or letters > 2:
        return []
    return [found for nature in NUMEROS if (found := empreinte_information(nature, plain)) is not None]
