"""Why a demande is urgent (product.md §5.4). Pure."""

from dataclasses import dataclass

from app.domain.regles.mots_fermes import MotFerme


@dataclass(frozen=True)
class FicheUrgence:
    """`libelle` is what the aidant chooses, `court` what the badge says: empty when the aidant’s own words say it."""

    libelle: str
    court: str


class MotifUrgence(MotFerme):
    """The reasons, in the order they are offered; the base refuses any other (`demandes_urgence`)."""

    fiche: FicheUrgence

    COUPURE = "coupure", FicheUrgence("Coupure d’énergie, d’eau ou de téléphone", "coupure")
    EXPULSION = "expulsion", FicheUrgence("Risque d’expulsion", "expulsion")
    SANS_RESSOURCES = "sans_ressources", FicheUrgence("Sans ressources", "sans ressources")
    SANTE = "sante", FicheUrgence("Santé en danger", "santé")
    AUTRE = "autre", FicheUrgence("Autre motif", "")


def say_urgence(motif: MotifUrgence | None, precision: str) -> str:
    """The words of the badge: « Urgente : coupure », « Urgente » alone, nothing when it is not urgent."""
    if motif is None:
        return ""
    mots = motif.fiche.court or precision
    return f"Urgente : {mots}" if mots else "Urgente"
