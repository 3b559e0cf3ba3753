"""The files of a demande, for who may open them; and those a form holds until it is sent (product §3, §7)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.pieces_jointes.etats import EtatApercu
from app.domain.regles.permissions import Droits, can_open_files, can_read_prives


@dataclass(frozen=True, repr=False)
class Piece:
    """One file; `taille` in bytes. Erased, its name is empty: only its sender and its dates are left.

    `is_attendue`: the antivirus has not said yet, nobody opens it. `is_infectee`: erased because of a virus.
    """

    id: UUID
    nom: str
    taille: int
    formulaire: UUID | None  # not sent yet
    message: int | None
    auteur: str
    is_prive: bool
    uploaded_at: datetime
    expires_at: datetime
    is_erased: bool
    is_attendue: bool
    is_infectee: bool
    apercu: EtatApercu
    vues: int  # pages that may be looked at

    @property
    def has_apercu(self) -> bool:
        """There is something to look at."""
        return self.vues > 0 and self.is_openable

    @property
    def is_openable(self) -> bool:
        """Whoever may open the files of its demande may open it now."""
        return not (self.is_erased or self.is_attendue or self.is_infectee)


@dataclass(frozen=True, repr=False)
class Pieces:
    """Files of a demande: sent, and waiting in the answers this reader did not send yet."""

    envoyees: tuple[Piece, ...] = ()
    en_attente: tuple[Piece, ...] = ()

    @property
    def formulaire(self) -> UUID | None:
        """The answer that took files last: an answer without draft is found again by its files."""
        return self.en_attente[-1].formulaire if self.en_attente else None

    def waiting(self, formulaire: UUID) -> tuple[Piece, ...]:
        """The files of this answer."""
        return tuple(piece for piece in self.en_attente if piece.formulaire == formulaire)

    def without(self, formulaires: Collection[UUID]) -> "Pieces":
        """The same, but the files of these answers, which are leaving or could not."""
        return Pieces(self.envoyees, tuple(p for p in self.en_attente if p.formulaire not in formulaires))

    def of(self, message: int | None) -> tuple[Piece, ...]:
        """The files that came with this message; None: with the demande itself."""
        return tuple(piece for piece in self.envoyees if piece.message == message)


# One JSON text, so that the page of a demande reads it with something else; `rights_of` says what the reader may.
PIECES = """
select json_agg(json_build_object('id', p.id, 'nom', p.nom, 'taille', p.taille, 'formulaire', p.brouillon,
    'message', p.message, 'uploaded_at', p.uploaded_at, 'expires_at', p.expires_at,
    'is_prive', coalesce(m.is_prive, false), 'is_erased', p.erased_at is not null,
    'is_attendue', p.verdict = 'en_attente', 'is_infectee', p.verdict = 'infecte',
    'apercu', p.apercu, 'vues', p.vues,
    'auteur', coalesce(nullif(case when p.message is null then d.signature else m.signature end, ''),
        trim(a.prenom || ' ' || a.nom))) order by p.uploaded_at, p.nom, p.id) as pieces
from pieces_jointes p
join demandes d on d.numero = p.demande
join agents a on a.id = p.uploaded_by
left join messages m on m.id = p.message
where p.demande = :demande and :ouvre and case when p.brouillon is null then m.is_prive is not true or :lit_prives
    else p.uploaded_by = :agent and p.erased_at is null end
"""
FORMULAIRE = """
select p.id, p.nom, p.taille, p.brouillon as formulaire, p.message, p.uploaded_at, p.expires_at,
    false as is_prive, false as is_erased, p.verdict = 'en_attente' as is_attendue, false as is_infectee, '' as auteur,
    p.apercu, p.vues
from pieces_jointes p
where p.brouillon = :formulaire and p.uploaded_by = :agent and p.erased_at is null and p.expires_at > :now
order by p.uploaded_at, p.nom, p.id
"""


def rights_of(droits: Droits, demande: Demande) -> dict[str, bool]:
    """What `PIECES` asks of the law: may the reader open files, and read private messages."""
    return {
        "ouvre": can_open_files(droits, demande.parties),
        "lit_prives": can_read_prives(droits, demande.parties),
    }


def read_pieces(texte: str | None, now: datetime) -> Pieces:
    """What `PIECES` gave. From its day on a file is said erased, even if the sweep has not passed yet."""
    pieces = [_piece_of(facts, now) for facts in json.loads(texte or "[]")]
    return Pieces(
        envoyees=tuple(piece for piece in pieces if piece.formulaire is None),
        en_attente=tuple(piece for piece in pieces if piece.formulaire is not None and not piece.is_erased),
    )


async def list_pieces(signed: Signed, demande: Demande, now: datetime) -> Pieces:
    """The files of a demande, for this reader."""
    rights = rights_of(signed.droits, demande)
    row = await database.fetch_one(PIECES, demande=demande.numero, agent=signed.droits.agent, **rights)
    assert row is not None
    return read_pieces(row["pieces"], now)


def _piece_of(facts: dict[str, Any], now: datetime) -> Piece:
    expires_at = datetime.fromisoformat(facts["expires_at"])
    formulaire = facts["formulaire"]
    return Piece(
        **{
            **facts,
            "id": UUID(facts["id"]),
            "formulaire": UUID(formulaire) if formulaire else None,
            "uploaded_at": datetime.fromisoformat(facts["uploaded_at"]),
            "expires_at": expires_at,
            "apercu": EtatApercu(facts["apercu"]),
            "is_erased": facts["is_erased"] or expires_at <= now,
        }
    )


async def list_formulaire(agent: int, formulaire: UUID, now: datetime) -> tuple[Piece, ...]:
    """The files this agent joined to a form not sent yet."""
    rows = await database.fetch(FORMULAIRE, formulaire=formulaire, agent=agent, now=now)
    return tuple(Piece(**{**dict(row), "apercu": EtatApercu(row["apercu"])}) for row in rows)
