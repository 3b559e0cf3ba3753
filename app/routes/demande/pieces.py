"""`/demandes/{numero}/pieces-jointes.zip`: all the files its reader may open, in one download."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from litestar import get
from litestar.response import Stream

from app.archive import ZIP, Archive
from app.domain.pieces_jointes.ensemble import open_pieces
from app.routes.params import Now, Signed, TheDemande
from app.tableur import attachment

BLOC = 256 * 1024


@get("/demandes/{numero:str}/pieces-jointes.zip")
async def get_pieces(signed: Signed, demande: TheDemande, now: Now) -> Stream:
    """As an attachment, made while it leaves; the first file is read before, so that a store away is a French page."""
    parts = write_zip(await open_pieces(signed, demande, now))
    first = await anext(parts)
    nom = f"demande-{demande.numero}-pieces.zip"
    headers = {"Content-Disposition": attachment(nom), "Accept-Ranges": "none"}
    return Stream(_after(first, parts), media_type=ZIP, headers=headers)


async def write_zip(fichiers: AsyncGenerator[tuple[str, bytes]]) -> AsyncGenerator[bytes]:
    """The files as they come, stored: they are compressed already. Their content leaves by pieces."""
    archive = Archive()
    async with aclosing(fichiers):
        async for nom, contenu in fichiers:
            yield archive.keep(nom, contenu)
            for start in range(0, len(contenu), BLOC):
                yield contenu[start : start + BLOC]
    yield archive.end()


async def _after(first: bytes, parts: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Closed with what it reads from: a reader who goes leaves their turn to others."""
    async with aclosing(parts):
        yield first
        async for part in parts:
            yield part


ROUTES = [get_pieces]
