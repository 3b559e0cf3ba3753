"""What an usager answered to the SMS that asks for a mandat: pure (product.md §8).

Consent must be unmistakable: only the words OUI and NON count. « ok », « oui mais », « non merci », and « oui ? »,
which asks something back, are asked again.
"""

import unicodedata
from enum import StrEnum

LONGUEUR_MAX = 500
"""Longer than three SMS, it is not a word: not even looked at."""

#: Once compatible forms are one (NFKD), those of Latin scripts and of Arabic.
INTERROGATIONS = "?¿؟"


class ReponseSms(StrEnum):
    OUI = "oui"
    NON = "non"
    INCOMPRISE = "incomprise"


def read_reponse(texte: str) -> ReponseSms:
    """OUI or NON when it is the only word; case, accents, spaces and punctuation around it do not matter, but a
    question mark does.
    """
    if len(texte) > LONGUEUR_MAX:
        return ReponseSms.INCOMPRISE
    lettres = unicodedata.normalize("NFKD", texte)
    # M: accents, emoji selectors. Z, P: spaces, punctuation. C: line ends, invisible marks phones add.
    debut, fin = 0, len(lettres)
    while debut < fin and _is_autour(lettres[debut]):
        debut += 1
    while fin > debut and _is_autour(lettres[fin - 1]):
        fin -= 1
    mot = "".join(c for c in lettres[debut:fin] if not unicodedata.combining(c)).casefold()
    return {"oui": ReponseSms.OUI, "non": ReponseSms.NON}.get(mot, ReponseSms.INCOMPRISE)


def _is_autour(caractere: str) -> bool:
    return unicodedata.category(caractere)[0] in "MZPC" and caractere not in INTERROGATIONS
