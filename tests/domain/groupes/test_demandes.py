"""The demandes of a groupe for its responsables: who may list them, what a row says, filters, order, pages, export."""

import dataclasses
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from app import database
from app.domain.groupes import demandes as suivi
from app.domain.groupes.demandes import EtatSuivi, Filtres, PeriodeSuivi, Suivie, TriSuivi
from app.domain.regles.errors import Refus
from app.domain.regles.permissions import Droits, can_list_demandes
from app.domain.regles.statuts import EtatPart
from tests.cast import CAST, PEOPLE
from tests.domain.scene import DAY, close_demande, facts_of, load, make_caf_cpam, post, signed_as
from tests.domain.volume import count_rows_read, make_foule
from tests.factories import make_demande

TOUT = Filtres(periode=PeriodeSuivi.TOUT, tri=TriSuivi.RECENTES)


async def droits_of(agent: int, now: datetime) -> Droits:
    return (await signed_as(agent, now)).droits


async def listed(groupe: int, filtres: Filtres, now: datetime, agent: int = 0) -> list[Suivie]:
    found = await suivi.list_suivies(await droits_of(agent or CAST.rose, now), groupe, filtres, now)
    return list(found.rangees)


async def only(groupe: int, now: datetime) -> Suivie:
    [row] = await listed(groupe, TOUT, now)
    return row


async def test_sql_and_the_law_let_the_same_agents_list_the_same_groupes(now: datetime) -> None:
    """For the whole cast and every groupe: all its demandes, sent or asked, or nothing."""
    groupes = list(vars(CAST.groupes).values())
    for sender, asked in product(groupes, groupes):
        await make_demande(now, groupe=sender, groupes=(asked,))
    for key, groupe in product(PEOPLE, groupes):
        droits = await droits_of(getattr(CAST, key), now)
        rows = await database.fetch(
            "select demande, is_recue from listable_demandes(:agent, :groupe, :depuis)",
            agent=droits.agent,
            groupe=groupe,
            depuis=suivi.TOUJOURS,
        )
        expected = await database.fetch(
            """
            select d.numero, s.id is not null as is_recue from demandes d
            left join sollicitations s on s.demande = d.numero and s.groupe = :groupe
            where d.groupe = :groupe or s.id is not null
            """,
            groupe=groupe,
        )
        allowed = can_list_demandes(droits, groupe)
        assert {tuple(row) for row in rows} == ({tuple(row) for row in expected} if allowed else set()), key
        assert len(rows) == (len(expected) if allowed else 0), key


@pytest.mark.parametrize("who", ["aida", "ines", "ivan", "elie", "paul", "eve"])
async def test_nobody_else_lists_nor_exports(who: str, now: datetime) -> None:
    droits = await droits_of(getattr(CAST, who), now)
    with pytest.raises(Refus):
        await suivi.list_suivies(droits, CAST.groupes.caf, TOUT, now)
    with pytest.raises(Refus):
        suivi.stream_suivies(droits, CAST.groupes.caf, TOUT, now)


async def test_rights_end_with_the_membership_even_between_the_check_and_the_reading(now: datetime) -> None:
    await make_demande(now)
    rose = await droits_of(CAST.rose, now)
    rows = suivi.stream_suivies(rose, CAST.groupes.caf, TOUT, now)
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.rose)
    assert [row async for row in rows] == []


async def test_a_row_has_no_field_for_what_is_personal() -> None:
    assert {field.name for field in dataclasses.fields(Suivie)} == {
        *("numero", "structure", "departement", "is_recue", "sent_at", "asked_at", "closed_at", "etat"),
        *("late_at", "reponse_at", "reponse_dixiemes", "traitee_at", "resolution_dixiemes"),
        *("is_procedure", "has_avis", "pris_par", "parts"),
    }
    for texte in (suivi.LISTE, suivi.EXPORT, suivi.CHOIX):
        for word in ("titre", "description", "usager", "repere", "messages", "pieces", "commentaire"):
            assert word not in texte


async def test_a_row_tells_the_life_of_the_part_of_the_groupe(now: datetime) -> None:
    sent = now - 10 * DAY
    numero = await make_caf_cpam(sent, sent_at=sent)
    row = await only(CAST.groupes.caf, now)
    assert (row.numero, row.structure, row.departement, row.is_recue) == (
        *(numero, "France Services Callac", "Côtes-d’Armor (22)", True),
    )
    assert row.etat is EtatSuivi.SANS_REPONSE and row.is_en_souffrance(now)
    assert row.parts == (("CAF 22", EtatPart.SANS_REPONSE), ("CPAM 22", EtatPart.SANS_REPONSE))
    await post(CAST.ivan, numero, now - 2 * DAY)
    assert (await only(CAST.groupes.caf, now)).etat is EtatSuivi.SANS_REPONSE
    await post(CAST.ines, numero, now - DAY)
    row = await only(CAST.groupes.caf, now)
    facts = await database.fetch_one(
        "select * from suivis where demande = :numero and groupe = :groupe",
        numero=numero,
        groupe=CAST.groupes.caf,
    )
    assert facts is not None and facts["reponse_dixiemes"] > 0
    assert (row.etat, row.reponse_at, row.reponse_dixiemes) == (
        *(EtatSuivi.EN_COURS, now - DAY, facts["reponse_dixiemes"]),
    )
    assert not row.is_en_souffrance(now) and row.resolution_dixiemes is None
    await post(CAST.ines, numero, now, is_traitee=True, is_procedure=True)
    row = await only(CAST.groupes.caf, now)
    assert (row.etat, row.traitee_at, row.is_procedure) == (EtatSuivi.TRAITEE, now, True)
    assert row.resolution_dixiemes is not None


async def test_the_resolution_is_in_working_days_without_those_the_aidant_owed(now: datetime) -> None:
    """From Friday to Tuesday there are two working days; asked back on Monday, the aidant owed the second one."""
    assert now.weekday() == 1
    friday, monday = now - 4 * DAY, now - DAY
    straight = await make_demande(friday, sent_at=friday)
    await post(CAST.ines, straight, now, is_traitee=True)
    row = await only(CAST.groupes.caf, now)
    assert (row.numero, row.resolution_dixiemes) == (straight, 20)
    back = await make_demande(friday, sent_at=friday)
    await post(CAST.ines, back, monday)
    await post(CAST.ines, back, now, is_traitee=True)
    rows = suivi.stream_suivies(await droits_of(CAST.rose, now), CAST.groupes.caf, TOUT, now)
    found = {row.numero: row.resolution_dixiemes async for row in rows}
    assert found == {straight: 20, back: 10}
    # Once the messages are gone, what was measured stays.
    await database.fetch("delete from messages where demande = :numero", numero=back)
    await database.fetch(
        "update sollicitations set closed_at = :now where demande = :numero", now=now, numero=back
    )
    rows = suivi.stream_suivies(await droits_of(CAST.rose, now), CAST.groupes.caf, TOUT, now)
    assert {row.numero: row.resolution_dixiemes async for row in rows} == found


async def test_who_sent_reads_all_the_parts_together(now: datetime) -> None:
    numero = await make_caf_cpam(now, sent_at=now - 2 * DAY)
    assert (await only(CAST.groupes.france_services, now)).etat is EtatSuivi.SANS_REPONSE
    await post(CAST.ines, numero, now, is_traitee=True)
    row = await only(CAST.groupes.france_services, now)
    assert (row.etat, row.is_recue, row.traitee_at) == (EtatSuivi.EN_COURS, False, None)
    await database.fetch(
        "update sollicitations set declinee_at = :now, late_at = null where demande = :numero and groupe = :groupe",
        now=now,
        numero=numero,
        groupe=CAST.groupes.cpam,
    )
    assert (await only(CAST.groupes.france_services, now)).etat is EtatSuivi.TRAITEE
    await database.fetch(
        "update sollicitations set traitee_at = null, declinee_at = :now, late_at = null where demande = :numero",
        now=now,
        numero=numero,
    )
    assert (await only(CAST.groupes.france_services, now)).etat is EtatSuivi.DECLINEE
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, numero), note=3, commentaire="", now=now)
    row = await only(CAST.groupes.france_services, now)
    assert (row.etat, row.late_at, row.closed_at) == (EtatSuivi.CLOTUREE, None, now)
    assert not row.has_avis, "no organisme answered: nobody was judged"


async def test_satisfaction_is_present_when_a_person_closed_what_was_answered(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - DAY)
    await post(CAST.ines, numero, now, is_traitee=True)
    assert not (await only(CAST.groupes.caf, now)).has_avis
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, numero), note=1, commentaire="", now=now)
    assert (await only(CAST.groupes.caf, now)).has_avis
    await database.fetch("update demandes set closed_by = null where numero = :numero", numero=numero)
    assert not (await only(CAST.groupes.caf, now)).has_avis, "the platform says nothing"


async def test_what_is_erased_keeps_its_row(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - 200 * DAY)
    await database.fetch(
        "update demandes set closed_at = :at, erased_at = :at, titre = '', usager_nom = '' where numero = :n",
        at=now - 100 * DAY,
        n=numero,
    )
    assert (await only(CAST.groupes.caf, now)).etat is EtatSuivi.CLOTUREE


async def make_three(now: datetime) -> tuple[int, int, int]:
    """A late one, one answered, one of the CCAS of Saint-Paul that is 40 days old and traitée."""
    late = await make_demande(now, sent_at=now - 10 * DAY)
    answered = await make_caf_cpam(now, sent_at=now - DAY)
    await post(CAST.ines, answered, now - timedelta(hours=3))
    old = await make_demande(
        now, auteur=CAST.eve, groupe=CAST.groupes.ccas_974, departement="974", sent_at=now - 40 * DAY
    )
    await post(CAST.idir, old, now - 30 * DAY, is_traitee=True)
    return late, answered, old


async def test_filters_each_keep_what_they_say(now: datetime) -> None:
    late, answered, old = await make_three(now)
    groupes, organismes = CAST.groupes, CAST.organismes
    for changes, expected in (
        ({}, [answered, late, old]),
        ({"periode": PeriodeSuivi.MOIS}, [answered, late]),
        ({"etat": EtatSuivi.TRAITEE}, [old]),
        ({"etat": EtatSuivi.SANS_REPONSE}, [late]),
        ({"etat": EtatSuivi.CLOTUREE}, []),
        ({"structure": groupes.ccas_974}, [old]),
        ({"organisme": organismes["cpam"]}, [answered]),
        ({"organisme": organismes["msa"]}, []),
        ({"is_late": True}, [late]),
        ({"tri": TriSuivi.ECHEANCE}, [late, answered, old]),
        ({"tri": TriSuivi.LENTES}, [old, answered, late]),
    ):
        asked: Any = changes
        filtres = dataclasses.replace(TOUT, **asked)
        assert [row.numero for row in await listed(groupes.caf, filtres, now)] == expected, changes
        exported = suivi.stream_suivies(await droits_of(CAST.rose, now), groupes.caf, filtres, now)
        assert [row.numero async for row in exported] == sorted(expected, reverse=True), changes


async def test_counts_choices_and_pages(now: datetime) -> None:
    late, answered, _ = await make_three(now)
    droits = await droits_of(CAST.rose, now)
    caf = CAST.groupes.caf
    found = await suivi.list_suivies(droits, caf, TOUT, now)
    assert (found.total, found.en_souffrance, found.page, found.pages) == (3, 1, 1, 1)
    assert [nom for _, nom in found.structures] == ["CCAS de Saint-Paul", "France Services Callac"]
    assert set(found.organismes) >= {(CAST.organismes["caf"], found.organismes[0][1])}
    assert len(found.organismes) == 2
    none = await suivi.list_suivies(droits, caf, dataclasses.replace(TOUT, etat=EtatSuivi.CLOTUREE), now)
    assert (none.total, none.rangees, none.pages) == (0, (), 1)
    more = [await make_demande(now) for _ in range(25)]
    last = await suivi.list_suivies(droits, caf, dataclasses.replace(TOUT, page=99), now)
    assert (last.total, last.page, last.pages, len(last.rangees)) == (28, 2, 2, 3)
    first = await suivi.list_suivies(droits, caf, TOUT, now)
    assert {row.numero for row in first.rangees} == {*more}
    assert {late, answered} < {row.numero for row in last.rangees}


async def test_an_invited_groupe_finds_it_by_the_day_it_was_asked(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - 200 * DAY, groupes=(CAST.groupes.cpam,))
    await database.fetch(
        "insert into sollicitations (demande, groupe, solicited_at) values (:numero, :groupe, :now)",
        numero=numero,
        groupe=CAST.groupes.caf,
        now=now,
    )
    assert [row.numero for row in await listed(CAST.groupes.caf, Filtres(), now)] == [numero]
    assert (await facts_of(numero, CAST.groupes.cpam))["traitee_at"] is None


async def test_the_list_costs_the_load_of_the_groupe(now: datetime) -> None:
    await make_foule(now)
    for _ in range(3):
        await make_demande(now)
    named = {"agent": CAST.rose, "groupe": CAST.groupes.caf, "depuis": now - 90 * DAY}
    asked = {**named, "etat": None, "structure": None, "organisme": None, "is_late": False, "now": now}
    read = {
        "list": await count_rows_read(suivi.LISTE, **asked, tri="echeance", longueur=25, page=1),
        "export": await count_rows_read(suivi.EXPORT, **asked),
        "choices": await count_rows_read(suivi.CHOIX, **named),
    }
    assert {name: rows for name, rows in read.items() if not 0 < rows <= 40} == {}
