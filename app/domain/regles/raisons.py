"""Why a demande that nobody answered is closed. Pure."""

from app.domain.regles.mots_fermes import MotFerme


class RaisonCloture(MotFerme):
    """The reasons, in the order they are offered; `fiche` is what one chooses and what the thread then says."""

    fiche: str

    AUTREMENT = "autrement", "La situation s’est débloquée autrement"
    ABANDON = "abandon", "L’usager ne donne pas suite"
    TROP_TARD = "trop_tard", "C’est trop tard\u00a0: la réponse ne servirait plus"
    INTERLOCUTEUR = "interlocuteur", "Aucun bon interlocuteur n’a été trouvé"
    ERREUR = "erreur", "La demande est partie par erreur, ou en double"
