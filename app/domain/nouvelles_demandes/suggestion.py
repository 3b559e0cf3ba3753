"""Which sujet a text speaks of, from the words of the referentiel and what became of earlier suggestions.

The words are those of the sujets as published; the acronyms of organismes are those the project ships. It is computed
here, in one pass over the text, and nothing typed is kept: a suggestion is words of the referentiel, and its use or
refusal is a number beside the sujet. Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app import referentiel
from app.domain.mots.folding import split_mots
from app.domain.nouvelles_demandes.saisie import TEXTE_LU_MAX

RAISONS_MAX = 4
#: One word of two that the referentiel gives to this sujet alone, at least; and as much ahead of the next.
SEUIL, AVANCE = 1.0, 0.5
#: An organisme alone tells no sujet: it only helps between those whose words are there.
POIDS_ORGANISME = 0.25
#: Refused by this many agents, and by three times as many as follow it, a sujet is suggested no more.
REFUS_MIN, REFUS_POUR_UN = 20, 3


@dataclass(frozen=True)
class SujetConnu:
    """A sujet one may choose, the words that tell it, and how many agents followed or refused its suggestion."""

    id: int
    code: str
    nom: str
    organismes: tuple[str, ...]
    mots: tuple[str, ...]
    retenues: int
    refusees: int

    @property
    def is_importun(self) -> bool:
        """Its words mislead: people refuse it."""
        return self.refusees >= REFUS_MIN and self.refusees > REFUS_POUR_UN * self.retenues


@dataclass(frozen=True)
class Suggestion:
    """A sujet, and the words of the referentiel that speak for it, in the order of the text."""

    sujet: int
    nom: str
    raisons: tuple[str, ...]


@dataclass(frozen=True)
class _Expression:
    """Some words of the referentiel as people write them, with the sujets or the organisme they tell."""

    mots: str
    longueur: int
    sujets: frozenset[str] = frozenset()
    organisme: str = ""


_Lexique = dict[tuple[str, ...], _Expression]


def suggest_sujet(texte: str, connus: Sequence[SujetConnu], ecartes: Collection[int]) -> Suggestion | None:
    """The sujet this text speaks of, when one stands clearly before the others; never one of `ecartes` (ids)."""
    if not texte.strip():
        return None
    lexique = _lexique(tuple((connu.code, connu.mots) for connu in connus))
    met = list(dict.fromkeys(_find_expressions(texte, lexique)))
    scores = sorted(
        ((_score(connu, met), connu) for connu in connus if not connu.is_importun),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    if not scores or scores[0][0] < SEUIL:
        return None
    score, best = scores[0]
    if best.id in ecartes or (len(scores) > 1 and score - scores[1][0] < AVANCE):
        return None
    raisons = [e.mots for e in met if best.code in e.sujets or e.organisme in best.organismes]
    return Suggestion(best.id, best.nom, tuple(raisons[:RAISONS_MAX]))


def _score(connu: SujetConnu, met: Sequence[_Expression]) -> float:
    own = sum(e.longueur / len(e.sujets) for e in met if connu.code in e.sujets)
    return own and own + POIDS_ORGANISME * sum(1 for e in met if e.organisme in connu.organismes)


def _find_expressions(texte: str, known: _Lexique) -> Iterator[_Expression]:
    """Those of the text in its order; the longest one wins, so that « trop-perçu chômage » is not « trop-perçu »."""
    words = split_mots(texte[:TEXTE_LU_MAX])
    longest, rang = max(map(len, known)), 0
    while rang < len(words):
        for length in range(min(longest, len(words) - rang), 0, -1):
            found = known.get(words[rang : rang + length])
            if found is not None:
                yield found
                rang += length
                break
        else:
            rang += 1


# The same words give the same lexique: it is made again once other ones are published.
@lru_cache(maxsize=4)
def _lexique(connus: tuple[tuple[str, tuple[str, ...]], ...]) -> _Lexique:
    told: dict[tuple[str, ...], tuple[str, set[str]]] = {}
    for code, expressions in connus:
        for mots in expressions:
            told.setdefault(split_mots(mots), (mots, set()))[1].add(code)
    lexique = {
        words: _Expression(mots, len(words), frozenset(codes)) for words, (mots, codes) in told.items()
    }
    for organisme in referentiel.organismes():
        words = split_mots(organisme.sigle)
        lexique.setdefault(words, _Expression(organisme.sigle, len(words), organisme=organisme.code))
    return lexique
