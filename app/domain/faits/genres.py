"""The kinds of event an agent chooses mails for, one row each. Pure."""

from dataclasses import dataclass

from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.rythmes import Prereglage, Rythme

RANGS = {prereglage: rang for rang, prereglage in enumerate(Prereglage)}


@dataclass(frozen=True)
class FicheGenre:
    """What an agent reads on `/profil/notifications`, and the rhythm each ready-made set gives, in their order.

    `rythmes` is empty for what always leaves at once and is not offered. `is_any_hour`: at once, it leaves at night
    too. `is_storm`: while the agent has not opened the demande since the last mail about it, the next ones wait for the
    hours of grouped mails.
    """

    libelle: str
    aide: str = ""
    rythmes: tuple[Rythme, ...] = ()
    offered: tuple[Rythme, ...] = tuple(Rythme)
    is_any_hour: bool = False
    is_storm: bool = False


class Genre(MotFerme):
    """The kinds of event an agent chooses mails for, in the order of the page."""

    fiche: FicheGenre

    COMPTE = "compte", FicheGenre("Connexion et compte")
    NOUVELLE_DEMANDE = (
        "nouvelle",
        FicheGenre(
            "Nouvelle demande pour mon groupe", rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR)
        ),
    )
    URGENTE = (
        "urgente",
        FicheGenre(
            "Demande urgente",
            "à l’instant, part aussi la nuit et le week-end",
            rythmes=(Rythme.INSTANT, Rythme.INSTANT, Rythme.INSTANT),
            is_any_hour=True,
        ),
    )
    MESSAGE = (
        "message",
        FicheGenre(
            "Réponse dans une demande que je suis",
            rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR),
            is_storm=True,
        ),
    )
    PRIVE = (
        "prive",
        FicheGenre(
            "Message réservé aux instructeurs",
            rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.JAMAIS),
            is_storm=True,
        ),
    )
    INVITATION = (
        "invitation",
        FicheGenre(
            "On m’invite ou on me cite dans une demande",
            rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR),
        ),
    )
    SOUFFRANCE = (
        "souffrance",
        FicheGenre(
            "Demande en souffrance",
            "votre groupe d’abord, puis ses responsables",
            rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR),
        ),
    )
    ETAPE = (
        "etape",
        FicheGenre(
            "Demande traitée, relancée, clôturée ou réouverte",
            rythmes=(Rythme.INSTANT, Rythme.PAR_JOUR, Rythme.JAMAIS),
        ),
    )
    MANDAT = (
        "mandat",
        FicheGenre("Mandat de l’usager", rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR)),
    )
    ECHEANCE = (
        "echeance",
        FicheGenre(
            "Échéances et rappels",
            "pièces bientôt effacées, demande à clôturer, rappel que j’ai demandé",
            rythmes=(Rythme.INSTANT, Rythme.DEUX_FOIS, Rythme.PAR_JOUR),
        ),
    )
    COLLEGUE = (
        "collegue",
        FicheGenre(
            "Un collègue s’en occupe, s’absente",
            rythmes=(Rythme.INSTANT, Rythme.JAMAIS, Rythme.JAMAIS),
            is_storm=True,
        ),
    )
    RECAPITULATIF = (
        "recapitulatif",
        FicheGenre(
            "Récapitulatif du lundi",
            "ce qu’il vous reste à répondre et à clôturer",
            rythmes=(Rythme.PAR_JOUR, Rythme.PAR_JOUR, Rythme.PAR_JOUR),
            offered=(Rythme.PAR_JOUR, Rythme.JAMAIS),
        ),
    )

    @property
    def is_choosable(self) -> bool:
        """Whether an agent chooses how fast they are told of it; the others always leave at once."""
        return bool(self.fiche.rythmes)

    def rythme_of(self, prereglage: Prereglage) -> Rythme:
        """What a ready-made set of choices says of it."""
        return self.fiche.rythmes[RANGS[prereglage]]
