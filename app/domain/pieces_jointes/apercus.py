"""Previews: made by the worker once a file was judged, sealed in the store like it, gone with it (product §2, §7).

A file that stalls, crashes or fills its child process has no preview; it may be downloaded all the same.
"""

import atexit
import json
import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.chiffrement import Illisible
from app.coffre import CoffreIndisponible, ContenuAbsent
from app.domain.pieces_jointes.depot import coffre
from app.enfant import Atelier, EnfantEnEchec

BATCH = 5
LIMITE_S = 15.0
_atelier = Atelier(
    "app.photographe", places=1, limite_s=LIMITE_S, attente_s=60, attente_max=10, part_max=10, recyclage=50
)
atexit.register(_atelier.close)

# What nobody is given has no preview: the antivirus speaks first, where there is one.
# The types are those of `TYPES_VUS`, written as the partial index reads them; a test holds both equal.
WAITING = """
select id, cle, type_mime from pieces_jointes
where apercu = 'a_faire' and erased_at is null
    and type_mime in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')
    and expires_at > :now and verdict in ('sain', 'non_analyse')
order by uploaded_at, id limit :batch
"""
# One statement, whole or nothing: a file that is leaving, or whose preview another worker made, takes none.
KEEP = """
with piece as (
    update pieces_jointes set apercu = 'fait', pages = :pages, vues = :vues
    where id = :piece and apercu = 'a_faire' and erased_at is null and expires_at > :now returning id
)
insert into apercus (piece, page, largeur, hauteur, cle)
select piece.id, v.rang - 1, v.largeur, v.hauteur, v.cle
from piece, unnest(:largeurs::integer[], :hauteurs::integer[], :cles::text[]) with ordinality
    as v (largeur, hauteur, cle, rang)
returning 1
"""
GIVE_UP = "update pieces_jointes set apercu = 'impossible' where id = :piece and apercu = 'a_faire'"
CLOSE = "update pieces_jointes set apercu = 'ferme' where id = :piece"
CLES = "select cle from apercus where piece = :piece"
# The store lost a picture: it is made again from its file.
AGAIN = """
with lost as (delete from apercus where piece = :piece)
update pieces_jointes set apercu = 'a_faire', vues = 0 where id = :piece and apercu = 'fait'
"""


@dataclass(frozen=True, repr=False)
class _Planches:
    """What the child drew: the pages of the file, and by picture its sides and its bytes, the thumbnail first."""

    pages: int
    vues: list[tuple[int, int, bytes]]


async def draw_waiting(now: datetime) -> bool:
    """Make the previews of some files that have none, oldest first; whether more may be left.

    Two workers at once do no harm: the second finds it made. Raises CoffreIndisponible: the next turn goes on.
    """
    rows = await database.fetch(WAITING, now=now, batch=BATCH)
    for row in rows:
        try:
            contenu = await coffre().get(row["cle"])
            planches = await _draw(row["type_mime"], contenu)
        except (ContenuAbsent, Illisible, EnfantEnEchec):
            # One file that no key opens any more would otherwise hold up all those behind it.
            await database.fetch(GIVE_UP, piece=row["id"])
            continue
        await _keep(row["id"], planches, now)
    return len(rows) == BATCH


async def _draw(type_mime: str, contenu: bytes) -> _Planches:
    octets = type_mime.encode()
    question = struct.pack(">I", len(octets)) + octets + contenu
    reponse = await _atelier.ask(lambda: question, par="apercus")
    (longueur,) = struct.unpack(">I", reponse[:4])
    faits: dict[str, Any] = json.loads(reponse[4 : 4 + longueur])
    vues, start = [], 4 + longueur
    for largeur, hauteur, taille in faits["vues"]:
        vues.append((largeur, hauteur, reponse[start : start + taille]))
        start += taille
    return _Planches(faits["pages"], vues)


async def _keep(piece: UUID, planches: _Planches, now: datetime) -> None:
    """Contents first, rows next; contents without their rows are taken back, and the orphans tell of the others."""
    store, cles = coffre(), list[str]()
    try:
        for _, _, octets in planches.vues:
            cles.append(store.new_cle())
            await store.put(cles[-1], octets)
        kept = await database.fetch(
            KEEP,
            piece=piece,
            pages=planches.pages,
            vues=len(planches.vues) - 1,
            largeurs=[largeur for largeur, _, _ in planches.vues],
            hauteurs=[hauteur for _, hauteur, _ in planches.vues],
            cles=cles,
            now=now,
        )
    except database.Indisponible:
        # Perhaps lost while committing: the rows may be there.
        raise
    except BaseException:
        await erase_cles(cles)
        raise
    if not kept:
        await erase_cles(cles)


async def close_apercu(piece: UUID) -> list[str]:
    """From now on nobody makes a preview of this file; the names in the store of those there are."""
    await database.fetch(CLOSE, piece=piece)
    return [row["cle"] for row in await database.fetch(CLES, piece=piece)]


async def make_again(piece: UUID) -> None:
    """The store has not a picture that should be there: the worker draws them all again."""
    await database.fetch(AGAIN, piece=piece)


async def erase_cles(cles: list[str]) -> None:
    """Without their rows nobody reaches them; what the store could not erase now goes with the orphans."""
    for cle in cles:
        with suppress(CoffreIndisponible):
            await coffre().delete(cle)
