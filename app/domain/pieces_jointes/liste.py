"""The files of a demande, for who may open them; and those a form holds until it is sent (product §3, §7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import database
from app.domain.demandes import Demande
from app.domain.permissions import Droits, can_open_files, can_read_prives


@dataclass(frozen=True, repr=False)
class Piece:
    """One file; `taille` in bytes. Erased, its name is empty: only its sender and its dates are left."""

    id: UUID
    nom: str
    taille: int
    message: int | None
    auteur: str
    is_prive: bool
    uploaded_at: datetime
    expires_at: datetime
    is_erased: bool


@dataclass(frozen=True, repr=False)
class Pieces:
    """Files of a demande: sent, and waiting in the answer this reader is writing (`formulaire`)."""

    envoyees: tuple[Piece, ...] = ()
    en_attente: tuple[Piece, ...] = ()
    formulaire: UUID | None = None

    def of(self, message: int | None) -> tuple[Piece, ...]:
        """The files that came with this message; None: with the demande itself."""
        return tuple(piece for piece in self.envoyees if piece.message == message)


# The waiting ones of the last form only: an answer is one form at a time.
PIECES = """
select p.id, p.nom, p.taille, p.message, p.brouillon, p.uploaded_at, p.expires_at,
    coalesce(m.is_prive, false) as is_prive, p.erased_at is not null or p.expires_at <= $4 as is_erased,
    coalesce(nullif(case when p.message is null then d.signature else m.signature end, ''),
        trim(a.prenom || ' ' || a.nom)) as auteur
from pieces_jointes p
join demandes d on d.numero = p.demande
join agents a on a.id = p.uploaded_by
left join messages m on m.id = p.message
where p.demande = $1 and case when p.brouillon is null then m.is_prive is not true or $2
    else p.uploaded_by = $3 and p.erased_at is null and p.expires_at > $4 end
order by p.uploaded_at, p.nom, p.id
"""
FORMULAIRE = """
select p.id, p.nom, p.taille, p.message, p.uploaded_at, p.expires_at, false as is_prive, false as is_erased,
    '' as auteur
from pieces_jointes p
where p.brouillon = $1 and p.uploaded_by = $2 and p.erased_at is null and p.expires_at > $3
order by p.uploaded_at, p.nom, p.id
"""


async def list_pieces(droits: Droits, demande: Demande, now: datetime) -> Pieces:
    """The files of a demande, first sent first; nothing, not even a count, for who may not open them.

    Those of private messages only for who reads these.
    """
    if not can_open_files(droits, demande.parties):
        return Pieces()
    is_inside = can_read_prives(droits, demande.parties)
    rows = [dict(r) for r in await database.fetch(PIECES, demande.numero, is_inside, droits.agent, now)]
    formulaires = [row.pop("brouillon") for row in rows]
    last = next((f for f in reversed(formulaires) if f is not None), None)
    pieces = [(formulaire, Piece(**row)) for formulaire, row in zip(formulaires, rows, strict=True)]
    return Pieces(
        envoyees=tuple(piece for formulaire, piece in pieces if formulaire is None),
        en_attente=tuple(piece for formulaire, piece in pieces if last and formulaire == last),
        formulaire=last,
    )


async def list_formulaire(agent: int, formulaire: UUID, now: datetime) -> tuple[Piece, ...]:
    """The files this agent joined to a form not sent yet."""
    return tuple(Piece(**dict(row)) for row in await database.fetch(FORMULAIRE, formulaire, agent, now))
