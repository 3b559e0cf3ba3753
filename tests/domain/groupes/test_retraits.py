"""Who leaves: nothing is orphaned, nothing is seen any more, and the guards say why (product §2, §3; quality S4)."""

from datetime import datetime

import pytest

from app import database
from app.domain.acces.sessions import find_signed, open_session
from app.domain.demandes.demande import get_demande
from app.domain.groupes.departs import Acte, Titre
from app.domain.groupes.membres import get_compte
from app.domain.groupes.retraits import leave, preview_depart, reactivate
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.roles import Role
from tests.cast import CAST
from tests.domain.groupes.equipe import column, go, groupe_of, hire, join, roles_in
from tests.domain.scene import list_mails, load, post, signed_as
from tests.factories import list_journal, list_told, make_demande, make_invitation


async def test_who_is_removed_sees_nothing_of_the_groupe_at_the_next_click(now: datetime) -> None:
    numero = await make_demande(now)
    idir = await signed_as(CAST.idir, now)
    assert (await load(idir, numero)).numero == numero
    await go(CAST.ines, CAST.idir, CAST.groupes.caf, now)
    gone = await signed_as(CAST.idir, now)
    with pytest.raises(Introuvable):
        await get_demande(gone.droits, numero)
    with pytest.raises(Introuvable):
        await groupe_of(gone, CAST.groupes.caf)
    assert await list_told("retire_du_groupe") == {"idir@exemple.fr"}
    [line] = await list_journal("retire_du_groupe")
    assert (line["agent"], line["groupe"], line["details"]) == (
        CAST.ines,
        CAST.groupes.caf,
        {"agent": CAST.idir},
    )


async def test_a_deactivated_account_loses_its_sessions_and_comes_back_anew(now: datetime) -> None:
    jeton = await open_session(CAST.idir, is_durable=True, navigateur="", now=now)
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, acte=Acte.DESACTIVER, motif="Mutation")
    assert await find_signed(jeton, now) is None
    assert await column("select id from sessions where agent = :agent", agent=CAST.idir) == []
    rose = await signed_as(CAST.rose, now)
    await reactivate(rose, await groupe_of(rose, CAST.groupes.caf), CAST.idir, now)
    assert await find_signed(jeton, now) is None
    assert (await signed_as(CAST.idir, now)).droits.instructeur == {CAST.groupes.caf}
    assert await list_told("compte_desactive") == {"idir@exemple.fr"} == await list_told("compte_reactive")
    [line] = await list_journal("compte_desactive")
    assert line["details"] == {"agent": CAST.idir, "motif": "Mutation"}
    with pytest.raises(Conflit):
        await reactivate(rose, await groupe_of(rose, CAST.groupes.caf), CAST.idir, now)


async def test_a_colleague_does_not_reactivate(now: datetime) -> None:
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, acte=Acte.DESACTIVER)
    ines = await signed_as(CAST.ines, now)
    with pytest.raises(Refus):
        await reactivate(ines, await groupe_of(ines, CAST.groupes.caf), CAST.idir, now)


# --- Guards -----------------------------------------------------------------------------------------------------


async def obstacle(by: int, agent: int, groupe: int, now: datetime, *, acte: Acte = Acte.RETIRER) -> str:
    with pytest.raises(Refus) as refused:
        await go(by, agent, groupe, now, acte=acte)
    return refused.value.phrase


async def test_the_last_responsable_stays_whoever_asks(now: datetime) -> None:
    for by in (CAST.rose, CAST.ada):
        phrase = await obstacle(by, CAST.rose, CAST.groupes.caf, now)
        assert phrase == "Le groupe CAF 22 n’aurait plus de responsable\u00a0: nommez-en un autre d’abord."
    await hire("Rozenn", CAST.groupes.caf, now, Role.RESPONSABLE)
    await go(CAST.rose, CAST.rose, CAST.groupes.caf, now)
    assert await roles_in(CAST.rose, CAST.groupes.caf) is None


async def test_an_account_that_alone_manages_another_groupe_is_not_deactivated(now: datetime) -> None:
    rozenn = await hire("Rozenn", CAST.groupes.caf, now, Role.RESPONSABLE)
    phrase = await obstacle(rozenn, CAST.rose, CAST.groupes.caf, now, acte=Acte.DESACTIVER)
    assert "France Services Callac" in phrase
    assert await column("select id from agents where id = :r and deactivated_at is null", r=CAST.rose)


async def test_a_colleague_removes_a_colleague_but_no_responsable(now: datetime) -> None:
    await hire("Rozenn", CAST.groupes.caf, now, Role.RESPONSABLE)
    assert "autre responsable" in await obstacle(CAST.ines, CAST.rose, CAST.groupes.caf, now)
    await go(CAST.ines, CAST.idir, CAST.groupes.caf, now)
    assert await roles_in(CAST.idir, CAST.groupes.caf) is None


async def test_a_colleague_does_not_remove_the_last_instructeur_of_open_demandes(now: datetime) -> None:
    yann = await hire("Yann", CAST.groupes.cpam, now, Role.AIDANT)
    await make_demande(now, groupes=[CAST.groupes.cpam])
    phrase = await obstacle(yann, CAST.ivan, CAST.groupes.cpam, now)
    assert "une demande ouverte" in phrase and "responsable" in phrase
    assert await obstacle(CAST.ivan, CAST.ivan, CAST.groupes.cpam, now) == phrase
    await database.fetch("update sollicitations set traitee_at = :now, late_at = null", now=now)
    await go(yann, CAST.ivan, CAST.groupes.cpam, now)


async def test_nobody_deactivates_oneself_and_only_administrateurs_their_team(now: datetime) -> None:
    assert "votre propre compte" in await obstacle(
        CAST.idir, CAST.idir, CAST.groupes.caf, now, acte=Acte.DESACTIVER
    )
    await join(CAST.elie, CAST.groupes.caf, now, Role.AIDANT)
    phrase = await obstacle(CAST.rose, CAST.elie, CAST.groupes.caf, now, acte=Acte.DESACTIVER)
    assert "administrateur" in phrase
    await join(CAST.ada, CAST.groupes.caf, now, Role.AIDANT)
    assert "votre propre compte" in await obstacle(
        CAST.ada, CAST.ada, CAST.groupes.caf, now, acte=Acte.DESACTIVER
    )


async def test_a_colleague_does_not_close_an_account_that_serves_elsewhere(now: datetime) -> None:
    await join(CAST.idir, CAST.groupes.cpam, now, Role.AIDANT)
    assert "autre groupe" in await obstacle(CAST.ines, CAST.idir, CAST.groupes.caf, now, acte=Acte.DESACTIVER)
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, acte=Acte.DESACTIVER)


async def test_strangers_do_not_even_learn_that_the_groupe_exists(now: datetime) -> None:
    for stranger in (CAST.eve, CAST.paul, CAST.elie, CAST.ivan):
        with pytest.raises(Introuvable):
            await go(stranger, CAST.idir, CAST.groupes.caf, now)


async def test_two_at_once_the_second_learns_what_changed(now: datetime) -> None:
    rose = await signed_as(CAST.rose, now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    plan = await preview_depart(rose.droits, caf, await get_compte(CAST.idir), Acte.RETIRER)

    async def again(vu: str) -> None:
        await leave(rose, caf, CAST.idir, Acte.RETIRER, choix={}, vu=vu, motif="", now=now)

    numero = await make_demande(now)
    await database.fetch(
        "update sollicitations set taken_by = :idir where demande = :n", idir=CAST.idir, n=numero
    )
    with pytest.raises(Conflit, match="a changé"):
        await again(plan.empreinte)
    await go(CAST.ines, CAST.idir, CAST.groupes.caf, now)
    with pytest.raises(Conflit, match="n’est plus membre"):
        await again(plan.empreinte)


async def test_rights_are_those_of_the_moment_not_those_of_the_page(now: datetime) -> None:
    rose = await signed_as(CAST.rose, now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    await database.fetch(
        "delete from adhesions where agent = :rose and groupe = :caf", rose=CAST.rose, caf=caf.id
    )
    with pytest.raises(Introuvable):
        await leave(rose, caf, CAST.idir, Acte.RETIRER, choix={}, vu="", motif="", now=now)


async def test_a_motif_too_long_is_said(now: datetime) -> None:
    with pytest.raises(Invalide):
        await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, motif="x" * 201)


# --- What the preview says --------------------------------------------------------------------------------------


async def test_the_preview_says_in_what_way_each_is_held_and_who_is_left(now: datetime) -> None:
    named = await make_demande(
        now, auteur=CAST.eve, groupe=CAST.groupes.ccas_974, groupes=[CAST.groupes.france_travail]
    )
    await make_invitation(named, CAST.idir, "instructeur", now)
    charged, answered, untouched = [await make_demande(now) for _ in range(3)]
    await database.fetch("update sollicitations set taken_by = :i where demande = :n", i=CAST.idir, n=charged)
    await post(CAST.idir, answered, now)
    rose = await signed_as(CAST.rose, now)
    plan = await preview_depart(
        rose.droits, await groupe_of(rose, CAST.groupes.caf), await get_compte(CAST.idir), Acte.RETIRER
    )
    seen = {c.numero: (c.titre, c.repondants, c.is_orpheline, c.is_connue) for c in plan.concernees}
    assert seen == {
        charged: (Titre.CHARGE, 1, False, True),
        named: (Titre.NOMME, 0, True, False),  # Rose manages neither groupe of that demande
        answered: (Titre.REPONDANT, 1, False, True),
    }
    assert untouched not in seen
    assert [p.nom for p in plan.candidats_of(plan.concernees[0])] == ["Inès Le Goff"]


async def test_a_colleague_is_told_how_many_but_not_which_of_what_they_may_not_know(now: datetime) -> None:
    known, unknown = await make_demande(now), await make_demande(now)
    await make_invitation(known, CAST.aline, "collegue", now)
    aline = await signed_as(CAST.aline, now)
    plan = await preview_depart(
        aline.droits,
        await groupe_of(aline, CAST.groupes.france_services),
        await get_compte(CAST.aida),
        Acte.RETIRER,
    )
    assert {c.numero: c.is_connue for c in plan.concernees} == {known: True, unknown: False}


async def test_leaving_with_five_hundred_demandes_costs_as_few_queries_as_with_one(now: datetime) -> None:
    counts = []
    for rozenn, many in (("Rozenn", 1), ("Rozalia", 60)):
        who = await hire(rozenn, CAST.groupes.france_services, now, Role.AIDANT)
        for _ in range(many):
            await make_demande(now, auteur=who, groupe=CAST.groupes.france_services)
        with database.spy_queries() as queries:
            await go(CAST.rose, who, CAST.groupes.france_services, now)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 40


async def test_mails_to_nobody_who_left(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await go(CAST.rose, CAST.aline, CAST.groupes.france_services, now)
    await post(CAST.ines, numero, now)
    assert ("message_envoye", "aline@exemple.fr") not in await list_mails(numero)
