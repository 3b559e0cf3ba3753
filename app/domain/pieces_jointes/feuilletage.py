"""Look at a file page by page, with the right that opens it; each page looked at is journalled like an opening."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.coffre import ContenuAbsent
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import lock_demande
from app.domain.fichiers.natures import TYPES_VUS
from app.domain.pieces_jointes.apercus import make_again
from app.domain.pieces_jointes.depot import coffre
from app.domain.pieces_jointes.etats import EtatApercu
from app.domain.pieces_jointes.ouverture import get_openable, tell_opened
from app.domain.regles.errors import Introuvable

VIGNETTE = 0
#: Degrees to the right, as a form says them.
TOURS = {"0": 0, "90": 90, "180": 180, "270": 270}
# What browsers are told of a picture to turn it to the right as they show it (EXIF 2.32, tag 274).
ORIENTATIONS = {90: 6, 180: 3, 270: 8}
DEBUT_JPEG = b"\xff\xd8"
# One tag in a block of its own, the orientation, as the first thing of a JPEG.
EXIF = (
    b"\xff\xe1\x00\x22Exif\x00\x00"
    b"MM\x00\x2a\x00\x00\x00\x08"
    b"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00%c\x00\x00"
    b"\x00\x00\x00\x00"
)


@dataclass(frozen=True, repr=False)
class Feuille:
    """One page of a file as it may be looked at: sides in points, as shown; `tour`: degrees it is turned by.

    Of the `pages` of the file, the first `vues` may be looked at; when that is none, `is_visible` says whether the
    worker will draw them, and `etat` whether it could not.
    """

    piece: UUID
    nom: str
    taille: int
    demande: int | None
    formulaire: UUID | None
    etat: EtatApercu
    is_visible: bool
    is_closed: bool
    pages: int
    vues: int
    page: int
    tour: int = 0
    largeur: int = 0
    hauteur: int = 0

    @property
    def tour_suivant(self) -> int:
        """A quarter further to the right."""
        return (self.tour + 90) % 360


FEUILLE = "select * from apercus where piece = :piece and page = :page"
# The thumbnail is turned with the first page.
TURN = """
update apercus set tour = :tour where piece = :piece and (page = :page or page = 0 and :page = 1) returning page
"""


async def leaf_through(signed: Signed, piece: UUID, page: int, now: datetime) -> Feuille:
    """This page, counted from 1, and what is around it. Raises what `open_piece` raises, Introuvable for no page."""
    row = await get_openable(signed, piece, now)
    feuille = Feuille(
        piece=piece,
        nom=row["nom"],
        taille=row["taille"],
        demande=row["demande"],
        formulaire=row["brouillon"],
        etat=EtatApercu(row["apercu"]),
        is_visible=row["type_mime"] in TYPES_VUS,
        is_closed=row["is_closed"],
        pages=row["pages"],
        vues=row["vues"],
        page=page,
    )
    if not feuille.vues and page == 1:
        return feuille
    vue = await _get_vue(piece, page)
    sides = (vue["largeur"], vue["hauteur"]) if vue["tour"] % 180 == 0 else (vue["hauteur"], vue["largeur"])
    return replace(feuille, tour=vue["tour"], largeur=sides[0], hauteur=sides[1])


async def open_vue(signed: Signed, piece: UUID, page: int, now: datetime) -> bytes:
    """The picture of this page, a JPEG that browsers show turned as it should be; VIGNETTE: the thumbnail.

    The thumbnail alone is not journalled: nothing can be read in it, and it comes with the list of files.
    Raises what `open_piece` raises.
    """
    row = await get_openable(signed, piece, now)
    vue = await _get_vue(piece, page)
    try:
        contenu = await coffre().get(vue["cle"])
    except ContenuAbsent:
        await make_again(piece)
        raise Introuvable from None
    if page != VIGNETTE:
        await tell_opened(signed, row, now, page=page)
    return turn_jpeg(contenu, vue["tour"])


async def turn_vue(signed: Signed, piece: UUID, page: int, tour: str, now: datetime) -> None:
    """From now on everybody sees this page turned by `tour` degrees to the right; its file stays byte for byte.

    Raises what `open_piece` raises, Conflit once the demande is closed.
    """
    row = await get_openable(signed, piece, now)
    if tour not in TOURS or page == VIGNETTE:
        raise Introuvable
    async with database.transaction():
        if row["demande"] is not None:
            await lock_demande(row["demande"])
        await get_openable(signed, piece, now)
        if not await database.fetch(TURN, piece=piece, page=page, tour=TOURS[tour]):
            raise Introuvable


def turn_jpeg(contenu: bytes, tour: int) -> bytes:
    """The same points, with what tells browsers to turn them: nothing is decoded, nothing is written again."""
    if not tour or not contenu.startswith(DEBUT_JPEG):
        return contenu
    return DEBUT_JPEG + EXIF % ORIENTATIONS[tour] + contenu[len(DEBUT_JPEG) :]


async def _get_vue(piece: UUID, page: int) -> Any:
    vue = await database.fetch_one(FEUILLE, piece=piece, page=page)
    if vue is None:
        raise Introuvable
    return vue
