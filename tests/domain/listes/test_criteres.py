"""What a list may not let out, what its rows say, and what is asked of it: filters, order, pages, cost (product §6)."""

from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.listes.boites import MIENNES, RECUES, list_demandes
from app.domain.listes.criteres import PAR_PAGE, Criteres, Tri
from app.domain.regles.statuts import Tour
from tests.cast import CAST
from tests.domain.lecteur import numeros, show, visit
from tests.domain.scene import DAY, HOUR, facts_of, make_caf_cpam, post, signed_as
from tests.factories import make_demande, make_invitation, make_message

# --- What may not leak ------------------------------------------------------------------------------------------


async def test_a_private_message_moves_nothing_for_the_aidant(now: datetime) -> None:
    older = await make_demande(now, sent_at=now - 3 * DAY)
    newer = await make_demande(now, sent_at=now - 2 * DAY)
    before = await show(MIENNES, CAST.aida, now)
    await post(CAST.ines, older, now, is_prive=True)
    after = await show(MIENNES, CAST.aida, now, depuis=now - HOUR)
    assert [r.numero for r in after.rangees] == [newer, older]
    assert [r.activite_at for r in after.rangees] == [r.activite_at for r in before.rangees]
    assert [r.non_lus for r in after.rangees] == [0, 0]
    assert (after.arrivees, after.messages) == (0, 0)
    assert await numeros(MIENNES, CAST.aida, now, is_non_lue=True) == []
    await post(CAST.aida, newer, now)  # her own message is no news either
    await make_message(newer, CAST.ines, "Entre nous.", now, is_prive=True)
    assert (await show(MIENNES, CAST.aida, now, depuis=now - HOUR)).messages == 0
    for_idir = await show(RECUES, CAST.idir, now, tri=Tri.ACTIVITE, depuis=now - HOUR, q=str(older))
    assert for_idir.rangees[0].activite_at == now
    assert for_idir.rangees[0].non_lus == 1
    assert for_idir.messages == 1


async def test_an_instructeur_on_the_aidant_side_learns_nothing_of_private_messages(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    await visit(CAST.ines, numero, now - HOUR)
    await make_message(numero, CAST.idir, "Entre nous.", now, is_prive=True)
    await database.fetch(
        "update demandes set last_prive_at = :now where numero = :numero", numero=numero, now=now
    )
    [rangee] = (await show(RECUES, CAST.ines, now, depuis=now - HOUR)).rangees
    assert rangee.non_lus == 0
    assert rangee.activite_at == rangee.sent_at


async def test_unread_counts_what_others_wrote_since_my_last_visit(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - 2 * DAY)
    await make_message(numero, CAST.aida, "Avant ma visite.", now - 2 * HOUR, cote="aidant")
    await visit(CAST.ines, numero, now - HOUR)
    [rangee] = (await show(RECUES, CAST.ines, now)).rangees
    assert (rangee.non_lus, rangee.is_unread) == (0, False)
    await make_message(numero, CAST.ines, "Moi.", now)
    await make_message(numero, CAST.aida, "Après.", now, cote="aidant")
    await make_message(numero, CAST.idir, "Privé.", now, is_prive=True)
    [rangee] = (await show(RECUES, CAST.ines, now)).rangees
    assert (rangee.non_lus, rangee.is_unread) == (2, True)
    assert await numeros(RECUES, CAST.ines, now, is_non_lue=True) == [numero]


# --- Rows -------------------------------------------------------------------------------------------------------


async def test_a_row_shows_the_usager_by_first_name_and_initial(now: datetime) -> None:
    await make_demande(now, usager=("Marie-Antoinette", "de La Rochefoucauld", ""))
    await make_demande(now, usager=("Cher", "", ""))
    found = {r.usager for r in (await show(MIENNES, CAST.aida, now)).rangees}
    assert found == {"Marie-Antoinette D.", "Cher"}


async def test_my_deadline_is_the_one_of_my_part(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch(
        "update sollicitations set late_at = :late_at where demande = :numero and groupe = :groupe",
        numero=numero,
        late_at=now - DAY,
        groupe=CAST.groupes.cpam,
    )
    mine = (await facts_of(numero, CAST.groupes.caf))["late_at"]
    assert (await show(RECUES, CAST.ines, now)).rangees[0].late_at == mine
    assert (await show(MIENNES, CAST.aida, now)).rangees[0].late_at == now - DAY
    assert (await show(RECUES, CAST.ines, now)).comptes["en-souffrance"] == 0


async def test_the_ball_comes_back_when_the_aidant_writes(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - DAY)

    async def turns() -> tuple[Tour, Tour]:
        [received] = (await show(RECUES, CAST.ines, now)).rangees
        [sent] = (await show(MIENNES, CAST.aida, now)).rangees
        return received.tour, sent.tour

    assert await turns() == (Tour.INSTRUCTEUR, Tour.INSTRUCTEUR)
    await post(CAST.ines, numero, now - 2 * HOUR)
    assert await turns() == (Tour.AIDANT, Tour.AIDANT)
    await post(CAST.aida, numero, now - HOUR)
    assert await turns() == (Tour.INSTRUCTEUR, Tour.INSTRUCTEUR)


# --- Filters, order, pages --------------------------------------------------------------------------------------


async def test_each_filter_keeps_what_it_names(now: datetime) -> None:
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :created_at)",
        agent=CAST.ines,
        groupe=CAST.groupes.france_travail,
        created_at=now,
    )
    droits = (await signed_as(CAST.ines, now)).droits
    plain = await make_demande(now, titre="Aide au logement", usager=("Jean", "Le Bris", ""))
    urgent = await make_demande(now, titre="Électricité coupée", urgence="coupure")
    elsewhere = await make_demande(now, departement="29", groupes=(CAST.groupes.france_travail,))
    both = await make_caf_cpam(now)
    await database.fetch(
        "update sollicitations set taken_by = :taken_by where demande = :demande",
        demande=both,
        taken_by=CAST.ines,
    )
    await visit(CAST.ines, plain, now)

    async def kept(**criteres: Any) -> set[int]:
        liste = await list_demandes(RECUES, droits, Criteres(**criteres), now)
        assert liste.total == len(liste.rangees)
        return {r.numero for r in liste.rangees}

    every = {plain, urgent, elsewhere, both}
    assert await kept() == every
    assert await kept(is_urgente=True) == {urgent}
    assert await kept(groupe=CAST.groupes.france_travail) == {elsewhere}
    assert await kept(departement="29") == {elsewhere}
    assert await kept(organisme="cpam") == {both}
    assert await kept(is_mienne=True) == {both}
    assert await kept(is_non_lue=True) == every - {plain}
    await make_message(plain, CAST.ines, "Je regarde.", now + HOUR)
    assert await kept(is_non_lue=True) == every - {plain}  # what I wrote myself is not to be read
    await make_message(plain, CAST.idir, "Moi aussi.", now + HOUR)
    assert await kept(is_non_lue=True) == every
    assert await kept(q="ELECTRICITE") == {urgent}
    assert await kept(q="le bris jean") == {plain}
    assert await kept(q=f"n° {both}") >= {both}
    assert await kept(q="%") == set()
    assert await kept(q="_") == set()
    assert await kept(is_urgente=True, departement="29") == set()


async def test_what_makes_no_sense_is_ignored(now: datetime) -> None:
    numero = await make_demande(now)
    liste = await show(
        RECUES,
        CAST.ines,
        now,
        onglet="'; drop table demandes",
        groupe=CAST.groupes.cpam,  # not hers
        departement="ZZZ" * 50,
        organisme="nulle-part" * 50,
        a_qui="personne",
        tri="hasard",
        page=10**9,
    )
    assert [r.numero for r in liste.rangees] == [numero]
    assert liste.criteres == Criteres(onglet="en-cours", page=10**9)
    assert (liste.page, liste.pages) == (1, 1)


async def test_a_filter_that_finds_nothing_stays_chosen(now: datetime) -> None:
    await make_demande(now)
    liste = await show(RECUES, CAST.ines, now, departement="974", organisme="msa")
    assert (liste.total, liste.criteres.departement, liste.criteres.organisme) == (0, "974", "msa")
    assert [code for code, _ in liste.choix["departement"]] == ["22", "974"]
    assert liste.has_any


async def test_urgent_comes_first_then_the_first_deadline(now: datetime) -> None:
    soon = await make_demande(now, sent_at=now - 2 * DAY)
    later = await make_demande(now, sent_at=now - HOUR)
    late = await make_demande(now, sent_at=now - 20 * DAY)
    urgent = await make_demande(now, sent_at=now - 2 * HOUR, urgence="sante")
    urgent_late = await make_demande(now, sent_at=now - 9 * DAY, urgence="sante")
    assert await numeros(RECUES, CAST.ines, now) == [urgent_late, urgent, late, soon, later]
    recent = [later, urgent, soon, urgent_late, late]
    assert await numeros(RECUES, CAST.ines, now, tri=Tri.RECENTES) == recent
    await database.fetch(
        "update demandes set last_prive_at = :now where numero = :numero", numero=late, now=now
    )
    assert (await numeros(RECUES, CAST.ines, now, tri=Tri.ACTIVITE))[0] == late


async def test_pages_hold_25_rows_and_none_is_missed_or_shown_twice(now: datetime) -> None:
    sown = {await make_demande(now) for _ in range(2 * PAR_PAGE + 1)}
    pages = [await show(RECUES, CAST.ines, now, page=page) for page in (1, 2, 3, 4)]
    assert [len(p.rangees) for p in pages] == [25, 25, 1, 1]
    assert [p.page for p in pages] == [1, 2, 3, 3]
    assert {r.numero for p in pages for r in p.rangees} == sown
    assert {p.total for p in pages} == {51}


async def test_a_refresh_says_what_came_since(now: datetime) -> None:
    old = await make_demande(now, sent_at=now - DAY)
    await visit(CAST.ines, old, now - DAY)
    quiet = await show(RECUES, CAST.ines, now, depuis=now - HOUR)
    assert (quiet.arrivees, quiet.messages) == (0, 0)
    await make_demande(now, sent_at=now - timedelta(minutes=1))
    await make_demande(now, sent_at=now - timedelta(minutes=2))
    await post(CAST.aida, old, now)
    news = await show(RECUES, CAST.ines, now, depuis=now - HOUR)
    assert (news.arrivees, news.messages) == (2, 1)


async def test_what_reaches_me_late_has_come_when_it_reached_me(now: datetime) -> None:
    """An old demande came the moment the last of my groupes was asked, or the moment I was called by name."""
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :created_at)",
        agent=CAST.ines,
        groupe=CAST.groupes.cpam,
        created_at=now,
    )
    numero = await make_caf_cpam(now, sent_at=now - 9 * DAY)
    assert (await show(RECUES, CAST.ines, now, depuis=now - HOUR)).arrivees == 0
    await database.fetch(
        "update sollicitations set solicited_at = :now where demande = :numero and groupe = :groupe",
        numero=numero,
        groupe=CAST.groupes.cpam,
        now=now,
    )
    assert (await show(RECUES, CAST.ines, now, depuis=now - HOUR)).arrivees == 1
    assert (await show(RECUES, CAST.idir, now, depuis=now - HOUR)).arrivees == 0
    await make_invitation(numero, CAST.idir, "instructeur", now)
    assert (await show(RECUES, CAST.idir, now, depuis=now - HOUR)).arrivees == 1
