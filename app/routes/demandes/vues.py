"""What each list calls things: its title, its tabs, its filters, and what it says when it is empty."""

from dataclasses import dataclass

from app.domain.echanges.gestes import GesteListe
from app.domain.listes import boites
from app.domain.listes.boites import Boite
from app.domain.listes.criteres import Tri
from app.domain.regles.statuts import Tour


@dataclass(frozen=True)
class Vide:
    """An empty list: what will come here, what to do, and the link that does it."""

    titre: str
    texte: str
    url: str | None = None
    libelle: str = ""


@dataclass(frozen=True)
class Vue:
    """A list as a page. `tours` are the choices of « À qui de jouer », `mienne` the words of its box or nothing."""

    boite: Boite
    chemin: str
    titre: str
    onglets: dict[str, str]
    tours: tuple[tuple[str, str], ...]
    mienne: str
    vides: dict[str, Vide]


BROUILLONS = "brouillons"

TRIS = (
    (Tri.URGENTES, "Les plus urgentes d’abord"),
    (Tri.RECENTES, "Les plus récentes d’abord"),
    (Tri.ACTIVITE, "Dernières activités d’abord"),
)

RECUES = Vue(
    boite=boites.RECUES,
    chemin="/demandes/recues",
    titre="Demandes reçues",
    onglets={
        "nouvelles": "Nouvelles",
        "en-cours": "En cours",
        "en-souffrance": "En souffrance",
        "traitees": "Traitées",
    },
    tours=((Tour.INSTRUCTEUR, "À nous de répondre"), (Tour.AIDANT, "À l’aidant de répondre")),
    mienne="Je m’en occupe",
    vides={
        "nouvelles": Vide(
            "Aucune nouvelle demande",
            "Les demandes adressées à votre groupe apparaissent ici tant que vous ne les avez pas ouvertes.",
            "/demandes/recues",
            "Voir les demandes en cours",
        ),
        "en-cours": Vide(
            "Aucune demande en cours",
            "Les demandes qu’un aidant adresse à votre groupe apparaîtront ici, et un courriel vous préviendra.",
        ),
        "en-souffrance": Vide(
            "Aucune demande en souffrance",
            "Les demandes restées trois jours ouvrés sans réponse de votre groupe, ou quinze jours sans suite, "
            "apparaissent ici.",
            "/demandes/recues",
            "Voir les demandes en cours",
        ),
        "traitees": Vide(
            "Aucune demande traitée",
            "Les demandes que votre groupe a traitées, ou qui ne le concernaient pas, restent ici jusqu’à ce que "
            "l’aidant les clôture.",
            "/demandes/recues",
            "Voir les demandes en cours",
        ),
    },
)

MIENNES = Vue(
    boite=boites.MIENNES,
    chemin="/demandes",
    titre="Mes demandes",
    onglets={
        "en-cours": "En cours",
        "a-cloturer": "À clôturer",
        "cloturees": "Clôturées",
        BROUILLONS: "Brouillons",
    },
    tours=((Tour.AIDANT, "À moi de répondre"), (Tour.INSTRUCTEUR, "À l’organisme de répondre")),
    mienne="Envoyées par moi",
    vides={
        "en-cours": Vide(
            "Aucune demande en cours",
            "Les demandes que vous envoyez, et celles où un collègue vous invite, apparaîtront ici.",
            "/demandes/nouvelle",
            "Faire une nouvelle demande",
        ),
        "a-cloturer": Vide(
            "Aucune demande à clôturer",
            "Quand tous les organismes ont traité une demande, elle vient ici : vérifiez avec l’usager, puis "
            "clôturez-la.",
            "/demandes",
            "Voir les demandes en cours",
        ),
        "cloturees": Vide(
            "Aucune demande clôturée",
            "Les demandes clôturées restent ici, à relire ou à réouvrir, jusqu’à l’effacement de leurs données "
            "personnelles.",
            "/demandes",
            "Voir les demandes en cours",
        ),
    },
)

SUIVIES = Vue(
    boite=boites.SUIVIES,
    chemin="/demandes/suivies",
    titre="Demandes suivies",
    onglets={"suivies": "Suivies"},
    tours=((Tour.INSTRUCTEUR, "À l’organisme de répondre"), (Tour.AIDANT, "À l’aidant de répondre")),
    mienne="",
    vides={
        "suivies": Vide(
            "Aucune demande suivie",
            "Les demandes où un aidant ou un instructeur invite les experts apparaîtront ici, jusqu’à leur clôture.",
        )
    },
)

VUES = (RECUES, MIENNES, SUIVIES)


def list_gestes(vue: Vue, onglet: str) -> tuple[GesteListe, ...]:
    """What can be done to the rows of a tab."""
    if onglet == "cloturees":
        return ()
    if vue is RECUES and onglet != "traitees":
        return tuple(GesteListe)
    return (GesteListe.NON_LUE, GesteListe.RAPPEL)
