"""What the tests of the lists share: a reader opening a list, visits, and the ends of a demande."""

from datetime import datetime
from typing import Any

from app import database
from app.domain.listes.boites import Boite, Liste, list_demandes
from app.domain.listes.criteres import Criteres
from tests.domain.scene import signed_as


async def show(boite: Boite, agent: int, now: datetime, **criteres: Any) -> Liste:
    return await list_demandes(boite, (await signed_as(agent, now)).droits, Criteres(**criteres), now)


async def numeros(boite: Boite, agent: int, now: datetime, **criteres: Any) -> list[int]:
    return [rangee.numero for rangee in (await show(boite, agent, now, **criteres)).rangees]


async def visit(agent: int, numero: int, at: datetime) -> None:
    await database.fetch(
        """
        insert into lectures (demande, agent, first_at, last_at) values ($1, $2, $3, $3)
        on conflict (demande, agent) do update set last_at = excluded.last_at
        """,
        *(numero, agent, at),
    )


async def end(numero: int, groupe: int, how: str, at: datetime) -> None:
    await database.fetch(
        f"update sollicitations set {how}_at = $3, answered_at = $3, replied_at = $3, late_at = null "
        "where demande = $1 and groupe = $2",
        *(numero, groupe, at),
    )


async def close(numero: int, at: datetime) -> None:
    await database.fetch(
        "update sollicitations set closed_at = $2, late_at = null where demande = $1", numero, at
    )
    await database.fetch("update demandes set closed_at = $2 where numero = $1", numero, at)
