"""Bringing someone in: who may be asked, what it writes, who is told (product §3, §7, §9)."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain.demandes import lectures
from app.domain.echanges import invitations
from app.domain.echanges.saisie import InvitationSaisie
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.errors import Conflit, Invalide, Refus
from tests.cast import CAST
from tests.domain import scene
from tests.domain.scene import dates_of, facts_of, list_mails, load, make_caf_cpam, post, signed_as
from tests.factories import erase_demandes, list_journal, make_demande, make_invitation


async def invite(
    agent: int,
    numero: int,
    now: datetime,
    *,
    groupes: Collection[int] = (),
    collegues: Collection[int] = (),
    experts: bool = False,
    texte: str = "",
    is_prive: bool = False,
    cle: UUID | None = None,
) -> int:
    signed = await signed_as(agent, now)
    return await scene.invite(
        signed,
        await load(signed, numero),
        InvitationSaisie(
            cle=cle or uuid4(),
            groupes=tuple(groupes),
            collegues=tuple(collegues),
            experts=experts,
            texte=texte,
            is_prive=is_prive,
        ),
        now,
    )


async def invited(numero: int) -> dict[int, str]:
    rows = await database.fetch(
        "select agent, qualite from invitations where demande = :numero", numero=numero
    )
    return {row["agent"]: row["qualite"] for row in rows}


# --- What may be chosen -----------------------------------------------------------------------------------------


async def test_operateurs_of_the_departement_not_asked_yet_are_proposed(now: datetime) -> None:
    demande = await load(await signed_as(CAST.aida, now), await make_demande(now))
    found = await invitations.list_groupes(demande, None, now)
    assert {g.id for g in found} == {CAST.groupes.cpam, CAST.groupes.france_travail}
    by_id = {g.id: g for g in found}
    assert (by_id[CAST.groupes.cpam].sigle, by_id[CAST.groupes.cpam].instructeurs) == ("CPAM", 1)
    assert by_id[CAST.groupes.cpam].avertissement == ""
    assert by_id[CAST.groupes.france_travail].avertissement == invitations.PERSONNE


async def test_another_departement_can_be_looked_at(now: datetime) -> None:
    demande = await load(await signed_as(CAST.aida, now), await make_demande(now))
    found = await invitations.list_groupes(demande, CAST.departements["974"], now)
    assert {g.id for g in found} == {CAST.groupes.cpam_974, CAST.groupes.ccas_974}


async def test_a_groupe_whose_instructeurs_left_says_so(now: datetime) -> None:
    demande = await load(await signed_as(CAST.aida, now), await make_demande(now))
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", agent=CAST.ivan, now=now
    )
    found = {g.id: g.avertissement for g in await invitations.list_groupes(demande, None, now)}
    assert found[CAST.groupes.cpam] == invitations.PERSONNE


async def test_a_deactivated_groupe_is_not_proposed(now: datetime) -> None:
    demande = await load(await signed_as(CAST.aida, now), await make_demande(now))
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :cle", cle=CAST.groupes.cpam, now=now
    )
    assert CAST.groupes.cpam not in {g.id for g in await invitations.list_groupes(demande, None, now)}


async def test_colleagues_are_those_of_my_own_groupe_on_my_side(now: datetime) -> None:
    numero = await make_demande(now)
    aida, ines = await signed_as(CAST.aida, now), await signed_as(CAST.ines, now)
    assert {c.agent for c in await invitations.list_collegues(aida, await load(aida, numero))} == {
        CAST.aline,
        CAST.claude,
    }
    assert [c.nom for c in await invitations.list_collegues(ines, await load(ines, numero))] == ["Idir Hamel"]
    await make_invitation(numero, CAST.aline, "collegue", now)
    assert {c.agent for c in await invitations.list_collegues(aida, await load(aida, numero))} == {
        CAST.claude
    }


async def test_who_may_invite_nobody_is_shown_nobody(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    for agent in (CAST.elie, CAST.rose, CAST.ada):
        signed = await signed_as(agent, now)
        assert await invitations.list_collegues(signed, await load(signed, numero)) == []


# --- What it writes ---------------------------------------------------------------------------------------------


async def test_a_groupe_of_another_departement_has_the_clock_of_the_demande(now: datetime) -> None:
    numero = await make_demande(now)
    await invite(CAST.ines, numero, now, groupes=[CAST.groupes.cpam_974])
    facts = await facts_of(numero, CAST.groupes.cpam_974)
    assert facts["late_at"] == echeance_premiere_reponse(now, Calendrier("Europe/Paris", ""))
    assert (facts["solicited_at"], facts["solicited_by"]) == (now, CAST.ines)
    # Ève may read it from now on.
    eve = await signed_as(CAST.eve, now)
    await lectures.mark_read(eve, await load(eve, numero), now)
    assert (await facts_of(numero, CAST.groupes.cpam_974))["opened_at"] == now


async def test_one_line_says_everyone_invited(now: datetime) -> None:
    numero = await make_demande(now)
    line = await invite(
        CAST.aida,
        numero,
        now,
        groupes=[CAST.groupes.cpam, CAST.groupes.france_travail],
        collegues=[CAST.aline],
        experts=True,
        texte="Pouvez-vous regarder ?",
    )
    row = await database.fetch_one("select * from messages where demande = :numero", numero=numero)
    assert row is not None
    assert (row["id"], row["nature"], row["cote"]) == (line, "invitation", "aidant")
    assert set(row["groupes_invites"]) == {CAST.groupes.cpam, CAST.groupes.france_travail}
    assert set(row["agents_invites"]) == {CAST.aline, CAST.elie}
    assert await invited(numero) == {CAST.aline: "collegue", CAST.elie: "expert"}
    journal = (await list_journal("invitation_envoyee"))[0]
    assert (journal["agent"], journal["demande"]) == (CAST.aida, numero)


async def test_an_instructeur_invites_as_instructeur(now: datetime) -> None:
    numero = await make_demande(now)
    await invite(CAST.ines, numero, now, collegues=[CAST.idir])
    assert await invited(numero) == {CAST.idir: "instructeur"}


async def test_a_private_invitation_moves_no_public_date(now: datetime) -> None:
    numero = await make_demande(now)
    before = await dates_of(numero)
    await invite(CAST.ines, numero, now, groupes=[CAST.groupes.cpam], is_prive=True)
    assert await dates_of(numero) == {**before, "last_prive_at": now}


async def test_inviting_is_not_answering(now: datetime) -> None:
    numero = await make_demande(now)
    before = await facts_of(numero, CAST.groupes.caf)
    await invite(CAST.ines, numero, now, groupes=[CAST.groupes.cpam], texte="À vous.")
    assert await facts_of(numero, CAST.groupes.caf) == before


# --- Who is told ------------------------------------------------------------------------------------------------


async def test_only_the_invited_are_told(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await database.fetch("delete from courriels")
    await database.fetch("update groupes set bal = 'bal-' || id || '@exemple.fr'")
    await invite(CAST.aida, numero, now, groupes=[CAST.groupes.cpam], collegues=[CAST.aline], experts=True)
    assert await list_mails(numero) == [
        ("invitation_envoyee", who)
        for who in (
            "aline@exemple.fr",
            f"bal-{CAST.groupes.cpam}@exemple.fr",
            "elie@exemple.fr",
            "ivan@exemple.fr",
        )
    ]


async def test_an_instructeur_called_by_name_is_told(now: datetime) -> None:
    numero = await make_demande(now)
    await invite(CAST.ines, numero, now, collegues=[CAST.idir])
    assert await list_mails(numero) == [("invitation_envoyee", "idir@exemple.fr")]


async def test_an_expert_may_ask_another_groupe(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await invite(CAST.elie, numero, now, groupes=[CAST.groupes.cpam])
    assert await list_mails(numero) == [("invitation_envoyee", "ivan@exemple.fr")]


# --- What is refused --------------------------------------------------------------------------------------------


async def test_bad_choices_are_said_beside_their_field(now: datetime) -> None:
    numero = await make_demande(now)
    groupes = CAST.groupes
    for facts, champ in (
        ({}, "groupes"),
        ({"groupes": [groupes.caf]}, "groupes"),  # asked already, and nobody else chosen
        ({"groupes": [groupes.france_services]}, "groupes"),  # not an opérateur
        ({"groupes": [2**31 - 1]}, "groupes"),
        ({"collegues": [CAST.eve]}, "collegues"),
        ({"collegues": [CAST.rose]}, "collegues"),  # responsable, not aidant
        ({"groupes": [groupes.cpam], "texte": "a" * 10_001}, "texte"),
    ):
        with pytest.raises(Invalide) as refused:
            await invite(CAST.aida, numero, now, **facts)
        assert list(refused.value.erreurs) == [champ]
    assert await database.fetch("select 1 from messages where demande = :numero", numero=numero) == []


async def test_rights_are_those_of_the_contract(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    cpam = CAST.groupes.cpam
    refused: list[tuple[int, dict[str, object]]] = [
        (CAST.elie, {"collegues": [CAST.aline]}),
        (CAST.elie, {"experts": True}),
        (CAST.rose, {"groupes": [cpam]}),
        (CAST.ada, {"groupes": [cpam]}),
        (CAST.aida, {"groupes": [cpam], "is_prive": True}),
    ]
    for agent, facts in refused:
        with pytest.raises(Refus):
            await invite(agent, numero, now, **facts)  # type: ignore[arg-type]


async def test_closed_is_a_conflict_and_without_mandat_nobody_new_comes_in(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch("update mandats set etat = 'revoque' where demande = :numero", numero=numero)
    with pytest.raises(Conflit, match="mandat"):
        await invite(CAST.aida, numero, now, groupes=[CAST.groupes.cpam])
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    with pytest.raises(Conflit):
        await invite(CAST.aida, numero, now, groupes=[CAST.groupes.cpam])


# --- Once -------------------------------------------------------------------------------------------------------


async def test_the_same_form_twice_invites_once(now: datetime) -> None:
    numero, cle = await make_demande(now), uuid4()
    chosen = {"groupes": [CAST.groupes.cpam], "collegues": [CAST.aline], "experts": True, "cle": cle}
    first = await invite(CAST.aida, numero, now, **chosen)  # type: ignore[arg-type]
    mails = await list_mails(numero)
    assert await invite(CAST.aida, numero, now, **chosen) == first  # type: ignore[arg-type]
    assert await list_mails(numero) == mails


async def test_who_is_there_already_is_left_out(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await invite(CAST.aida, numero, now, groupes=[CAST.groupes.cpam], collegues=[CAST.aline])
    assert await list_mails(numero) == [("invitation_envoyee", "aline@exemple.fr")]
    row = await database.fetch_one(
        "select groupes_invites from messages where demande = :numero", numero=numero
    )
    assert row is not None
    assert row["groupes_invites"] == []


@pytest.mark.committed
async def test_twenty_identical_invitations_at_once_make_one(now: datetime) -> None:
    try:
        numero = await make_demande(now)
        aida = await signed_as(CAST.aida, now)
        demande, cle = await load(aida, numero), uuid4()

        async def once() -> int:
            return await scene.invite(
                aida,
                demande,
                InvitationSaisie(
                    cle=cle, groupes=(CAST.groupes.cpam,), collegues=(CAST.aline,), experts=True
                ),
                now,
            )

        assert len(set(await asyncio.gather(*(once() for _ in range(20))))) == 1
        assert len(await list_mails(numero)) == 3
        assert (
            len(await database.fetch("select 1 from sollicitations where demande = :numero", numero=numero))
            == 2
        )
    finally:
        await erase_demandes()


async def test_an_invitation_costs_few_queries(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    demande = await load(aida, numero)
    with database.spy_queries() as queries:
        await scene.invite(
            aida,
            demande,
            InvitationSaisie(
                cle=uuid4(),
                groupes=(
                    CAST.groupes.cpam,
                    CAST.groupes.france_travail,
                ),
                collegues=(
                    CAST.aline,
                    CAST.claude,
                ),
                experts=True,
            ),
            now,
        )
    assert len(queries) <= 10
