"""All the files of a demande at once: those their reader may open one by one, each journalled like an opening.

They are read from the store one after the other while they leave, so that one file at most is held; the base is asked
before the first, and nothing of it is held by who reads slowly.
"""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.coffre import ContenuAbsent
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.faits.fait import happened_each
from app.domain.faits.registre import Fait
from app.domain.fichiers.noms import extension_of, nom_sur
from app.domain.pieces_jointes.depot import coffre
from app.domain.pieces_jointes.liste import Piece, list_pieces
from app.domain.regles.errors import Introuvable, TropDeDemandes
from app.domain.regles.permissions import can_open_files, require

RESERVEES = "Réservées aux instructeurs"
ABSENTES = "À lire.txt"
#: Downloads under way in this process: a slow reader holds one file of 10 Mo in its memory.
PAR_AGENT_MAX, EN_COURS_MAX = 2, 20
DUREE_MAX = timedelta(minutes=10)
OCCUPE = (
    "Plusieurs téléchargements sont déjà en cours\u00a0: réessayez quand ils seront finis, ou ouvrez les fichiers un "
    "par un."
)

_en_cours: list[tuple[int, datetime]] = []


@dataclass(frozen=True, repr=False)
class PieceArchivee:
    """One file as it will stand in the archive: its name there, and where its content lies."""

    nom: str
    cle: str


CLES = "select id, cle from pieces_jointes where id = any(:pieces) and erased_at is null"


async def open_pieces(signed: Signed, demande: Demande, now: datetime) -> AsyncGenerator[tuple[str, bytes]]:
    """Every file this reader may open, by its name in the archive. The rights, the names and the journal come first.

    Raises Refus to who may know the demande but not open its files, Introuvable when it has none, TropDeDemandes.
    """
    require(can_open_files(signed.droits, demande.parties))
    pieces = [piece for piece in (await list_pieces(signed, demande, now)).envoyees if piece.is_openable]
    rows = await database.fetch(CLES, pieces=[piece.id for piece in pieces])
    cles = {row["id"]: row["cle"] for row in rows}
    pieces = [piece for piece in pieces if piece.id in cles]
    if not pieces:
        raise Introuvable
    noms = name_entries(pieces)
    turn = _take_turn(signed.droits.agent, now)
    try:
        await happened_each(
            Fait.PIECE_OUVERTE,
            agent=signed.droits.agent,
            demande=demande.numero,
            details=[{"piece": str(piece.id)} for piece in pieces],
            now=now,
        )
    except BaseException:
        # Nothing will be read, hence nothing else would give this turn back.
        _give_back(turn)
        raise
    entrees = [PieceArchivee(nom, cles[piece.id]) for nom, piece in zip(noms, pieces, strict=True)]
    return _read(entrees, turn)


def name_entries(pieces: Iterable[Piece]) -> list[str]:
    """A safe name for each, none twice whatever the case; those of private messages stand in a folder of their own."""
    taken = {ABSENTES.casefold()}
    noms = []
    for piece in pieces:
        nom, rang = nom_sur(piece.nom), 1
        extension = extension_of(nom)
        stem = nom[: -len(extension) - 1] if extension else nom
        end = f".{extension}" if extension else ""
        folder = f"{RESERVEES}/" if piece.is_prive else ""
        while (place := f"{folder}{stem}{f' ({rang})' if rang > 1 else ''}{end}").casefold() in taken:
            rang += 1
        taken.add(place.casefold())
        noms.append(place)
    return noms


def _take_turn(agent: int, now: datetime) -> tuple[int, datetime]:
    """A place among the downloads under way; one that lasts too long counts no more."""
    _en_cours[:] = [turn for turn in _en_cours if now - turn[1] < DUREE_MAX]
    mine = sum(1 for one, _ in _en_cours if one == agent)
    if mine >= PAR_AGENT_MAX or len(_en_cours) >= EN_COURS_MAX:
        raise TropDeDemandes(OCCUPE)
    _en_cours.append(turn := (agent, now))
    return turn


def _give_back(turn: tuple[int, datetime]) -> None:
    if turn in _en_cours:
        _en_cours.remove(turn)


async def _read(
    entrees: list[PieceArchivee], turn: tuple[int, datetime]
) -> AsyncGenerator[tuple[str, bytes]]:
    """Raises CoffreIndisponible: an archive cut short is better than one that looks whole."""
    absentes = []
    try:
        for entree in entrees:
            try:
                contenu = await coffre().get(entree.cle)
            except ContenuAbsent:
                absentes.append(entree.nom)
                continue
            yield entree.nom, contenu
            del contenu
        if absentes:
            texte = "Effacés pendant le téléchargement\u00a0:\n" + "\n".join(absentes) + "\n"
            yield ABSENTES, texte.encode()
    finally:
        _give_back(turn)
