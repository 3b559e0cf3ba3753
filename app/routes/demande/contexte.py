"""What the demande page is shown with."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import EtatBrouillon
from app.domain.demandes.demande import Demande
from app.domain.demandes.suivi import SuiviPersonnel
from app.domain.demandes.vu import Changement, Vu
from app.domain.echanges.fil import Feuillet
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import MessageSaisi
from app.domain.echanges.usagers import Information
from app.domain.groupes.reponses import Reponse
from app.domain.pieces_jointes.liste import Pieces
from app.domain.pieces_jointes.panier import Panier
from app.pages import Contexte
from app.routes.demande.bulles import Bulle
from app.routes.demande.envoi import MotsEnvoi
from app.routes.demande.essentiel import Essentiel
from app.routes.demande.gestes import Gestes
from app.routes.demande.mots import Badge, Volet
from app.routes.demande.presence import Presence
from app.routes.demande.recu import Recu

PAGE = "demande/page.html"
REGION = "demande/dossier.html"
FIL = "demande/fil.html"


@dataclass(frozen=True)
class Retour:
    """The list of this reader that has the demande."""

    url: str
    libelle: str

    def through(self, liste: str) -> "Retour":
        """The list from which they came, with its filters; else this one."""
        return Retour(liste, LISTES[liste.partition("?")[0]]) if liste else self


LISTES = {
    "/demandes": "Mes demandes",
    "/demandes/recues": "Demandes reçues",
    "/demandes/suivies": "Demandes suivies",
}


def retour_of(signed: Signed, gestes: Gestes) -> Retour:
    """The list that the « ← » link of this reader leads to."""
    if gestes.is_on_aidant_side:
        return Retour("/demandes", "Mes demandes")
    if gestes.is_instructeur:
        return Retour("/demandes/recues", "Demandes reçues")
    if gestes.read and signed.droits.is_expert:
        return Retour("/demandes/suivies", "Demandes suivies")
    return Retour("/", "Accueil")


@dataclass(frozen=True)
class SatisfactionSaisie:
    """What is asked at closing, as it was typed."""

    raison: str = ""
    note: str = ""
    commentaire: str = ""


@dataclass(frozen=True)
class AjoutSaisi:
    """A detail of the usager being added, as it was typed."""

    nature: str = ""
    libelle: str = ""
    valeur: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Enregistrees:
    """Saved replies asked for while answering: the first ones found, how many there are, and whose they are."""

    cherche: str
    reponses: list[Reponse]
    total: int
    groupe: int
    is_inseree: bool = False
    """One was chosen and stands in the text: none is shown any more."""


@dataclass(frozen=True)
class Present:
    """Someone who takes part, and when they last came."""

    agent: int
    nom: str
    role: str
    groupe_nom: str
    absent_until: date | None
    last_at: datetime | None
    is_reader: bool
    is_citable: bool
    is_refusee: bool


@dataclass(frozen=True)
class EnPartance:
    """One's own answer that others do not read, as the thread shows it. `cle` takes it back.

    It leaves in so many `secondes`, at `heure`; or it could not, and `retenue` says why. `is_texte`: something typed
    would be lost without it.
    """

    cle: UUID
    texte: str
    is_texte: bool
    is_prive: bool
    secondes: int
    heure: str
    retenue: str
    fichiers: list[str]
    appeles: str
    """The groupes that it will invite."""
    has_focus: bool
    """It was just sent."""


@dataclass(frozen=True, kw_only=True)
class Dossier(Contexte):
    """Everything the page shows to one reader.

    `arrivees`: what others wrote while a text was typed; `changements`: what is not any more as the page said;
    `focus`: the line just written; `vu`: what this page shows, said by every act;
    `affichee`: the identifier just revealed; `bilan`: where each organisme stands; `avertissement`, `suspension`:
    why what is typed has not left, or cannot.
    """

    templates = (PAGE, REGION, FIL, "demande/usager.html", "demande/suivi.html")
    demande: Demande
    gestes: Gestes
    titre: str
    auteur: str
    retour: Retour
    statut: Badge | None
    badges: list[Badge]
    volets: list[Volet]
    essentiel: Essentiel
    recu: Recu | None
    mandat: str
    conservation: list[str]
    bulles: list[Bulle]
    echanges: Feuillet
    """Which part of the thread is shown."""
    en_partance: list[EnPartance]
    arrivees: list[Bulle]
    focus: int
    vu: Vu
    changements: tuple[Changement, ...]
    participants: list[Present]
    numero: int
    presence: Presence | None
    """Who else is there; nobody is told to who looks at the pages of somebody else."""
    informations: list[Information]
    affichee: int
    natures: list[tuple[str, str]]
    lecteurs: str
    lecteurs_prives: str
    envoi: MotsEnvoi
    brouillon: EtatBrouillon
    documents: list[tuple[str, str]]
    """What an instructeur may ask the aidant for."""
    au_nom_de: list[tuple[int, str]]
    bilan: str
    echeances: list[tuple[str, str]]
    """What closing would erase and when, for who may close."""
    is_traitee: bool
    consequence: str
    suspension: str
    avertissement: str
    saisie: MessageSaisi
    information: AjoutSaisi
    satisfaction: SatisfactionSaisie
    is_reprise: bool
    """An answer was just taken back: its text is in the form again."""
    is_citee: bool
    """A name was just put in the message."""
    suivi: SuiviPersonnel
    rappel_le: str
    pieces: Pieces
    panier: Panier
    enregistrees: Enregistrees | None
    releves: dict[int, list[tuple[int, str]]]
    """By groupe, to whom what this reader follows may be handed over."""
    proposes: list[tuple[int, str, str]]
    """The groupes that may take over, those of the sujet first."""
    choisis: tuple[int, ...]
    """Those of them that were ticked."""
    rapides: dict[ReponseRapide, UUID]
    """The quick answers, each with the key that makes it happen once."""
    appel: UUID
    """The key of the form that asks who else may answer."""
    cle: UUID
    """The key of the other forms of the page: each says something of its own with it."""
