"""Reading marks: first and last visit, and the part a référent opened (product §6, §7)."""

from datetime import datetime

from app import database
from app.domain.demandes import lectures
from app.domain.regles.statuts import Statut
from tests.cast import CAST
from tests.domain.scene import DAY, facts_of, load, make_caf_cpam, signed_as
from tests.factories import list_journal, make_demande, make_invitation


async def visit(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await lectures.mark_read(signed, await load(signed, numero), now)


async def list_visits(numero: int) -> list[tuple[int, datetime, datetime]]:
    """(agent, first visit, last visit) of everyone who opened it."""
    sql = "select agent, first_at, last_at from lectures where demande = :numero order by first_at, id"
    return [tuple(row) for row in await database.fetch(sql, numero=numero)]


async def test_first_and_last_visit_are_kept(now: datetime) -> None:
    numero = await make_demande(now)
    for later in (now, now + DAY, now + 2 * DAY):
        await visit(CAST.ines, numero, later)
    assert await list_visits(numero) == [(CAST.ines, now, now + 2 * DAY)]


async def test_a_slow_visit_never_goes_back_in_time(now: datetime) -> None:
    numero = await make_demande(now)
    await visit(CAST.ines, numero, now + DAY)
    await visit(CAST.ines, numero, now)
    assert await list_visits(numero) == [(CAST.ines, now + DAY, now + DAY)]


async def test_the_visits_of_a_day_are_journalled_once(now: datetime) -> None:
    numero = await make_demande(now)
    await visit(CAST.ines, numero, now)
    await visit(CAST.ines, numero, now)
    await visit(CAST.aida, numero, now)
    assert [line["agent"] for line in await list_journal("demande_consultee")] == [CAST.ines, CAST.aida]


async def test_each_day_of_reading_has_its_line(now: datetime) -> None:
    numero = await make_demande(now)
    for later in (now, now + DAY, now + DAY, now, now + 2 * DAY):
        await visit(CAST.ines, numero, later)
    assert len(await list_journal("demande_consultee")) == 3


async def test_instructeur_opens_the_part_of_their_groupe_only(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    await visit(CAST.idir, numero, now + DAY)
    assert (await facts_of(numero, CAST.groupes.caf))["opened_at"] == now
    assert (await facts_of(numero, CAST.groupes.cpam))["opened_at"] is None
    assert (await load(await signed_as(CAST.aida, now), numero)).statut is Statut.CONSULTEE


async def test_nobody_else_makes_it_consultee(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    for agent in (CAST.aida, CAST.elie, CAST.ivan):
        await visit(agent, numero, now)
    assert (await load(await signed_as(CAST.aida, now), numero)).statut is Statut.NOUVELLE


async def test_author_who_is_also_instructeur_does_not_consult_their_own(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    await visit(CAST.ines, numero, now)
    assert (await facts_of(numero, CAST.groupes.caf))["opened_at"] is None


async def test_who_sees_metadata_only_leaves_no_mark(now: datetime) -> None:
    numero = await make_demande(now)
    await visit(CAST.rose, numero, now)
    await visit(CAST.ada, numero, now)
    assert await database.fetch("select 1 from lectures where demande = :numero", numero=numero) == []
    assert await list_journal("demande_consultee") == []


async def test_every_visit_costs_one_query(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    counts = []
    for _ in range(2):
        with database.spy_queries() as queries:
            await lectures.mark_read(ines, demande, now)
        counts.append(len(queries))
    assert counts == [1, 1]
