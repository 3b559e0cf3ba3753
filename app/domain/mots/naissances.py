"""A birth as an aidant types it: free text, where a year is enough; what looks wrong is said, never refused. Pure."""

import re
from datetime import date

from app.domain.mots.folding import fold

AGE_MAX = 120
MOIS = {
    mois: n
    for n, noms in enumerate(
        (
            *("janvier janv", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout"),
            *("septembre sept", "octobre oct", "novembre nov", "decembre dec"),
        ),
        1,
    )
    for mois in noms.split()
}
#: A phone shows figures only: « 12031968 », sometimes « 19680312 ».
_COLLE = re.compile(
    r"(?<!\d)(?:(?P<jour>0[1-9]|[12]\d|3[01])(?P<mois>0[1-9]|1[0-2])(?P<annee>(?:19|20)\d\d)"
    r"|(?P<an>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<j>0[1-9]|[12]\d|3[01]))(?!\d)"
)
_VERIFIER = "Vérifiez la saisie, ou laissez ainsi si c’est bien ce que dit l’usager."


def read_naissance(texte: str) -> tuple[int | None, int | None, int | None]:
    """Year, month and day, as far as they are written: « 1990 », « 03/1990 », « 12 mars 1990 », « 12031990 »."""
    folded = fold(texte)[:60]
    colle = _COLLE.search(folded)
    if colle:
        return (
            int(colle["an"] or colle["annee"]),
            int(colle["mois"] or colle["m"]),
            int(colle["jour"] or colle["j"]),
        )
    iso = re.search(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", folded)
    if iso:
        return int(iso[1]), int(iso[3]), int(iso[4])
    chiffres = re.search(r"(?<!\d)(?:(\d{1,2})[/. ,:_|\\-]+)?(\d{1,2})[/. ,:_|\\-]+(\d{4})(?!\d)", folded)
    if chiffres:
        return int(chiffres[3]), int(chiffres[2]), int(chiffres[1]) if chiffres[1] else None
    mots = re.search(r"(?:(?<!\d)(\d{1,2})(?:er)?[ /-]*)?([a-z]+)\.?[ /-]*(\d{4})(?!\d)", folded)
    if mots and mots[2] in MOIS:
        return int(mots[3]), MOIS[mots[2]], int(mots[1]) if mots[1] else None
    annee = re.search(r"(?<!\d)\d{4}(?!\d)", folded)
    return (int(annee[0]) if annee else None), None, None


def check_naissance(texte: str, today: date) -> str | None:
    """A sentence for the aidant when the birth looks wrong, or None."""
    if not texte:
        return None
    annee, mois, jour = read_naissance(texte)
    if annee is None:
        return f"On n’y lit pas d’année de naissance, en quatre chiffres. {_VERIFIER}"
    if annee < today.year - AGE_MAX:
        return f"L’usager aurait plus de {AGE_MAX} ans. {_VERIFIER}"
    if annee > today.year or (annee, mois or 1, jour or 1) > (today.year, today.month, today.day):
        return f"Cette date n’est pas encore passée. {_VERIFIER}"
    try:
        date(annee, 1 if mois is None else mois, 1 if jour is None else jour)
    except ValueError:
        return f"Cette date n’existe pas dans le calendrier. {_VERIFIER}"
    return None


def compare_nir(numero: str, naissance: str) -> str | None:
    """A sentence when the NIR tells another year or month than the birth; None when one of them does not tell it."""
    chiffres = re.sub(r"\D", "", numero[:60])
    annee, mois, _ = read_naissance(naissance)
    if len(chiffres) < 13 or annee is None:
        return None
    if int(chiffres[1:3]) != annee % 100:
        return f"Ce numéro dit une naissance en {chiffres[1:3]}, la date de naissance {annee}. {_VERIFIER}"
    # Beyond 12, the month was unknown when the number was given.
    if mois is not None and 1 <= int(chiffres[3:5]) <= 12 and int(chiffres[3:5]) != mois:
        return (
            f"Ce numéro dit une naissance au mois {int(chiffres[3:5])}, la date de naissance au mois {mois}. "
            f"{_VERIFIER}"
        )
    return None
