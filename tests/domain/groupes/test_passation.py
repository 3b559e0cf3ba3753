"""What somebody held is handed on: to a colleague, to the groupe, to the experts; never orphaned (product §2)."""

from datetime import datetime
from uuid import uuid4

import pytest

from app import database
from app.domain.demandes.demande import get_demande
from app.domain.demandes.destinataires import list_destinataires
from app.domain.echanges import invitations
from app.domain.echanges.saisie import InvitationSaisie
from app.domain.groupes.passation import AU_GROUPE
from app.domain.groupes.retraits import take_up
from app.domain.regles.errors import Conflit, Introuvable, Refus
from app.domain.regles.roles import Role
from app.domain.regles.statuts import Nature
from tests.cast import CAST
from tests.domain.groupes.equipe import column, go, join, roles_in
from tests.domain.scene import dates_of, facts_of, load, make_caf_cpam, post, signed_as
from tests.factories import list_journal, list_told, make_demande, make_invitation


async def natures(numero: int) -> list[object]:
    return await column("select nature from messages where demande = :numero order by id", numero=numero)


async def invited(numero: int, qualite: str) -> list[object]:
    return await column(
        "select agent from invitations where demande = :numero and qualite = :qualite order by agent",
        numero=numero,
        qualite=qualite,
    )


# --- The author leaves ------------------------------------------------------------------------------------------


async def test_what_an_author_leaves_goes_to_the_colleague_invited(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now)
    facts = await dates_of(numero)
    assert (facts["auteur"], facts["vacante_at"]) == (CAST.aline, None)
    assert await invited(numero, "collegue") == []
    assert await natures(numero) == [Nature.CONFIEE]
    assert await list_told("demande_confiee") == {"aline@exemple.fr"}
    gone = await signed_as(CAST.aida, now)
    with pytest.raises(Introuvable):
        await get_demande(gone.droits, numero)
    assert facts["last_public_at"] == now and facts["sent_at"] < now


async def test_otherwise_to_its_groupe_whose_aidants_read_and_may_take_it_up(now: datetime) -> None:
    numero = await make_demande(now)
    aline = await signed_as(CAST.aline, now)
    with pytest.raises(Introuvable):
        await load(aline, numero)
    await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now)
    assert (await dates_of(numero))["vacante_at"] == now
    told = {who.agent for who in await list_destinataires(numero, by=0) if who.is_aidant}
    assert told == {CAST.aline, CAST.claude}
    claude = await signed_as(CAST.claude, now)
    seen = await load(claude, numero)
    await take_up(aline, await load(aline, numero), now)
    facts = await dates_of(numero)
    assert (facts["auteur"], facts["vacante_at"]) == (CAST.aline, None)
    assert await natures(numero) == [Nature.CONFIEE, Nature.REPRISE]
    with pytest.raises(Introuvable):
        await load(claude, numero)
    with pytest.raises(Conflit):
        await take_up(claude, seen, now)


async def test_a_mandat_that_ended_does_not_keep_anyone_from_taking_it_up(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now)
    aline = await signed_as(CAST.aline, now)
    await take_up(aline, await load(aline, numero), now)
    assert (await dates_of(numero))["auteur"] == CAST.aline


async def test_nobody_takes_up_what_has_an_author(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    aline = await signed_as(CAST.aline, now)
    with pytest.raises(Refus):
        await take_up(aline, await load(aline, numero), now)


async def test_the_page_chooses_somebody_else_or_the_groupe(now: datetime) -> None:
    chosen, left = await make_demande(now), await make_demande(now)
    for numero in (chosen, left):
        await make_invitation(numero, CAST.aline, "collegue", now)
    await go(
        CAST.rose,
        CAST.aida,
        CAST.groupes.france_services,
        now,
        choix={chosen: CAST.claude, left: AU_GROUPE},
    )
    assert (await dates_of(chosen))["auteur"] == CAST.claude
    assert await invited(chosen, "collegue") == [CAST.aline]
    facts = await dates_of(left)
    assert (facts["auteur"], facts["vacante_at"]) == (CAST.aida, now)


async def test_nobody_of_elsewhere_is_handed_a_demande(now: datetime) -> None:
    numero = await make_demande(now)
    with pytest.raises(Conflit, match="ne peut pas"):
        await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now, choix={numero: CAST.eve})
    assert await roles_in(CAST.aida, CAST.groupes.france_services) == frozenset({Role.AIDANT})


async def test_nobody_chooses_for_a_demande_they_may_not_know_of(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await go(CAST.claude, CAST.aida, CAST.groupes.france_services, now, choix={numero: CAST.claude})
    assert (await dates_of(numero))["auteur"] == CAST.aline
    claude = await signed_as(CAST.claude, now)
    with pytest.raises(Introuvable):
        await load(claude, numero)


async def test_a_choice_says_nothing_of_a_demande_one_may_not_know_of(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await go(CAST.claude, CAST.aida, CAST.groupes.france_services, now, choix={numero: CAST.eve})
    assert (await dates_of(numero))["auteur"] == CAST.aline


async def test_nobody_calls_themselves_by_name_where_a_colleague_was(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.cpam])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    await go(CAST.ines, CAST.idir, CAST.groupes.caf, now, choix={numero: CAST.ines})
    assert await invited(numero, "instructeur") == []


async def test_an_author_with_no_aidant_left_goes_to_the_experts(now: datetime) -> None:
    numero = await make_demande(
        now, auteur=CAST.eve, groupe=CAST.groupes.ccas_974, departement="974", groupes=[CAST.groupes.caf]
    )
    await go(CAST.ada, CAST.eve, CAST.groupes.ccas_974, now)
    assert await invited(numero, "expert") == [CAST.elie]
    assert await natures(numero) == [Nature.SANS_REPONDANT]


async def test_closed_demandes_stay_as_they_were(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update sollicitations set closed_at = :now, late_at = null where demande = :n", now=now, n=numero
    )
    await database.fetch("update demandes set closed_at = :now where numero = :n", now=now, n=numero)
    await go(CAST.rose, CAST.aida, CAST.groupes.france_services, now)
    assert (await dates_of(numero))["auteur"] == CAST.aida
    assert await natures(numero) == []


# --- An instructeur leaves --------------------------------------------------------------------------------------


async def test_what_was_taken_in_charge_goes_back_to_the_groupe(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.idir, numero, now)
    await database.fetch(
        "update sollicitations set taken_by = :idir, taken_at = :now where demande = :n",
        idir=CAST.idir,
        now=now,
        n=numero,
    )
    before = await facts_of(numero, CAST.groupes.caf)
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now)
    after = await facts_of(numero, CAST.groupes.caf)
    assert (after["taken_by"], after["taken_at"]) == (None, None)
    assert {k: v for k, v in after.items() if not k.startswith("taken")} == {
        k: v for k, v in before.items() if not k.startswith("taken")
    }
    assert (await natures(numero))[-1] == Nature.CONFIEE


async def test_it_may_be_handed_to_a_colleague_who_is_told_once(now: datetime) -> None:
    numeros = [await make_demande(now) for _ in range(3)]
    await database.fetch(
        "update sollicitations set taken_by = :idir, taken_at = :now where groupe = :caf",
        idir=CAST.idir,
        now=now,
        caf=CAST.groupes.caf,
    )
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, choix=dict.fromkeys(numeros[:2], CAST.ines))
    holders = [(await facts_of(numero, CAST.groupes.caf))["taken_by"] for numero in numeros]
    assert holders == [CAST.ines, CAST.ines, None]
    mails = await column("select adresse from courriels where fait = 'demande_confiee'")
    assert mails == ["ines@exemple.fr"]
    assert len(await list_journal("demande_confiee")) == 3


async def test_the_last_instructeur_leaves_the_open_demandes_to_the_experts(now: datetime) -> None:
    """Ivan is alone at the CPAM 22: what it was asked, taken or not, goes to the experts, and it is told."""
    taken, waiting = [await make_demande(now, groupes=[CAST.groupes.cpam]) for _ in range(2)]
    shared = await make_caf_cpam(now)
    await post(CAST.ivan, taken, now)
    await go(CAST.ada, CAST.ivan, CAST.groupes.cpam, now)
    for numero in (taken, waiting):
        assert await invited(numero, "expert") == [CAST.elie]
        assert (await natures(numero))[-1] == Nature.SANS_REPONDANT
    assert await invited(shared, "expert") == []
    told = await list_told("demande_sans_repondant")
    assert told == {"aida@exemple.fr", "elie@exemple.fr"}  # Ada acts
    assert len(await list_journal("demande_sans_repondant")) == 2
    assert (await dates_of(taken))["closed_at"] is None


async def test_the_administrateurs_learn_that_nobody_answers_any_more(now: datetime) -> None:
    await make_demande(now, groupes=[CAST.groupes.cpam])
    await join(CAST.rose, CAST.groupes.cpam, now, Role.RESPONSABLE)
    await go(CAST.rose, CAST.ivan, CAST.groupes.cpam, now)
    assert "ada@exemple.fr" in await list_told("demande_sans_repondant")


async def test_handed_to_a_colleague_called_by_name_it_is_no_orphan(now: datetime) -> None:
    """Idir alone was called by name on a demande of France Travail, where nobody is; Inès takes it over."""
    numero = await make_demande(now, groupes=[CAST.groupes.france_travail])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now, choix={numero: CAST.ines})
    assert await invited(numero, "instructeur") == [CAST.ines]
    assert await invited(numero, "expert") == []
    ines = await signed_as(CAST.ines, now)
    assert (await load(ines, numero)).numero == numero


async def test_called_by_name_and_the_only_one_the_experts_take_over(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.france_travail])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now)
    assert (await invited(numero, "instructeur"), await invited(numero, "expert")) == ([], [CAST.elie])


async def test_who_moves_to_another_groupe_no_longer_reads_what_the_first_gave(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.cpam])
    ivan = await signed_as(CAST.ivan, now)
    await join(CAST.idir, CAST.groupes.cpam, now, Role.AIDANT)
    await make_invitation(numero, CAST.idir, "instructeur", now)
    assert (await load(await signed_as(CAST.idir, now), numero)).numero == numero
    await go(CAST.rose, CAST.idir, CAST.groupes.caf, now)
    await join(CAST.idir, CAST.groupes.cpam_974, now, Role.INSTRUCTEUR)
    with pytest.raises(Introuvable):
        await load(await signed_as(CAST.idir, now), numero)
    assert (await load(ivan, numero)).numero == numero


async def test_an_invitation_says_through_which_groupe_it_is_made(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.caf])
    await join(CAST.idir, CAST.groupes.cpam, now, Role.INSTRUCTEUR)
    ines = await signed_as(CAST.ines, now)
    await invitations.invite(
        ines,
        await load(ines, numero),
        InvitationSaisie(cle=uuid4(), collegues=(CAST.idir,), experts=True),
        now,
    )
    rows = await database.fetch(
        "select agent, groupe from invitations where demande = :n order by agent", n=numero
    )
    assert dict(map(tuple, rows)) == {CAST.idir: CAST.groupes.caf, CAST.elie: None}
