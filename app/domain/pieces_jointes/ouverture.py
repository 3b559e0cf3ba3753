"""Open one file: by its random id alone, for who may open the files of its demande, and journalled (product §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.antivirus import Verdict
from app.coffre import ContenuAbsent
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import get_demande
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.pieces_jointes.depot import coffre
from app.domain.regles.errors import Conflit, Introuvable
from app.domain.regles.permissions import can_open_files, can_read_prives, require

EN_ANALYSE = (
    "Ce fichier est en cours d’analyse par l’antivirus\u00a0: il s’ouvrira dès qu’elle est finie, "
    "d’ordinaire en quelques minutes."
)


@dataclass(frozen=True, repr=False)
class Ouverte:
    """A file as it is given back."""

    nom: str
    type_mime: str
    contenu: bytes


PIECE = """
select p.*, coalesce(m.is_prive, false) as is_prive, d.closed_at is not null as is_closed
from pieces_jointes p left join messages m on m.id = p.message left join demandes d on d.numero = p.demande
where p.id = :piece and p.erased_at is null and p.expires_at > :now
"""


async def open_piece(signed: Signed, piece: UUID, now: datetime) -> Ouverte:
    """The file, unsealed; who opened it is written before it is given.

    Raises Introuvable to strangers, and to everyone once it is erased or expired; Refus to who may know the demande
    but not open its files; Conflit before the antivirus has said what it is; CoffreIndisponible.
    """
    row = await get_openable(signed, piece, now)
    try:
        contenu = await coffre().get(row["cle"])
    except ContenuAbsent:
        raise Introuvable from None
    await tell_opened(signed, row, now)
    return Ouverte(row["nom"], row["type_mime"], contenu)


async def get_openable(signed: Signed, piece: UUID, now: datetime) -> Any:
    """The row of a file that this agent may open now. Raises Introuvable, Refus and Conflit, like `open_piece`."""
    row = await database.fetch_one(PIECE, piece=piece, now=now)
    if row is None:
        raise Introuvable
    await _require_right(signed, row)
    if row["verdict"] == Verdict.EN_ATTENTE:
        raise Conflit(EN_ANALYSE)
    return row


async def tell_opened(signed: Signed, row: Any, now: datetime, **more: int) -> None:
    """Write in the journal that this agent reads this file; `more` says what part of it."""
    await happened(
        Fait.PIECE_OUVERTE,
        agent=signed.droits.agent,
        demande=row["demande"],
        details={"piece": str(row["id"]), **more},
        now=now,
    )


async def _require_right(signed: Signed, row: Any) -> None:
    if row["brouillon"] is not None:
        if row["uploaded_by"] != signed.droits.agent:
            raise Introuvable
        return
    demande = await get_demande(signed.droits, row["demande"])
    require(can_open_files(signed.droits, demande.parties))
    # The aidant side must not even learn that something was said between instructeurs.
    if row["is_prive"] and not can_read_prives(signed.droits, demande.parties):
        raise Introuvable
