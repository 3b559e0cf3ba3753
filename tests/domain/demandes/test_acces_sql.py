"""The law and its SQL twin give the same demandes, for the whole cast (house §4: a list never shows what its page
would refuse).
"""

import random
from datetime import datetime, timedelta
from itertools import product

import pytest

from app import database
from app.domain.demandes import demande as demandes
from app.domain.demandes.destinataires import list_destinataires
from app.domain.echanges.redaction import count_readers
from app.domain.listes.menu import build_menu
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import (
    Droits,
    Parties,
    can_read_demande,
    can_read_prives,
    is_expert,
    is_instructeur,
    is_on_aidant_side,
    takes_part,
)
from tests.cast import CAST, PEOPLE
from tests.domain.scene import load, signed_as
from tests.factories import make_demande, make_invitation


async def listed(droits: Droits) -> set[int]:
    rows = await database.fetch("select numero from visible_demandes(:agent)", agent=droits.agent)
    return {row["numero"] for row in rows}


async def known(droits: Droits) -> set[int]:
    rows = await database.fetch("select numero from knowable_demandes(:agent)", agent=droits.agent)
    return {row["numero"] for row in rows}


async def opened(droits: Droits, numeros: list[int]) -> dict[int, Parties]:
    """What this agent’s pages would open, by number: `get_demande` asks the law whether they may know it."""
    found = {}
    for numero in numeros:
        try:
            found[numero] = (await demandes.get_demande(droits, numero)).parties
        except Introuvable:
            continue
    return found


async def readable(droits: Droits, numeros: list[int]) -> set[int]:
    found = await opened(droits, numeros)
    return {numero for numero, parties in found.items() if can_read_demande(droits, parties)}


async def sow(now: datetime) -> list[int]:
    """Every author × groupe of the cast, with invitations of every kind, through whatever groupe; a third of them are
    closed, and a fifth left by their author. The same each run.
    """
    chance = random.Random(3)
    people = [getattr(CAST, key) for key in PEOPLE]
    groupes = list(vars(CAST.groupes).values())
    numeros = []
    for auteur, groupe in product(people, groupes):
        numero = await make_demande(
            now, auteur=auteur, groupe=groupe, groupes=chance.sample(groupes, chance.randint(0, 2))
        )
        for agent in chance.sample(people, chance.randint(0, 3)):
            await make_invitation(numero, agent, chance.choice(["collegue", "instructeur", "expert"]), now)
        await database.fetch(
            "update invitations set groupe = :groupe where demande = :numero and id % 5 = 0 and qualite <> 'expert'",
            groupe=chance.choice(groupes),
            numero=numero,
        )
        if chance.random() < 1 / 5:
            await database.fetch(
                "update demandes set vacante_at = :now where numero = :numero", numero=numero, now=now
            )
        if chance.random() < 1 / 3:
            await database.fetch(
                "update sollicitations set closed_at = :now, late_at = null where demande = :numero",
                numero=numero,
                now=now,
            )
            await database.fetch(
                "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
            )
        numeros.append(numero)
    return numeros


async def test_lists_and_pages_agree_for_the_whole_cast(now: datetime) -> None:
    numeros = await sow(now)
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        expected = await readable(droits, numeros)
        assert await listed(droits) == expected, key
        assert 0 < len(expected) < len(numeros), key


async def test_what_is_known_in_sql_is_what_the_law_lets_know(now: datetime) -> None:
    numeros = await sow(now)
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        assert await known(droits) == set(await opened(droits, numeros)), key
    ada, rose, eve = [(await signed_as(getattr(CAST, key), now)).droits for key in ("ada", "rose", "eve")]
    assert await known(ada) == set(numeros)
    assert await listed(rose) < await known(rose) < set(numeros)
    assert await known(eve) < set(numeros)


async def test_places_say_the_side_the_groupes_and_who_reads_private_messages(now: datetime) -> None:
    """One line per agent and demande, equal to the law both ways: no line missing, no line too many."""
    numeros = await sow(now)
    rows = await database.fetch("select * from places where demande = any (:numeros)", numeros=numeros)
    found = {(row["agent"], row["demande"]): row for row in rows}
    assert len(found) == len(rows)
    places = set()
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        for numero, parties in (await opened(droits, numeros)).items():
            if not takes_part(droits, parties):
                continue
            places.add((droits.agent, numero))
            row = found[droits.agent, numero]
            side = "instructeur" if is_instructeur(droits, parties) else "expert"
            assert row["cote"] == ("aidant" if is_on_aidant_side(droits, parties) else side)
            assert row["is_instructeur"] is is_instructeur(droits, parties)
            assert row["is_expert"] is is_expert(droits, parties)
            assert row["lit_prives"] is can_read_prives(droits, parties)
            assert set(row["groupes"] or ()) == droits.instructeur & parties.groupes_sollicites
            assert (row["closed_at"] is not None) is parties.is_closed
    assert places == set(found)


async def test_places_on_what_moved_are_those_of_every_demande_that_did(now: datetime) -> None:
    numeros = await sow(now)
    moved, erased = numeros[::2], numeros[::10]
    await database.fetch(
        "update demandes set last_prive_at = :moved_at where numero = any (:moved)",
        moved_at=now + timedelta(days=1),
        moved=moved,
    )
    await database.fetch(
        "update demandes set erased_at = :now where numero = any (:erased)", now=now, erased=erased
    )
    total = 0
    for key in PEOPLE:
        agent = getattr(CAST, key)
        expected = await database.fetch(
            "select demande, cote, lit_prives from places where agent = :agent and demande = any (:left)"
            " order by demande",
            agent=agent,
            left=sorted(set(moved) - set(erased)),
        )
        found = await database.fetch(
            "select demande, cote, lit_prives from places_remuees(:agent, :now) order by demande",
            agent=agent,
            now=now,
        )
        assert found == expected, key
        total += len(found)
        stands = await database.fetch(
            "select demande, erased_at is not null as is_erased from places where agent = :agent", agent=agent
        )
        seen = {row["demande"] for row in stands}
        assert {row["demande"] for row in stands if row["is_erased"]} == seen & set(erased), key
        assert len(stands) == len(seen), "one line each"
    assert total > len(moved)


async def test_mails_and_readers_obey_the_law_too(now: datetime) -> None:
    numeros = await sow(now)
    cast = {getattr(CAST, key): (await signed_as(getattr(CAST, key), now)).droits for key in PEOPLE}
    told = 0
    for numero in numeros:
        row = await database.fetch_one(demandes.DEMANDE, numero=numero)
        parties = demandes.demande_of(row).parties
        if parties.is_closed:
            continue
        for who in await list_destinataires(numero, by=0):
            assert who.agent is not None
            told += 1
            assert can_read_demande(cast[who.agent], parties)
            assert who.is_aidant is is_on_aidant_side(cast[who.agent], parties)
            assert who.is_aidant or can_read_prives(cast[who.agent], parties)
        readers = sum(can_read_demande(droits, parties) for droits in cast.values())
        assert (await count_readers(demandes.demande_of(row))).tous == readers
        inside = sum(can_read_prives(droits, parties) for droits in cast.values())
        assert (await count_readers(demandes.demande_of(row))).prives == inside
    assert told > len(numeros)


async def test_a_demande_is_listed_once_however_many_ways_lead_to_it(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    await make_invitation(numero, CAST.ines, "expert", now)
    rows = await database.fetch("select numero from visible_demandes(:agent)", agent=CAST.ines)
    assert [row["numero"] for row in rows] == [numero]


async def test_who_left_or_was_deactivated_with_the_groupe_sees_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    assert await listed((await signed_as(CAST.ines, now)).droits) == {numero}
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :cle", cle=CAST.groupes.caf, now=now
    )
    assert await listed((await signed_as(CAST.ines, now)).droits) == set()
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)
    assert await listed((await signed_as(CAST.idir, now)).droits) == set()


async def test_who_was_called_by_name_then_left_sees_hears_and_counts_no_more(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.cpam])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    idir = await signed_as(CAST.idir, now)
    assert await listed(idir.droits) == {numero}
    demande = await load(idir, numero)
    before = (await count_readers(demande)).prives
    assert CAST.idir in {who.agent for who in await list_destinataires(numero, by=0)}
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)
    gone = await signed_as(CAST.idir, now)
    assert await listed(gone.droits) == set() == await readable(gone.droits, [numero])
    assert (await count_readers(demande)).prives == before - 1
    assert CAST.idir not in {who.agent for who in await list_destinataires(numero, by=0)}
    assert "Demandes reçues" not in {entree.libelle for entree in await build_menu(gone.droits, "/", now)}


@pytest.mark.parametrize("qualite", ["collegue", "instructeur"])
async def test_an_invitation_follows_its_membership_and_no_other(now: datetime, qualite: str) -> None:
    """Ève leaves the groupe she was called through and joins another: pages, lists, mails and counts let go of her."""
    numero = await make_demande(now, groupes=[CAST.groupes.caf])
    await make_invitation(numero, CAST.eve, qualite, now)
    eve = await signed_as(CAST.eve, now)
    assert await listed(eve.droits) == {numero} == await readable(eve.droits, [numero])
    await database.fetch(
        "update adhesions set groupe = :ailleurs where agent = :eve and (is_aidant or :qualite = 'instructeur')"
        " and groupe in (select groupe from invitations where demande = :numero)",
        ailleurs=CAST.groupes.cpam,
        eve=CAST.eve,
        qualite=qualite,
        numero=numero,
    )
    eve = await signed_as(CAST.eve, now)
    assert CAST.groupes.cpam in eve.droits.groupes
    assert await listed(eve.droits) == set() == await readable(eve.droits, [numero])
    assert CAST.eve not in {who.agent for who in await list_destinataires(numero, by=0)}


async def test_the_aidants_of_the_groupe_stand_in_for_the_author_who_left(now: datetime) -> None:
    numero = await make_demande(now)
    aida, aline = [(await signed_as(agent, now)).droits for agent in (CAST.aida, CAST.aline)]
    assert (await listed(aida), await listed(aline)) == ({numero}, set())
    await database.fetch(
        "update demandes set vacante_at = :now where numero = :numero", now=now, numero=numero
    )
    await database.fetch("delete from adhesions where agent = :aida", aida=CAST.aida)
    aida = (await signed_as(CAST.aida, now)).droits
    assert (await listed(aida), await listed(aline)) == (set(), {numero})
    told = {who.agent for who in await list_destinataires(numero, by=0) if who.is_aidant}
    assert told == {CAST.aline, CAST.claude}


async def test_an_expert_follows_while_it_is_open(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    elie = await signed_as(CAST.elie, now)
    assert await listed(elie.droits) == {numero}
    assert (await load(elie, numero)).numero == numero
    await database.fetch(
        "update sollicitations set closed_at = :now, late_at = null where demande = :numero",
        numero=numero,
        now=now,
    )
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    assert await listed(elie.droits) == set()
    assert await readable(elie.droits, [numero]) == set()


async def test_who_works_in_a_groupe_today(now: datetime) -> None:
    """Neither who may no longer sign in, nor anybody of a groupe that is no more."""
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.idir
    )
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :groupe", now=now, groupe=CAST.groupes.cpam
    )
    rows = await database.fetch(
        "select * from membres_actifs where groupe = any (:groupes)",
        groupes=[CAST.groupes.caf, CAST.groupes.cpam, CAST.groupes.france_services],
    )
    instructeurs = {row["agent"] for row in rows if row["is_instructeur"]}
    aidants = {row["agent"] for row in rows if row["is_aidant"]}
    responsables = [(row["agent"], row["groupe"]) for row in rows if row["is_responsable"]]
    assert instructeurs == {CAST.ines}
    assert aidants == {CAST.aida, CAST.aline, CAST.claude}
    assert sorted(responsables) == sorted(
        [(CAST.rose, CAST.groupes.france_services), (CAST.rose, CAST.groupes.caf)]
    )
    assert len(rows) == 6


async def test_an_expert_who_also_instructs_speaks_as_instructeur(now: datetime) -> None:
    """Each demande asks one of two groupes; Élie, expert on both, instructs in the second."""
    await database.fetch(
        """
        insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :now)
        """,
        agent=CAST.elie,
        groupe=CAST.groupes.cpam,
        now=now,
    )
    alone = await make_demande(now, groupes=[CAST.groupes.caf])
    both = await make_demande(now, groupes=[CAST.groupes.cpam])
    for numero in (alone, both):
        await make_invitation(numero, CAST.elie, "expert", now)
    rows = await database.fetch("select * from places where agent = :agent order by demande", agent=CAST.elie)
    assert [(row["cote"], row["is_instructeur"], row["is_expert"]) for row in rows] == [
        ("expert", False, True),
        ("instructeur", True, True),
    ]


JOIN = """
insert into adhesions (agent, groupe, is_aidant, is_instructeur, created_at)
values (:agent, :groupe, :is_aidant, not :is_aidant, :now)
"""


async def find_groupe(numero: int, invite: int, role: str, par: int) -> int | None:
    row = await database.fetch_one(
        "select groupe_d_invitation(:numero, :invite, :par, :role) as groupe",
        numero=numero,
        invite=invite,
        par=par,
        role=role,
    )
    assert row is not None
    return row["groupe"]  # type: ignore[no-any-return]


async def test_an_invitation_lives_with_the_groupe_that_best_explains_it(now: datetime) -> None:
    """That of the demande for a colleague, else one shared with whoever invites, else one where they have the role."""
    teams = CAST.groupes
    numero = await make_demande(now, groupe=teams.france_services)
    # Inès instructs at the CAF, and that membership is her first.
    assert await find_groupe(numero, CAST.ines, "instructeur", CAST.aida) == teams.caf
    assert await find_groupe(numero, CAST.ines, "collegue", CAST.aida) == teams.caf
    assert await find_groupe(numero, CAST.aline, "instructeur", CAST.aida) is None
    # Whoever only manages a groupe is invited through none.
    assert await find_groupe(numero, CAST.rose, "collegue", CAST.aida) is None
    await database.fetch(JOIN, agent=CAST.ines, groupe=teams.ccas_974, is_aidant=True, now=now)
    assert await find_groupe(numero, CAST.ines, "collegue", CAST.paul) == teams.ccas_974
    assert await find_groupe(numero, CAST.ines, "instructeur", CAST.paul) == teams.caf
    await database.fetch(JOIN, agent=CAST.ines, groupe=teams.cpam, is_aidant=False, now=now)
    await database.fetch(JOIN, agent=CAST.paul, groupe=teams.cpam, is_aidant=False, now=now)
    assert await find_groupe(numero, CAST.ines, "instructeur", CAST.paul) == teams.cpam
    assert await find_groupe(numero, CAST.ines, "collegue", CAST.paul) == teams.cpam
    await database.fetch(JOIN, agent=CAST.ines, groupe=teams.france_services, is_aidant=True, now=now)
    assert await find_groupe(numero, CAST.ines, "collegue", CAST.paul) == teams.france_services
    assert await find_groupe(numero, CAST.ines, "instructeur", CAST.aida) == teams.caf


async def test_somebody_stands_in_once_the_absence_has_begun(now: datetime) -> None:
    for begun_at, remplacant, stands_in in ((now, CAST.ines, 1), (None, CAST.ines, 0), (now, None, 0)):
        await database.fetch("delete from absences")
        await database.fetch(
            "insert into absences (adhesion, debut_on, fin_on, remplacant, declared_by, declared_at, begun_at)"
            " select id, :jour, :jour, :remplacant, agent, :now, :begun_at from adhesions where agent = :absent",
            jour=now.date(),
            remplacant=remplacant,
            now=now,
            begun_at=begun_at,
            absent=CAST.idir,
        )
        rows = await database.fetch("select agent, groupe, remplacant from remplacements")
        assert [tuple(row) for row in rows] == [(CAST.idir, CAST.groupes.caf, CAST.ines)] * stands_in
