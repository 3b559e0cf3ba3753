"""How pages are shown in one browser: closed lists of choices, and the text by which a cookie keeps them. Pure.

It says nothing of who reads: only words of these lists are ever read back, whatever the cookie holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

from app.domain.regles.mots_fermes import MotFerme

SEPARATOR = "."


class FicheChoix(NamedTuple):
    """What a choice is called, what its help says, and the word that the stylesheet knows it by."""

    libelle: str
    aide: str = ""
    style: str = ""


class Couleurs(MotFerme):
    """Light or dark."""

    fiche: FicheChoix

    SYSTEME = "systeme", FicheChoix("Comme mon ordinateur ou mon téléphone")
    CLAIR = "clair", FicheChoix("Claires", style="light")
    SOMBRE = "sombre", FicheChoix("Sombres", style="dark")


class Texte(MotFerme):
    """The size of the letters, and of what is measured by them."""

    fiche: FicheChoix

    NORMAL = "normal", FicheChoix("Celle de mon navigateur")
    GRAND = "grand", FicheChoix("Plus grande", style="grand")
    TRES_GRAND = "tres-grand", FicheChoix("Beaucoup plus grande", style="tres-grand")


class Mouvement(MotFerme):
    """Whether anything on a page moves by itself."""

    fiche: FicheChoix

    SEUL = "seul", FicheChoix("Les listes et les conversations se mettent à jour seules")
    AUCUN = (
        "aucun",
        FicheChoix(
            "Rien ne bouge sans moi",
            "Ni mise à jour, ni animation\u00a0: «\u00a0Actualiser\u00a0» les remplace.",
            "aucun",
        ),
    )


class Clavier(MotFerme):
    """Whether the acts of the pages have keys."""

    fiche: FicheChoix

    SANS = "sans-raccourcis", FicheChoix("Sans raccourcis")
    AVEC = (
        "raccourcis",
        FicheChoix("Avec des raccourcis", "Une lettre par geste, tenue avec une touche de votre navigateur."),
    )


@dataclass(frozen=True)
class Affichage:
    """The choices of one browser; what was never chosen follows the browser itself."""

    couleurs: Couleurs = Couleurs.SYSTEME
    texte: Texte = Texte.NORMAL
    mouvement: Mouvement = Mouvement.SEUL
    clavier: Clavier = Clavier.SANS

    @classmethod
    def of_mots(cls, mots: Iterable[str]) -> Self:
        """The choices that these words name, in any order; any other word says nothing."""
        said = set(mots)
        return cls(
            _choose(Couleurs, said), _choose(Texte, said), _choose(Mouvement, said), _choose(Clavier, said)
        )

    @classmethod
    def of_cookie(cls, kept: str) -> Self:
        """What `as_cookie` wrote."""
        return cls.of_mots(kept.split(SEPARATOR))

    def as_cookie(self) -> str:
        """The words of the choices."""
        return SEPARATOR.join((self.couleurs, self.texte, self.mouvement, self.clavier))

    def attributs(self) -> dict[str, str | None]:
        """What the stylesheet reads on the element of the whole page; nothing for what follows the browser."""
        return {
            "data-theme": self.couleurs.fiche.style or None,
            "data-texte": self.texte.fiche.style or None,
            "data-mouvement": self.mouvement.fiche.style or None,
        }

    @property
    def color_scheme(self) -> str:
        """What the browser paints before the stylesheet is there, and its own controls."""
        return self.couleurs.fiche.style or "light dark"

    @property
    def is_still(self) -> bool:
        """Nothing is asked again without a press."""
        return self.mouvement is Mouvement.AUCUN

    @property
    def has_touches(self) -> bool:
        """The acts of the pages have their keys (app/touches.py)."""
        return self.clavier is Clavier.AVEC


_Liste = TypeVar("_Liste", bound=MotFerme)


def _choose(liste: type[_Liste], said: set[str]) -> _Liste:
    """The word of this list that was said, or its first one, which follows the browser."""
    return next((mot for mot in liste if mot in said), next(iter(liste)))
