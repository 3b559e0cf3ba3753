"""Every sweep, and the report of each day: what went, by kind and count (product §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app import database
from app.domain import mandats
from app.domain.mots.dates import PARIS, day_in_paris
from app.domain.oubli import effacement, genres
from app.domain.oubli.genres import GenreRangee
from app.domain.pieces_jointes import effacement as pieces

DEMANDES = "demandes"
FICHIERS = "fichiers"
#: What is not one table’s: its words.
LIBELLES: Mapping[str, str] = {
    DEMANDES: "Données personnelles de demandes clôturées",
    FICHIERS: "Pièces jointes",
    **{genre.value: genre.fiche.libelle for genre in GenreRangee},
}
JOURS_DITS = 31

NOTE = """
insert into menages (genre, jour, nombre, ended_at) values (:genre, :jour, :nombre, :now)
on conflict (jour, genre) do update
set nombre = menages.nombre + excluded.nombre, ended_at = greatest(menages.ended_at, excluded.ended_at)
"""
LIST = "select jour, genre, nombre, ended_at from menages where jour > :since order by jour desc, genre"


@dataclass(frozen=True)
class Menage:
    """What the sweeps of one day took away, of one kind."""

    jour: date
    libelle: str
    nombre: int
    ended_at: datetime


async def forget_rows(now: datetime) -> None:
    """Take away every row that has stayed its time. Safe to kill and to run twice."""
    for genre in GenreRangee:
        await _note(genre.value, await genres.sweep(genre, now), now)


async def forget_demandes(now: datetime) -> None:
    """Erase the personal data of what has been closed long enough. Raises CoffreIndisponible."""
    await _note(DEMANDES, await effacement.erase_due(now), now)


async def forget_pieces(now: datetime) -> None:
    """Files past their fifteen days, forms never sent, contents no row knows. Raises CoffreIndisponible."""
    gone = await pieces.erase_expired(now)
    await pieces.forget_abandoned(now)
    gone += await pieces.erase_orphans(now)
    await _note(FICHIERS, gone, now)


async def forget_all(now: datetime) -> None:
    """Every sweep, one after the other: what the `forget` command does, and a restored base before it serves."""
    await forget_rows(now)
    await mandats.forget_orphans(now)
    await forget_demandes(now)
    await forget_pieces(now)


async def count_all(now: datetime) -> dict[str, int]:
    """What `forget_all` would take away at this instant, by kind, without touching anything."""
    counts = {genre.value: await genres.count(genre, now) for genre in GenreRangee}
    return {
        **counts,
        DEMANDES: await effacement.count_due(now),
        FICHIERS: await pieces.count_expired(now),
    }


async def list_menages(now: datetime) -> list[Menage]:
    """The reports of the last days, the latest first."""
    since = date.fromordinal(now.astimezone(PARIS).toordinal() - JOURS_DITS)
    return [
        Menage(row["jour"], LIBELLES[row["genre"]], row["nombre"], row["ended_at"])
        for row in await database.fetch(LIST, since=since)
    ]


async def _note(genre: str, nombre: int, now: datetime) -> None:
    """A day without anything to take away is said too: nothing then means that nothing ran."""
    jour = day_in_paris(now)
    await database.fetch(NOTE, genre=genre, jour=jour, nombre=nombre, now=now)
