"""Addresses written in a text: where each begins and ends, so that it can be clicked. Pure, and linear in the text."""

import re
from collections.abc import Iterator

# Letters, digits and signs of an address only: a space, a quote, an invisible or a direction-changing mark ends it.
_ADRESSE = re.compile(
    r"(?<![\w@])https?://[^\s\"'<>«»“”\\^`{|}\u200b-\u200f\u2028-\u202e\u2060-\u206f]{1,2000}", re.IGNORECASE
)
_HOTE = re.compile(r"https?://[\w.-]*\w[\w.-]*(:\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_FIN = ".,;:!?…’*_"
_FERMANTES = {")": "(", "]": "["}


def find_liens(texte: str) -> Iterator[tuple[int, int]]:
    """Where each http or https address begins and ends, in order.

    What punctuates the sentence around is no part of it. An address that hides its host behind a name (« banque@… »)
    is no link: it would lead elsewhere than it says.
    """
    for found in _ADRESSE.finditer(texte):
        adresse = _trim(found[0])
        if _HOTE.match(adresse):
            yield found.start(), found.start() + len(adresse)


def _trim(adresse: str) -> str:
    """Without the signs that end the sentence; a bracket stays when it was opened in the address."""
    opened = {close: adresse.count(open_) - adresse.count(close) for close, open_ in _FERMANTES.items()}
    end = len(adresse)
    while end:
        last = adresse[end - 1]
        if last in _FERMANTES and opened[last] < 0:
            opened[last] += 1
        elif last not in _FIN:
            break
        end -= 1
    return adresse[:end]
