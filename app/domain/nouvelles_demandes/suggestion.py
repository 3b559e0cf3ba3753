"""Which sujet a text speaks of, from the words of the referentiel and what became of earlier suggestions.

It is computed here, in one pass over the text, and nothing typed is kept: a suggestion is words of the referentiel, and
its use or refusal is a number beside the sujet. Pure.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app import referentiel
from app.domain.mots.folding import fold
from app.domain.nouvelles_demandes.saisie import TEXTE_LU_MAX
from app.referentiel.redaction import guides

RAISONS_MAX = 4
#: One word of two that the referentiel gives to this sujet alone, at least; and as much ahead of the next.
SEUIL, AVANCE = 1.0, 0.5
#: An organisme alone tells no sujet: it only helps between those whose words are there.
POIDS_ORGANISME = 0.25
#: Refused by this many agents, and by three times as many as follow it, a sujet is suggested no more.
REFUS_MIN, REFUS_POUR_UN = 20, 3

_MOT = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class SujetConnu:
    """A sujet one may choose, and how many agents followed or refused its suggestion."""

    id: int
    code: str
    nom: str
    organismes: tuple[str, ...]
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


def suggest_sujet(texte: str, connus: Sequence[SujetConnu], ecartes: Collection[int]) -> Suggestion | None:
    """The sujet this text speaks of, when one stands clearly before the others; never one of `ecartes` (ids)."""
    met = list(dict.fromkeys(_find_expressions(texte)))
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


def _find_expressions(texte: str) -> Iterator[_Expression]:
    """Those of the text in its order; the longest one wins, so that « trop-perçu chômage » is not « trop-perçu »."""
    words, known = _words(texte[:TEXTE_LU_MAX]), _lexique()
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


@cache
def _lexique() -> dict[tuple[str, ...], _Expression]:
    told: dict[tuple[str, ...], tuple[str, set[str]]] = {}
    for guide in guides().values():
        for mots in guide.mots:
            told.setdefault(_words(mots), (mots, set()))[1].add(guide.sujet)
    lexique = {
        words: _Expression(mots, len(words), frozenset(codes)) for words, (mots, codes) in told.items()
    }
    for organisme in referentiel.organismes():
        words = _words(organisme.sigle)
        lexique.setdefault(words, _Expression(organisme.sigle, len(words), organisme=organisme.code))
    return lexique


def _words(texte: str) -> tuple[str, ...]:
    """The words without accents, case, nor the mark of the plural."""
    return tuple(word.rstrip("sx") if len(word) > 3 else word for word in _MOT.findall(fold(texte)))
