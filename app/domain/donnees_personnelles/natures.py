"""What may be found in a text: the identifiers of `mots`, and what the form has no identifier for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.mots.identifiants import FICHES, NatureIdentifiant, Signe


class NatureDonnee(StrEnum):
    """Personal data that a text may give away and that is no identifier of the form."""

    EMAIL = "email"
    IBAN = "iban"
    NAISSANCE = "naissance"
    NOM = "nom"

    @property
    def libelle(self) -> str:
        """The label it takes among the other informations, once moved out of a title."""
        return DONNEES[self].libelle


NatureTrouvaille = NatureIdentifiant | NatureDonnee


@dataclass(frozen=True)
class FicheDonnee:
    """The row of one kind of personal data: its label, and how the title guard speaks of it."""

    libelle: str
    signe: Signe


DONNEES: Mapping[NatureDonnee, FicheDonnee] = {
    NatureDonnee.EMAIL: FicheDonnee(
        "Adresse e-mail", Signe("adresse e-mail", r"(?:adresse )?(?:e-?mail|mail|courriel)")
    ),
    NatureDonnee.IBAN: FicheDonnee("IBAN", Signe("IBAN", r"iban|rib")),
    NatureDonnee.NAISSANCE: FicheDonnee(
        "Date de naissance",
        Signe("date de naissance", r"(?:date de )?naissance|nee?(?:\(e\))?(?: le)?|ddn"),
    ),
    NatureDonnee.NOM: FicheDonnee(
        "Nom de l’usager", Signe("nom de l’usager", r"mr?|mme|mlle|monsieur|madame|mademoiselle")
    ),
}

#: Everything a text is searched for, with the words about it.
SIGNES: Mapping[NatureTrouvaille, Signe] = {
    **{nature: fiche.signe for nature, fiche in FICHES.items() if fiche.signe is not None},
    **{nature: fiche.signe for nature, fiche in DONNEES.items()},
}
