"""Who is on a demande now: for a minute, for those who read it, and never across what is reserved (product §7)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.demandes import lectures
from app.domain.demandes.brouillons import erase_brouillon, save_brouillon
from app.domain.demandes.presences import DUREE, come, say_presentes
from app.domain.echanges.redaction import open_redaction
from app.domain.listes.boites import MIENNES, RECUES, Boite, list_demandes
from app.domain.listes.criteres import Criteres
from app.domain.oubli.menages import forget_rows
from app.domain.regles.errors import Introuvable, Refus
from tests.cast import CAST
from tests.domain.scene import DAY, load, make_caf_cpam, post, signed_as
from tests.factories import make_invitation

SECOND = timedelta(seconds=1)


async def seen_on_page(agent: int, numero: int, now: datetime) -> list[tuple[str, bool]]:
    """Who this agent's page names, and whether they write."""
    signed = await signed_as(agent, now)
    redaction = await open_redaction(signed, await load(signed, numero), now)
    return [(v.prenom, v.is_ecriture) for v in redaction.presentes]


async def seen_in_list(boite: Boite, agent: int, now: datetime) -> list[tuple[str, bool]]:
    """The same on the first row of a list."""
    liste = await list_demandes(boite, (await signed_as(agent, now)).droits, Criteres(), now)
    return [(v.prenom, v.is_ecriture) for v in liste.rangees[0].presentes]


async def visit(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await lectures.mark_read(signed, await load(signed, numero), now)


async def write(agent: int, numero: int, now: datetime) -> None:
    """This agent opens the page and types."""
    await visit(agent, numero, now)
    signed = await signed_as(agent, now)
    await save_brouillon(signed, uuid4(), {"texte": ["Bonjour"]}, await load(signed, numero), now)


async def test_who_opens_the_page_is_there_for_a_minute(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    for later, there in ((SECOND, True), (DUREE - SECOND, True), (DUREE + SECOND, False)):
        expected = [("Inès", False)] if there else []
        assert await seen_on_page(CAST.idir, numero, now + later) == expected
        assert await seen_in_list(RECUES, CAST.idir, now + later) == expected
        assert await seen_in_list(MIENNES, CAST.aida, now + later) == expected
    assert await seen_on_page(CAST.ines, numero, now) == [], "nobody is told of themselves"


async def test_the_page_says_that_one_is_still_there(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    later = now + timedelta(minutes=5)
    ines, idir = await signed_as(CAST.ines, later), await signed_as(CAST.idir, later)
    assert await come(ines, await load(ines, numero), later) == ()
    assert [v.nom for v in await come(idir, await load(idir, numero), later)] == ["Inès Le Goff"]
    row = await database.fetch_one("select last_at from lectures where agent = :agent", agent=CAST.ines)
    assert row is not None and row["last_at"] == now, "only a visit of the page is a reading"


async def test_who_types_writes_until_it_is_sent_or_given_up(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await write(CAST.ines, numero, now)
    assert await seen_on_page(CAST.idir, numero, now + SECOND) == [("Inès", True)]
    assert await seen_in_list(RECUES, CAST.idir, now + SECOND) == [("Inès", True)]
    [draft] = await database.fetch("select id from brouillons")
    await erase_brouillon(await signed_as(CAST.ines, now), draft["id"])
    assert await seen_on_page(CAST.idir, numero, now + SECOND) == [("Inès", False)]
    await write(CAST.ines, numero, now)
    await visit(CAST.ines, numero, now + DUREE)
    assert await seen_on_page(CAST.idir, numero, now + DUREE + SECOND) == [("Inès", False)]


async def test_the_aidant_side_never_learns_that_the_other_writes(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    for agent in (CAST.ines, CAST.elie, CAST.aline):
        await write(agent, numero, now)
    seen = await seen_on_page(CAST.aida, numero, now + SECOND)
    assert sorted(seen) == [("Aline", True), ("Inès", False), ("Élie", False)]
    assert sorted(await seen_in_list(MIENNES, CAST.aida, now + SECOND)) == sorted(seen)
    assert sorted(await seen_on_page(CAST.idir, numero, now + SECOND)) == [
        ("Aline", True),
        ("Inès", True),
        ("Élie", True),
    ]


async def test_who_reads_it_no_more_leaves_within_the_minute(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    await database.fetch(
        "update adhesions set is_instructeur = false, is_aidant = true where agent = :agent", agent=CAST.ines
    )
    with pytest.raises(Introuvable):
        await visit(CAST.ines, numero, now + DUREE)
    assert await seen_on_page(CAST.idir, numero, now + DUREE + SECOND) == []
    assert await seen_in_list(RECUES, CAST.idir, now + DUREE + SECOND) == []


@pytest.mark.parametrize("name", ["rose", "ada", "paul"])
async def test_who_reads_no_content_is_there_for_nobody(now: datetime, name: str) -> None:
    numero = await make_caf_cpam(now)
    ines = await signed_as(CAST.ines, now)
    other = await signed_as(getattr(CAST, name), now)
    with pytest.raises(Refus):
        await come(other, await load(ines, numero), now)
    assert await database.fetch("select from presences") == []


async def test_it_is_erased_and_an_answer_sent_is_no_writing(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    await post(CAST.ines, numero, now)
    assert await seen_on_page(CAST.idir, numero, now + SECOND) == [("Inès", False)]
    await forget_rows(now + DUREE)
    assert len(await database.fetch("select from presences")) == 1
    await forget_rows(now + DUREE + SECOND)
    assert await database.fetch("select from presences") == []


async def test_two_windows_write_once_and_typing_writes_nothing_more(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await visit(CAST.ines, numero, now)
    await visit(CAST.ines, numero, now + 10 * SECOND)
    [row] = await database.fetch("select seen_at from presences")
    assert row["seen_at"] == now
    await visit(CAST.ines, numero, now + DAY)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    with database.spy_queries() as queries:
        await save_brouillon(ines, uuid4(), {"texte": ["Bonjour"]}, demande, now + DAY)
    assert not any("presences" in str(one) for one in queries)
    with database.spy_queries() as queries:
        await come(ines, demande, now + DAY)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("noms", "phrase"),
    [
        ([], ""),
        (["Inès"], "Inès lit"),
        (["Inès", "Idir"], "Inès et Idir lisent"),
        (["Inès", "Idir", "Élie"], "Inès, Idir et Élie lisent"),
        (["Inès", "Idir", "Élie", "Aïda"], "4 personnes lisent"),
    ],
)
def test_a_few_are_named(noms: list[str], phrase: str) -> None:
    assert say_presentes(noms, "lit", "lisent") == phrase
