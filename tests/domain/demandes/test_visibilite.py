"""The law and its SQL twin give the same demandes, for the whole cast (house §4: a list never shows what its page
would refuse).
"""

import random
from datetime import datetime
from itertools import product

from app import database
from app.domain.demandes import demande as demandes
from app.domain.demandes.destinataires import list_destinataires
from app.domain.demandes.visibilite import visible_demandes
from app.domain.echanges.messages import count_readers
from app.domain.listes.menu import build_menu
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import Droits, can_read_demande, can_read_prives, is_on_aidant_side
from tests.cast import CAST, PEOPLE
from tests.domain.scene import load, signed_as
from tests.factories import make_demande, make_invitation


async def listed(droits: Droits) -> set[int]:
    sql, parameters = visible_demandes(droits)
    return {row["numero"] for row in await database.fetch(sql, *parameters)}


async def readable(droits: Droits, numeros: list[int]) -> set[int]:
    found = set()
    for numero in numeros:
        try:
            demande = await demandes.get_demande(droits, numero)
        except Introuvable:
            continue
        if can_read_demande(droits, demande.parties):
            found.add(numero)
    return found


async def sow(now: datetime) -> list[int]:
    """Every author × groupe of the cast, with invitations of every kind and a third of them closed; same each run."""
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
        if chance.random() < 1 / 3:
            await database.fetch(
                "update sollicitations set closed_at = $2, late_at = null where demande = $1", numero, now
            )
            await database.fetch("update demandes set closed_at = $2 where numero = $1", numero, now)
        numeros.append(numero)
    return numeros


async def test_lists_and_pages_agree_for_the_whole_cast(now: datetime) -> None:
    numeros = await sow(now)
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        expected = await readable(droits, numeros)
        assert await listed(droits) == expected, key
        assert 0 < len(expected) < len(numeros), key


async def test_mails_and_readers_obey_the_law_too(now: datetime) -> None:
    numeros = await sow(now)
    cast = {getattr(CAST, key): (await signed_as(getattr(CAST, key), now)).droits for key in PEOPLE}
    told = 0
    for numero in numeros:
        row = await database.fetch_one(demandes.DEMANDE, numero)
        parties = demandes.demande_of(row).parties
        if parties.is_closed:
            continue
        for who in await list_destinataires(numero, by=0):
            assert who.agent is not None
            told += 1
            assert can_read_demande(cast[who.agent], parties)
            assert who.is_aidant is is_on_aidant_side(cast[who.agent], parties)
            assert who.is_aidant or can_read_prives(cast[who.agent], parties)
        inside = sum(can_read_prives(droits, parties) for droits in cast.values())
        assert await count_readers(demandes.demande_of(row)) == inside
    assert told > len(numeros)


async def test_a_demande_is_listed_once_however_many_ways_lead_to_it(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    await make_invitation(numero, CAST.ines, "expert", now)
    sql, parameters = visible_demandes((await signed_as(CAST.ines, now)).droits)
    rows = await database.fetch(sql, *parameters)
    assert [row["numero"] for row in rows] == [numero]


async def test_who_left_or_was_deactivated_with_the_groupe_sees_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    assert await listed((await signed_as(CAST.ines, now)).droits) == {numero}
    await database.fetch("update groupes set deactivated_at = $2 where id = $1", CAST.groupes.caf, now)
    assert await listed((await signed_as(CAST.ines, now)).droits) == set()
    await database.fetch("delete from adhesions where agent = $1", CAST.idir)
    assert await listed((await signed_as(CAST.idir, now)).droits) == set()


async def test_who_was_called_by_name_then_left_sees_hears_and_counts_no_more(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.cpam])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    idir = await signed_as(CAST.idir, now)
    assert await listed(idir.droits) == {numero}
    demande = await load(idir, numero)
    before = await count_readers(demande)
    assert CAST.idir in {who.agent for who in await list_destinataires(numero, by=0)}
    await database.fetch("delete from adhesions where agent = $1", CAST.idir)
    gone = await signed_as(CAST.idir, now)
    assert await listed(gone.droits) == set() == await readable(gone.droits, [numero])
    assert await count_readers(demande) == before - 1
    assert CAST.idir not in {who.agent for who in await list_destinataires(numero, by=0)}
    assert "Demandes reçues" not in {entree.libelle for entree in await build_menu(gone.droits, "/", now)}


async def test_an_expert_follows_while_it_is_open(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    elie = await signed_as(CAST.elie, now)
    assert await listed(elie.droits) == {numero}
    assert (await load(elie, numero)).numero == numero
    await database.fetch(
        "update sollicitations set closed_at = $2, late_at = null where demande = $1", numero, now
    )
    await database.fetch("update demandes set closed_at = $2 where numero = $1", numero, now)
    assert await listed(elie.droits) == set()
    assert await readable(elie.droits, [numero]) == set()
