"""What remains to be said once personal data are gone: when, why, how many of each. No person (product §2)."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.demandes.demande import Demande
from app.domain.oubli.effacement import Raison
from app.domain.regles.errors import Introuvable

#: The columns of `effacements`, in words: one, several.
COMPTES = {
    "messages": ("message", "messages"),
    "informations": ("information sur l’usager", "informations sur l’usager"),
    "fichiers": ("pièce jointe", "pièces jointes"),
    "mandats": ("contenu de mandat", "contenus de mandat"),
    "sms": ("SMS", "SMS"),
    "courriels": ("courriel en mémoire", "courriels en mémoire"),
    "brouillons": ("brouillon", "brouillons"),
    "commentaires": ("commentaire de clôture", "commentaires de clôture"),
}
RAISONS = {
    Raison.DELAI: "au terme de la durée de conservation",
    Raison.USAGER: "à la demande de l’usager",
}


@dataclass(frozen=True)
class Certificat:
    """The certificate of one demande. `comptes`: how many, and of what, in the order they are said."""

    begun_at: datetime
    done_at: datetime
    raison: str
    comptes: tuple[tuple[int, str, str], ...]


CERTIFICAT = "select * from effacements where demande = :numero and done_at is not null"


async def get_certificat(demande: Demande) -> Certificat:
    """The certificate of a demande its reader may know of. Raises Introuvable as long as nothing was erased."""
    row = await database.fetch_one(CERTIFICAT, numero=demande.numero)
    if row is None or demande.erased_at is None:
        raise Introuvable
    return Certificat(
        begun_at=row["begun_at"],
        done_at=row["done_at"],
        raison=RAISONS[Raison(row["raison"])],
        comptes=tuple((row[nom], un, plusieurs) for nom, (un, plusieurs) in COMPTES.items()),
    )
