"""« @Inès Le Goff » in a text: who is named, and where. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.mots.folding import fold_same_length


@dataclass(frozen=True)
class Citation:
    """The text from `debut` to `fin`, the sign included, names this agent."""

    debut: int
    fin: int
    agent: int


def find_citations(texte: str, noms: Mapping[int, str]) -> list[Citation]:
    """Each « @Prénom Nom » of these people, in the order of the text; case and accents do not matter.

    The longest name wins where several begin. An address is no citation: something else stands before its sign.
    """
    if "@" not in texte:
        return []
    seen = fold_same_length(texte)
    found: list[Citation] = []
    for agent, nom in sorted(noms.items(), key=lambda one: (-len(one[1]), one[0])):
        words = [re.escape(word) for word in fold_same_length(nom).split()]
        if not words:
            continue
        pattern = r"(?<!\w)@" + r"\s+".join(words) + r"(?!\w)"
        found += [
            Citation(match.start(), match.end(), agent)
            for match in re.finditer(pattern, seen)
            if not any(
                c.debut < match.end() and match.start() < c.fin and c.fin != match.end() for c in found
            )
        ]
    return sorted(found, key=lambda c: (c.debut, c.agent))
