"""Where people stand on a demande, in the words the base keeps. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.regles.mots_fermes import MotFerme


class Cote(StrEnum):
    """The side a line of the thread comes from; in a list, the side its reader stands on."""

    AIDANT = "aidant"
    INSTRUCTEUR = "instructeur"
    EXPERT = "expert"
    PLATEFORME = "plateforme"


@dataclass(frozen=True)
class FicheQualite:
    """`libelle` says it beside a name; `cote` is the side this person speaks from."""

    libelle: str
    cote: Cote


class Qualite(MotFerme):
    """As what somebody takes part. An author is one by the demande, the others by an invitation or their groupe."""

    fiche: FicheQualite

    AUTEUR = "auteur", FicheQualite("auteur", Cote.AIDANT)
    COLLEGUE = "collegue", FicheQualite("collègue", Cote.AIDANT)
    INSTRUCTEUR = "instructeur", FicheQualite("instructeur", Cote.INSTRUCTEUR)
    EXPERT = "expert", FicheQualite("expert", Cote.EXPERT)
