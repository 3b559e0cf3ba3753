"""What may be found in a text: the identifiers of `mots`, and what the form has no identifier for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.mots.identifiants import NatureIdentifiant, Signe
from app.domain.regles.mots_fermes import MotFerme


@dataclass(frozen=True)
class FicheDonnee:
    """The row of one kind of personal data: its label, and how the title guard speaks of it.

    The label is the one it takes among the other informations, once moved out of a title.
    """

    libelle: str
    signe: Signe


class NatureDonnee(MotFerme):
    """Personal data that a text may give away and that is no identifier of the form."""

    fiche: FicheDonnee

    EMAIL = (
        "email",
        FicheDonnee("Adresse e-mail", Signe("adresse e-mail", r"(?:adresse )?(?:e-?mail|mail|courriel)")),
    )
    IBAN = "iban", FicheDonnee("IBAN", Signe("IBAN", r"iban|rib"))
    NAISSANCE = (
        "naissance",
        FicheDonnee(
            "Date de naissance",
            Signe("date de naissance", r"(?:date de )?naissance|nee?(?:\(e\))?(?: le)?|ddn"),
        ),
    )
    NOM = (
        "nom",
        FicheDonnee(
            "Nom de l’usager", Signe("nom de l’usager", r"mr?|mme|mlle|monsieur|madame|mademoiselle")
        ),
    )


NatureTrouvaille = NatureIdentifiant | NatureDonnee
#: What a text that names no usager may say all the same: how a service is reached.
DE_SERVICE: frozenset[NatureTrouvaille] = frozenset({NatureDonnee.EMAIL, NatureIdentifiant.TELEPHONE})

#: A text is searched for all of these, and each brings the words that the page says about it.
SIGNES: Mapping[NatureTrouvaille, Signe] = {
    **{nature: nature.fiche.signe for nature in NatureIdentifiant if nature.fiche.signe is not None},
    **{nature: nature.fiche.signe for nature in NatureDonnee},
}
