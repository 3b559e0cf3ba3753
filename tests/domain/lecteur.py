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
        insert into lectures (demande, agent, first_at, last_at) values (:demande, :agent, :at, :at)
        on conflict (demande, agent) do update set last_at = excluded.last_at
        """,
        demande=numero,
        agent=agent,
        at=at,
    )


async def end(numero: int, groupe: int, how: str, at: datetime) -> None:
    await database.fetch(
        f"update sollicitations set {how}_at = :at, answered_at = :at, replied_at = :at, late_at = null "
        "where demande = :numero and groupe = :groupe",
        numero=numero,
        groupe=groupe,
        at=at,
    )


async def close(numero: int, at: datetime) -> None:
    await database.fetch(
        "update sollicitations set closed_at = :at, late_at = null where demande = :numero",
        numero=numero,
        at=at,
    )
    await database.fetch("update demandes set closed_at = :at where numero = :numero", numero=numero, at=at)
