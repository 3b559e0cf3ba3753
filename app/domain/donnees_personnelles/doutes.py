"""What a title may hold or not, depending on what it means: it brings a question, never a refusal. Pure and linear.

« M. Dupont » may be the usager or the mayor, « famille Martin » a household or an association, nine digits a file or
an enterprise: only the aidant knows.
"""

import re
from collections.abc import Iterator, Sequence

from app.domain.donnees_personnelles.mots_courants import MOTS_COMMUNS
from app.domain.donnees_personnelles.reperage import Trouvaille
from app.domain.mots.folding import fold

_NOM = r"(?:(?:Le|La|Les|[Dd]e|[Dd]u|[Dd]es)[ \u00a0]){0,2}(?P<nom>[A-ZÀ-ÖØ-Þ][\w’'´`\-]{1,40})"
# « M DUPONT » has no point, and is told from a letter by its capitals.
_TITRE = (
    r"(?:M\.|M(?=[ \u00a0\u202f][A-ZÀ-ÖØ-Þ]{3})|"
    r"(?i:mr\.?|mm\.|mmes?\.?|mlles?\.?|monsieur|messieurs|madame|mesdames|mademoiselle|veuve|vve))"
)
_PERSONNE = re.compile(rf"(?<!\w){_TITRE}[ \u00a0\u202f]{{0,2}}{_NOM}")
_FAMILLE = re.compile(
    rf"(?<!\w)(?:[Ff]amille|[Cc]onsorts|[ÉéE]poux|[Cc]ouple|[Ee]nfants?)[ \u00a0\u202f]{_NOM}"
)
# Nine digits or more; what has the shape and the key of an identifier is refused elsewhere.
_LONG_NUMERO = re.compile(
    r"(?<![\d.,/])(?:\d{9,15}|\d{3}(?P<entre>[ .\-\u00a0\u202f])\d{3}(?:(?P=entre)\d{3}){1,3})(?![\d/]|[.,]\d| ?€)"
)

# « 0 809 401 401 » is dialled by everybody.
_SERVICE = re.compile(r"0[ .\u00a0\u202f]?8\d\d[ .\u00a0\u202f]?\d{3}[ .\u00a0\u202f]?\d{3}")

EST_UNE_PERSONNE = (
    "«\u00a0{mots}\u00a0» est-il le nom de l’usager ou d’un proche\u00a0? Si oui, retirez-le du titre."
)
EST_UN_DOSSIER = (
    "«\u00a0{mots}\u00a0» est-il un numéro qui désigne l’usager\u00a0? Si oui, écrivez-le plutôt dans ses "
    "informations."
)


def find_questions(titre: str, trouvailles: Sequence[Trouvaille] = ()) -> list[str]:
    """A question for each thing in doubt, in the order of the title; what `trouvailles` refuses is not asked again."""
    asked = sorted(_find(titre))
    return [
        phrase.format(mots=titre[debut:fin])
        for debut, fin, phrase in asked
        if not any(t.debut < fin and debut < t.fin for t in trouvailles)
    ]


def _find(titre: str) -> Iterator[tuple[int, int, str]]:
    for match in (*_PERSONNE.finditer(titre), *_FAMILLE.finditer(titre)):
        # « Madame Le Maire » and « Famille Nombreuse » have capitals out of courtesy: they name nobody.
        if fold(match["nom"]) not in MOTS_COMMUNS | {"nombreuse", "monoparentale"}:
            yield match.start(), match.end(), EST_UNE_PERSONNE
    for match in _LONG_NUMERO.finditer(titre):
        if _SERVICE.fullmatch(titre, max(0, match.start() - 2), match.end()):
            continue
        yield match.start(), match.end(), EST_UN_DOSSIER
