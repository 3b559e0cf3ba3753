"""The three answers to the question asked at closing. Pure."""

from dataclasses import dataclass

from app.domain.regles.mots_fermes import MotFerme


@dataclass(frozen=True)
class FicheNote:
    """`rang` is what the form sends and the base keeps, `colonne` counts it in what is published."""

    libelle: str
    rang: int
    colonne: str


class Note(MotFerme):
    """Whether the answer helped the usager, from the best to the worst, as figures list them."""

    fiche: FicheNote

    OUI = "oui", FicheNote("Oui", 3, "satisfaits")
    EN_PARTIE = "en_partie", FicheNote("En partie", 2, "mitiges")
    NON = "non", FicheNote("Non", 1, "mecontents")


RANGS = {note.fiche.rang: note for note in Note}
