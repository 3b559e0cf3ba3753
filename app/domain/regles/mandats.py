"""How an usager gave a mandat and where it stands, with the words people read (product.md §1, §8). Pure."""

from dataclasses import dataclass

from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.tons import Ton


@dataclass(frozen=True)
class FicheNatureMandat:
    """`titre` names the mandat, `accord` says in the head of a demande how it was given.

    `texte` is the file whose SHA-256 is kept as evidence; empty on paper, where it is the model that was printed.
    """

    titre: str
    accord: str
    texte: str = ""


class NatureMandat(MotFerme):
    """How the consent was given (product.md §1)."""

    fiche: FicheNatureMandat

    PAPIER = "papier", FicheNatureMandat("Mandat papier", "Papier signé")
    SMS = "sms", FicheNatureMandat("Mandat par SMS", "Accord par SMS", "sms.txt")
    TELEPHONE = (
        "telephone",
        FicheNatureMandat("Mandat par téléphone", "Accord par téléphone", "telephone.toml"),
    )


@dataclass(frozen=True)
class FicheEtatMandat:
    """`libelle` is its badge, `en_bref` ends the sentence of the head of a demande.

    `a_faire` is said beside the number when the SMS of a form stands there; empty when nothing is missing.
    """

    libelle: str
    en_bref: str
    ton: Ton
    a_faire: str = ""


SANS_REPONSE = "L’usager n’a pas répondu à temps. Envoyez un nouveau SMS."


class EtatMandat(MotFerme):
    """Where a mandat stands. Only `VALIDE` lets people write about the usager."""

    fiche: FicheEtatMandat

    EN_ATTENTE = (
        "en_attente",
        FicheEtatMandat(
            "en attente de réponse",
            "en attente de l’usager",
            Ton.INFO,
            "L’usager n’a pas encore répondu au SMS. La demande pourra partir dès son OUI.",
        ),
    )
    VALIDE = "valide", FicheEtatMandat("en cours", "en cours", Ton.SUCCES)
    REFUSE = (
        "refuse",
        FicheEtatMandat(
            "refusé par l’usager",
            "refusé",
            Ton.ERREUR,
            "L’usager a répondu NON au SMS : la demande n’est pas envoyée, et c’est son droit. Rien n’est "
            "transmis aux organismes.",
        ),
    )
    EXPIRE = "expire", FicheEtatMandat("sans réponse", "expiré", Ton.ALERTE, SANS_REPONSE)
    ECHEC = (
        "echec",
        FicheEtatMandat(
            "SMS non remis",
            "SMS non remis",
            Ton.ERREUR,
            "Le SMS n’a pas pu être remis. Vérifiez le numéro, ou choisissez une autre façon.",
        ),
    )
    REMPLACE = "remplace", FicheEtatMandat("remplacé", "remplacé", Ton.NEUTRE, SANS_REPONSE)
    REVOQUE = "revoque", FicheEtatMandat("révoqué", "révoqué", Ton.ERREUR, SANS_REPONSE)
    TERMINE = "termine", FicheEtatMandat("terminé", "terminé", Ton.NEUTRE, SANS_REPONSE)


@dataclass(frozen=True)
class FicheMotif:
    """`libelle` is what one chooses, and what is kept; `is_precise`: some words must say more."""

    libelle: str
    is_precise: bool = False


class MotifRevocation(MotFerme):
    """Why a mandat ends before its year."""

    fiche: FicheMotif

    RETRAIT = "retrait", FicheMotif("L’usager retire son mandat")
    DECES = "deces", FicheMotif("L’usager est décédé")
    ERREUR = "erreur", FicheMotif("Le mandat a été enregistré par erreur")
    AUTRE = "autre", FicheMotif("Autre raison", is_precise=True)


def read_motif(code: str) -> MotifRevocation | None:
    """The reason of this code, as a form sends it."""
    return next((motif for motif in MotifRevocation if motif == code), None)
