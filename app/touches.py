"""The keyboard shortcuts of the pages, off until they are asked for: the browser’s own access keys, no script. Pure.

Each browser has its modifier keys for them, which pages say: `accesskey` alone announces nothing.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.regles.mots_fermes import MotFerme


class FicheTouche(NamedTuple):
    """The letter, what it does, and on which pages."""

    lettre: str
    libelle: str
    pages: str


class Touche(MotFerme):
    """What has a key. No letter is one that a browser keeps with Alt for its own menus (D, E, F)."""

    fiche: FicheTouche

    REPONDRE = "repondre", FicheTouche("r", "Répondre\u00a0: aller à la zone de texte", "Une demande")
    PRISE = "prise", FicheTouche("j", "Je m’en occupe", "Une demande\u00a0; une liste, pour ce qui est coché")
    SUIVANTE = "suivante", FicheTouche("s", "Demande suivante", "Une demande")
    LISTE = "liste", FicheTouche("l", "Retour à la liste", "Une demande")
    RECHERCHER = "rechercher", FicheTouche("c", "Rechercher", "Toutes les pages")
    NON_LUE = (
        "non_lue",
        FicheTouche("n", "Marquer comme non lue", "Une demande\u00a0; une liste, pour ce qui est coché"),
    )
    RAPPEL = (
        "rappel",
        FicheTouche("m", "Me le rappeler", "Une demande\u00a0; une liste, pour ce qui est coché"),
    )


class FicheModificateur(NamedTuple):
    """The keys to hold, as French keyboards name them and as `aria-keyshortcuts` does; who uses them, for people and by
    what their browser says of itself.
    """

    mots: str
    aria: str
    navigateurs: str
    user_agent: str


class Modificateur(MotFerme):
    """What is held with the letter, in the order in which a browser is looked for."""

    fiche: FicheModificateur

    MAC = (
        "mac",
        FicheModificateur(
            "Ctrl + Option", "Control+Alt", "macOS, iPad et iPhone", "Mac OS X|Macintosh|iPhone|iPad"
        ),
    )
    FIREFOX = (
        "firefox",
        FicheModificateur("Alt + Maj", "Alt+Shift", "Firefox sur Windows et Linux", "Firefox/"),
    )
    # Last, for it takes whatever a browser says.
    AUTRE = "autre", FicheModificateur("Alt", "Alt", "Chrome, Edge et les autres sur Windows et Linux", "")


def read_modificateur(user_agent: str) -> Modificateur:
    """Which keys this browser asks for, as far as it says what it is."""
    said = user_agent[:500]
    return next(one for one in Modificateur if re.search(one.fiche.user_agent, said))


@dataclass(frozen=True)
class Touches:
    """The shortcuts of one browser. Off, no control has any."""

    is_on: bool = False
    modificateur: Modificateur = Modificateur.AUTRE

    def of(self, mot: str) -> dict[str, str]:
        """The attributes of the control that this key presses; nothing for an act that has none."""
        if not self.is_on or mot not in set(Touche):
            return {}
        lettre = Touche(mot).fiche.lettre
        return {
            "accesskey": lettre,
            "aria-keyshortcuts": f"{self.modificateur.fiche.aria}+{lettre.upper()}",
        }

    def say(self, touche: Touche) -> str:
        """« Alt + Maj + R »."""
        return f"{self.modificateur.fiche.mots} + {touche.fiche.lettre.upper()}"
