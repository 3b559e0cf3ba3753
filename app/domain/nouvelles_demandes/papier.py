"""The form of a whole demande on paper, for the days without a network: what it asks, in the order of the page."""

from dataclasses import dataclass

from app import tables
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.urgences import MotifUrgence
from app.referentiel.redaction import essais


@dataclass(frozen=True)
class FeuilleDemande:
    """What is to be ticked or written. `identifiants`: the label of each, and its boxes, none for a line."""

    organismes: tuple[str, ...]
    identifiants: tuple[tuple[str, int], ...]
    essais: tuple[str, ...]
    motifs: tuple[str, ...]


async def read_feuille() -> FeuilleDemande:
    """The form as the referentiel of today makes it: the organismes that answer, what the writing guide offers."""
    rows = (
        await tables.Organismes.select(tables.Organismes.sigle)
        .where(tables.Organismes.is_aidant.eq(False), tables.Organismes.is_retire.eq(False))
        .order_by(tables.Organismes.sigle)
    )
    return FeuilleDemande(
        organismes=tuple(row["sigle"] for row in rows),
        identifiants=tuple((nature.libelle, nature.fiche.cases) for nature in NatureIdentifiant),
        essais=tuple(essais().values()),
        motifs=tuple(motif.fiche.libelle for motif in MotifUrgence),
    )
