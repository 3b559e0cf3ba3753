"""What the registry says of a fait: who is told, what the thread shows, and how its rows are written. Pure."""

from dataclasses import dataclass
from enum import Enum

from app.domain.faits.genres import Genre
from app.domain.regles.statuts import Nature
from app.domain.regles.tons import Ton


class Told(Enum):
    """The named rules that say who gets a mail; `demandes.destinataires` applies those about a demande."""

    CONCERNE = "l’agent concerné"
    SUIVENT = "ceux qui suivent la demande"
    COTE_AIDANT = "l’auteur et les collègues invités"
    COTE_INSTRUCTEUR = "les instructeurs et les experts qui suivent"
    ONT_PRIS_PART = "les instructeurs qui ont pris part"
    APPELES = "les personnes invitées et les groupes sollicités par cet acte"


@dataclass(frozen=True)
class Avis:
    """A mail that a fait sends. `courriel` names the folder when it is not the one of the fait itself, `genre` the
    kind of event when it is not the fait’s own. `is_for_words`: only when something was written.
    """

    told: Told
    courriel: str = ""
    genre: Genre | None = None
    is_for_words: bool = False


@dataclass(frozen=True)
class AuFil:
    """What the thread shows. `phrase` says what the author did: {quoi} is whom it was about, {texte} what was written.

    `badge` says the same in a word, beside a written message; `ton` is the tone that confirms it.
    """

    nature: Nature
    phrase: str = ""
    badge: str = ""
    ton: Ton = Ton.NEUTRE


@dataclass(frozen=True)
class FicheFait:
    """The row of one fait. `libelle` names it in French; `annonce` is said to its author on the next page.

    Of `avis`, the first whose rule fits an address gives its mail. `is_urgent`: it leaves at any hour, before the
    others.
    """

    libelle: str
    fil: AuFil | None = None
    annonce: str = ""
    avis: tuple[Avis, ...] = ()
    genre: Genre | None = None
    is_urgent: bool = False


Row = tuple[str, FicheFait]
# The mail of those who follow, for what is also a message to them.
MESSAGE = "message_envoye"
MESSAGE_AUX_AUTRES = Avis(Told.SUIVENT, MESSAGE)
MOT_AUX_AUTRES = Avis(Told.SUIVENT, MESSAGE, is_for_words=True)
SON_AUTEUR = (Avis(Told.CONCERNE),)


def row(
    mot: str,
    libelle: str,
    fil: AuFil | None = None,
    *,
    annonce: str = "",
    avis: tuple[Avis, ...] = (),
    genre: Genre | None = None,
    is_urgent: bool = False,
) -> Row:
    """The word kept in the journal, then all that the registry says of it: how a fait is written in `registre.py`."""
    return mot, FicheFait(libelle, fil, annonce, avis, genre, is_urgent)


def about_account(
    mot: str, libelle: str, annonce: str = "", *, courriel: str = "", is_urgent: bool = False
) -> Row:
    """A fait about an account, told to whom it belongs, by the mail of its name or by another one."""
    avis = (Avis(Told.CONCERNE, courriel),)
    return row(mot, libelle, annonce=annonce, avis=avis, genre=Genre.COMPTE, is_urgent=is_urgent)


def tell_alone(mot: str, libelle: str, genre: Genre) -> Row:
    """A fait that shows nowhere and is told to the agent it is about."""
    return row(mot, libelle, avis=SON_AUTEUR, genre=genre)


def climb(mot: str, libelle: str, nature: Nature, phrase: str) -> Row:
    """A rung of the ladder of en souffrance: its line of the thread, and a mail to the agents it calls."""
    return row(mot, libelle, AuFil(nature, phrase), avis=SON_AUTEUR, genre=Genre.SOUFFRANCE)
