"""What the tests of files share: a file as sent, the store of the test, a file already there."""

from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from app import database
from app.coffre import MARKER
from app.domain.demandes.demande import Demande
from app.domain.pieces_jointes.ajout import Rejet, add_pieces
from app.domain.pieces_jointes.envoi import attach_pieces
from app.domain.pieces_jointes.liste import PIECES, Pieces, read_pieces, rights_of
from app.domain.regles.permissions import Droits
from tests.cast import CAST
from tests.domain.scene import load, signed_as
from tests.factories import make_demande, make_invitation


class Envoye:
    """A file as it was sent."""

    def __init__(self, nom: str, contenu: bytes | None) -> None:
        self.nom = nom
        self.taille = len(contenu or b"")
        self._contenu = contenu

    def read(self) -> bytes | None:
        """Its content."""
        return self._contenu


NOTE = Envoye("note.txt", "Rendez-vous le 3 décembre.".encode())


def kept(store: Path) -> list[Path]:
    """What lies in the store, but for the file that says it is one."""
    paths = store.rglob("*") if store.exists() else []
    return [path for path in paths if path.is_file() and path.name != MARKER]


def block(store: Path) -> None:
    """A file stands where the folder was: nothing can be written, even by root."""
    if store.exists():
        (store / MARKER).unlink(missing_ok=True)
        store.rmdir()
    store.write_bytes(b"")


def unblock(store: Path) -> None:
    """The disk is mended."""
    store.unlink()


async def add(
    who: int, formulaire: UUID, *fichiers: Envoye, now: datetime, demande: int | None = None
) -> tuple[list[UUID], list[Rejet]]:
    """This agent joins files to a form."""
    signed = await signed_as(who, now)
    ajouts = await add_pieces(
        signed, formulaire, fichiers, await load(signed, demande) if demande else None, now
    )
    return ajouts.taken, ajouts.rejets


async def make_piece(
    numero: int, now: datetime, *, who: int | None = None, message: int | None = None, fichier: Envoye = NOTE
) -> UUID:
    """A file sent with a demande, or with a message."""
    formulaire, agent = uuid4(), who or CAST.aida
    (piece,), rejets = await add(agent, formulaire, fichier, now=now, demande=numero if message else None)
    assert not rejets
    if message:
        await attach_pieces(agent, formulaire, demande=numero, message=message, now=now)
    else:
        # As `nouvelles_demandes/envoi.py` does, in the statement that makes the demande.
        taken = "update pieces_jointes set demande = :numero, brouillon = null where id = :piece"
        await database.fetch(taken, piece=piece, numero=numero)
    return piece


async def make_scene(now: datetime) -> int:
    """Aïda asks the CAF; Aline and Élie are invited, the expert too."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    return numero


async def list_pieces(droits: Droits, demande: Demande, now: datetime) -> Pieces:
    """The files of a demande as its page reads them, among other things, in one text."""
    row = await database.fetch_one(
        PIECES, demande=demande.numero, agent=droits.agent, **rights_of(droits, demande)
    )
    assert row is not None
    return read_pieces(row["pieces"], now)
