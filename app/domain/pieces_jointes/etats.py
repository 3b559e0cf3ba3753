"""Where the preview of a file stands. Pure."""

from app.domain.regles.mots_fermes import MotFerme


class EtatApercu(MotFerme):
    """Its row is what the list of files says of it, when there is nothing to open."""

    fiche: str

    A_FAIRE = "a_faire", ""
    FAIT = "fait", ""
    IMPOSSIBLE = "impossible", "aperçu indisponible"
    # Its file is leaving: nobody makes one any more.
    FERME = "ferme", ""
