"""The lists say what the law and the pure rules say: tabs, turns, counts, filters, order (product §3, §6)."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import database
from app.domain.demandes.demande import DEMANDE, Demande, demande_of
from app.domain.listes.boites import MIENNES, RECUES, SUIVIES, Boite, list_demandes
from app.domain.listes.criteres import Criteres
from app.domain.listes.menu import build_menu
from app.domain.listes.recherche import find_demandes
from app.domain.regles import statuts
from app.domain.regles.permissions import (
    Droits,
    can_read_demande,
    is_expert,
    is_instructeur,
    is_on_aidant_side,
)
from app.domain.regles.statuts import Statut, Tour
from tests.cast import CAST, PEOPLE
from tests.domain.lecteur import close, end, numeros, show, visit
from tests.domain.scene import DAY, HOUR, facts_of, load, make_caf_cpam, signed_as
from tests.factories import make_demande, make_invitation, make_message

# The address of each list.
BOITES = {RECUES: "/demandes/recues", MIENNES: "/demandes", SUIVIES: "/demandes/suivies"}

# --- Tabs -------------------------------------------------------------------------------------------------------


async def test_a_new_demande_stands_under_nouvelles_until_i_open_it(now: datetime) -> None:
    numero = await make_demande(now)
    liste = await show(RECUES, CAST.ines, now)
    assert liste.comptes == {"nouvelles": 1, "en-cours": 1, "en-souffrance": 0, "traitees": 0}
    assert liste.rangees[0].is_nouvelle
    await visit(CAST.ines, numero, now)
    assert (await show(RECUES, CAST.ines, now)).comptes["nouvelles"] == 0
    assert (await show(RECUES, CAST.idir, now)).comptes["nouvelles"] == 1  # mine, not the groupe's


async def test_en_souffrance_is_a_part_of_en_cours_from_the_deadline_on(now: datetime) -> None:
    await make_demande(now)
    late = await make_demande(now, sent_at=now - 10 * DAY)
    liste = await show(RECUES, CAST.ines, now, onglet="en-souffrance")
    assert [r.numero for r in liste.rangees] == [late]
    assert (liste.comptes["en-cours"], liste.comptes["en-souffrance"]) == (2, 1)
    facts = await facts_of(late, CAST.groupes.caf)
    assert (await show(RECUES, CAST.ines, facts["late_at"])).comptes["en-souffrance"] == 0
    just_after = facts["late_at"] + timedelta(microseconds=1)
    assert (await show(RECUES, CAST.ines, just_after)).comptes["en-souffrance"] == 1


@pytest.mark.parametrize("how", ["traitee", "declinee"])
async def test_what_my_groupe_ended_waits_under_traitees_until_it_is_closed(now: datetime, how: str) -> None:
    numero = await make_caf_cpam(now)
    await end(numero, CAST.groupes.caf, how, now)
    assert await numeros(RECUES, CAST.ines, now, onglet="traitees") == [numero]
    assert await numeros(RECUES, CAST.ines, now) == []
    assert await numeros(RECUES, CAST.ivan, now) == [numero]  # the CPAM has not ended
    await close(numero, now)
    for agent in (CAST.ines, CAST.ivan):
        assert not any((await show(RECUES, agent, now)).comptes.values())


async def test_whoever_is_invited_by_name_follows_the_whole_demande(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.eve, "instructeur", now)
    await end(numero, CAST.groupes.caf, "traitee", now)
    liste = await show(RECUES, CAST.eve, now)
    assert liste.comptes == {"nouvelles": 1, "en-cours": 1, "en-souffrance": 0, "traitees": 0}
    await visit(CAST.eve, numero, now)
    await end(numero, CAST.groupes.cpam, "declinee", now)
    assert (await show(RECUES, CAST.eve, now)).comptes["traitees"] == 1


async def test_whoever_is_invited_by_name_finds_it_under_nouvelles_even_once_every_part_has_ended(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    await end(numero, CAST.groupes.caf, "traitee", now)
    assert await numeros(RECUES, CAST.ines, now, onglet="nouvelles") == []
    await make_invitation(numero, CAST.eve, "instructeur", now)
    await make_invitation(
        numero, CAST.idir, "instructeur", now
    )  # of the groupe that ended, and called by name
    for agent in (CAST.eve, CAST.idir):
        assert await numeros(RECUES, agent, now, onglet="nouvelles") == [numero]
        assert await numeros(RECUES, agent, now, onglet="traitees") == [numero]


async def test_the_aidant_follows_it_from_sending_to_closing(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    steps: list[tuple[str, Statut]] = []

    async def note() -> None:
        for onglet in MIENNES.onglets:
            rangees = (await show(MIENNES, CAST.aida, now, onglet=onglet)).rangees
            steps.extend((onglet, rangee.statut) for rangee in rangees)

    await note()
    await database.fetch(
        "update sollicitations set opened_at = :now where demande = :numero and groupe = :groupe",
        numero=numero,
        now=now,
        groupe=CAST.groupes.caf,
    )
    await note()
    await end(numero, CAST.groupes.caf, "declinee", now)
    await note()
    await end(numero, CAST.groupes.cpam, "traitee", now)
    await note()
    await close(numero, now)
    await note()
    assert steps == [
        ("en-cours", Statut.NOUVELLE),
        ("en-cours", Statut.CONSULTEE),
        ("en-cours", Statut.REPONDUE),
        ("a-cloturer", Statut.TRAITEE),
        ("cloturees", Statut.CLOTUREE),
    ]


async def test_declined_by_all_it_stays_en_cours_and_the_aidant_must_play(now: datetime) -> None:
    numero = await make_demande(now)
    await end(numero, CAST.groupes.caf, "declinee", now)
    [rangee] = (await show(MIENNES, CAST.aida, now)).rangees
    assert rangee.is_declinee_by_all
    assert rangee.tour is Tour.AIDANT


async def test_what_was_erased_leaves_the_lists(now: datetime) -> None:
    numero = await make_demande(now)
    await close(numero, now)
    await database.fetch(
        "update demandes set erased_at = :now where numero = :numero", numero=numero, now=now
    )
    assert not any((await show(MIENNES, CAST.aida, now)).comptes.values())


async def test_an_expert_follows_what_is_open_and_only_as_an_expert(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    assert await numeros(SUIVIES, CAST.elie, now) == [numero]
    await database.fetch("update agents set is_expert = false where id = :agent", agent=CAST.elie)
    assert await numeros(SUIVIES, CAST.elie, now) == []
    await database.fetch("update agents set is_expert = true where id = :agent", agent=CAST.elie)
    await close(numero, now)
    assert await numeros(SUIVIES, CAST.elie, now) == []


# --- The law, the rules and the menu say the same ---------------------------------------------------------------


async def sow(now: datetime) -> None:
    """Every kind of demande for everyone, the same each run."""
    chance, departs = random.Random(6), random.Random(7)
    people = [getattr(CAST, key) for key in PEOPLE]
    groupes = list(vars(CAST.groupes).values())

    def perhaps() -> datetime | None:
        return now - chance.randint(1, 400) * HOUR if chance.random() < 0.5 else None

    for _ in range(90):
        numero = await make_demande(
            now,
            auteur=chance.choice(people),
            groupe=chance.choice(groupes),
            groupes=chance.sample(groupes, chance.randint(1, 3)),
            sent_at=now - chance.randint(1, 400) * HOUR,
        )
        for agent in chance.sample(people, 2):
            await make_invitation(numero, agent, chance.choice(["collegue", "instructeur", "expert"]), now)
        for agent in chance.sample(people, 4):
            await visit(agent, numero, now)
        # Somebody else wrote last: only the aidant's own last message says whose turn it is.
        await database.fetch(
            "update demandes set last_public_at = :now where numero = :numero", numero=numero, now=now
        )
        for agent in chance.sample(people, chance.choice([0, 2])):
            at = now - chance.randint(1, 100) * HOUR
            await make_message(numero, agent, "Bonjour.", at, is_prive=chance.random() < 0.3)
        is_closed = chance.random() < 0.2
        for part in await database.fetch(
            "select id from sollicitations where demande = :numero", numero=numero
        ):
            ending = chance.choice(["traitee_at", "declinee_at", None])
            ended = perhaps() if ending else None
            await database.fetch(
                """
                update sollicitations set opened_at = :opened_at, answered_at = :answered_at,
                    replied_at = :replied_at, traitee_at = :traitee_at,
                    declinee_at = :declinee_at, late_at = :late_at where id = :cle
                """,
                cle=part["id"],
                opened_at=perhaps(),
                answered_at=perhaps(),
                replied_at=perhaps(),
                traitee_at=ended if ending == "traitee_at" else None,
                declinee_at=ended if ending == "declinee_at" else None,
                late_at=None if ended or is_closed else now + chance.randint(-200, 200) * HOUR,
            )
        if is_closed:
            await close(numero, now)
            if chance.random() < 0.3:
                await database.fetch(
                    "update demandes set erased_at = :now where numero = :numero", numero=numero, now=now
                )
        if departs.random() < 0.2:
            await database.fetch(
                "update demandes set vacante_at = :now where numero = :numero", numero=numero, now=now
            )


async def everything(boite: Boite, droits: Droits, now: datetime, **criteres: Any) -> dict[str, list[Any]]:
    """Every row of every tab, page after page."""
    found: dict[str, list[Any]] = {}
    for onglet in boite.onglets:
        liste = await list_demandes(boite, droits, Criteres(onglet=onglet, **criteres), now)
        rows = list(liste.rangees)
        for page in range(2, liste.pages + 1):
            asked = Criteres(onglet=onglet, page=page, **criteres)
            rows += (await list_demandes(boite, droits, asked, now)).rangees
        assert len(rows) == liste.total
        assert len({row.numero for row in rows}) == len(rows)
        found[onglet] = rows
    return found


async def list_every() -> list[Demande]:
    """Every demande of the base, whoever asks: the law then says who stands where."""
    rows = await database.fetch("select numero from demandes order by numero")
    found = [await database.fetch_one(DEMANDE, numero=row["numero"]) for row in rows]
    return [demande_of(row) for row in found]


def tabs_of(droits: Droits, demande: Demande, is_read: bool, now: datetime) -> Iterator[tuple[Boite, str]]:
    """Where the law and the pure rules put this demande, for this agent (product §6)."""
    parties = demande.parties
    if is_on_aidant_side(droits, parties) and not parties.is_erased:
        is_traitee = statuts.is_traitee(s.part for s in demande.sollicitations)
        yield MIENNES, "cloturees" if parties.is_closed else "a-cloturer" if is_traitee else "en-cours"
    if is_expert(droits, parties):
        yield SUIVIES, "suivies"
    if not is_instructeur(droits, parties) or parties.is_closed:
        return
    parts = [s.part for s in demande.parts_of(droits) or demande.sollicitations]
    is_open = any(map(statuts.is_open, parts))
    yield RECUES, "en-cours" if is_open else "traitees"
    if any(statuts.is_en_souffrance(part, now) for part in parts):
        yield RECUES, "en-souffrance"
    if not is_read and (is_open or droits.agent in parties.instructeurs):
        yield RECUES, "nouvelles"


async def test_every_demande_stands_in_the_tabs_the_pure_rules_give_it_and_in_no_other(now: datetime) -> None:
    """Both ways: a row missing from a tab is a fault as much as a row too many; counts and menu follow."""
    await sow(now)
    every = await list_every()
    seen: Counter[tuple[str, str]] = Counter()
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        menu = {entree.url: entree.compte or 0 for entree in await build_menu(droits, "/", now)}
        rows = await database.fetch("select demande from lectures where agent = :agent", agent=droits.agent)
        read = {row["demande"] for row in rows}
        placed = [(place, d.numero) for d in every for place in tabs_of(droits, d, d.numero in read, now)]
        for boite, url in BOITES.items():
            found = await everything(boite, droits, now)
            for onglet in boite.onglets:
                expected = {numero for place, numero in placed if place == (boite, onglet)}
                assert {row.numero for row in found[onglet]} == expected, (key, url, onglet)
                seen[url, onglet] += len(expected)
            assert menu.get(url, 0) == sum(len(found[onglet]) for onglet in boite.ouverts), (key, url)
            # What the page of a list brings to its menu is the same, whatever is asked of it.
            for criteres in (Criteres(), Criteres(q="xyz", is_urgente=True, page=9)):
                asked = await list_demandes(boite, droits, criteres, now)
                assert asked.ouvertes == menu.get(url, 0), (key, url)
    assert len(seen) == sum(len(boite.onglets) for boite in BOITES)
    assert min(seen.values()) >= 4


async def test_search_finds_every_demande_the_law_lets_read_and_no_other(now: datetime) -> None:
    await sow(now)
    every = await list_every()
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        page = await find_demandes(droits, "dubois", 1)
        found = [t.rangee.numero for t in page.trouvailles]
        for number in range(2, page.pages + 1):
            found += [t.rangee.numero for t in (await find_demandes(droits, "dubois", number)).trouvailles]
        readable = {
            demande.numero
            for demande in every
            if can_read_demande(droits, demande.parties) and not demande.parties.is_erased
        }
        assert len(found) == len(set(found)) == page.total
        assert set(found) == readable, key


async def test_turns_in_sql_are_those_of_the_pure_rules(now: datetime) -> None:
    """The filter « à qui de jouer » keeps every row whose turn it is, and no other."""
    await sow(now)
    seen = set()
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        for boite, url in BOITES.items():
            rows = await everything(boite, droits, now)
            for a_qui in (Tour.INSTRUCTEUR, Tour.AIDANT):
                kept = await everything(boite, droits, now, a_qui=a_qui)
                for onglet in boite.onglets:
                    expected = {row.numero for row in rows[onglet] if row.tour is a_qui}
                    assert {row.numero for row in kept[onglet]} == expected, (key, onglet, a_qui)
                    if expected:
                        seen.add((url, a_qui))
    assert len(seen) == 6


async def test_the_filter_of_unread_demandes_keeps_those_whose_rows_say_so(now: datetime) -> None:
    await sow(now)
    seen = {True: 0, False: 0}
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        for boite in BOITES:
            rows = await everything(boite, droits, now)
            kept = await everything(boite, droits, now, is_non_lue=True)
            for onglet in boite.onglets:
                shown = {row.numero for row in kept[onglet]}
                for row in rows[onglet]:
                    if row.closed_at is None:
                        assert (row.numero in shown) is row.is_unread, (key, onglet, row)
                        seen[row.is_unread] += 1
    assert min(seen.values()) > 50


async def test_rose_paul_and_ada_have_no_list(now: datetime) -> None:
    await make_demande(now)
    for agent in (CAST.rose, CAST.paul, CAST.ada):
        for boite in (RECUES, MIENNES, SUIVIES):
            liste = await show(boite, agent, now)
            assert not liste.has_any
            assert not any(liste.comptes.values())


async def test_the_demande_page_and_the_list_agree_on_the_status(now: datetime) -> None:
    await sow(now)
    signed = await signed_as(CAST.aida, now)
    for rows in (await everything(MIENNES, signed.droits, now)).values():
        for row in rows:
            demande = await load(signed, row.numero)
            assert (row.statut, row.tour) == (demande.statut, demande.tour)
