"""What a verb may refuse; `pages.py` turns each into a French page."""

from collections.abc import Mapping


class Introuvable(Exception):
    """It does not exist, or not for this agent: the same answer, 404 (house §4)."""


class Disparu(Introuvable):
    """It may have been here when the page was shown: the same 404, and `phrase` says in French what may have happened.

    It is said to whoever may see the place, of everything that is not there: it never tells what exists elsewhere.
    """

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


class Refus(Exception):
    """This agent may see it but not do this: 403. `phrase` says why, in French."""

    def __init__(self, phrase: str = "Vous n’avez pas le droit de faire cette action.") -> None:
        super().__init__(phrase)
        self.phrase = phrase


class Invalide(Exception):
    """What was typed cannot be kept: 422. `erreurs` maps a field to a French sentence, in page order."""

    def __init__(self, erreurs: Mapping[str, str]) -> None:
        super().__init__(", ".join(erreurs))
        self.erreurs = dict(erreurs)


class Conflit(Exception):
    """Things changed meanwhile: 409. `phrase` says what to look at, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


class TropDeDemandes(Exception):
    """Too many attempts: 429. `phrase` says when to try again, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase
