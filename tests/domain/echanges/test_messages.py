"""Answers and quick answers: what each moves, who is told, and that nothing is said twice (product §2, §7, §9)."""

import asyncio
from datetime import datetime

import pytest

from app import database
from app.domain.demandes.vu import see
from app.domain.echanges.actes import Depuis
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.statuts import EtatPart, Statut, Tour
from tests.cast import CAST
from tests.domain.scene import (
    DAY,
    HOUR,
    answer_quickly,
    dates_of,
    facts_of,
    list_mails,
    load,
    make_caf_cpam,
    part,
    post,
    post_message,
    signed_as,
    typed,
)
from tests.factories import erase_demandes, list_journal, make_demande, make_invitation

PARIS = Calendrier("Europe/Paris", "")


# --- What an answer moves ---------------------------------------------------------------------------------------


async def test_answer_starts_the_part_and_hands_the_ball_back(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert facts["first_answered_at"] == facts["answered_at"] == facts["replied_at"] == now
    assert facts["late_at"] == echeance_suivi(now, PARIS)
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.EN_COURS
    demande = await load(await signed_as(CAST.aida, now), numero)
    assert (demande.statut, demande.tour) == (Statut.REPONDUE, Tour.AIDANT)


async def test_second_answer_keeps_the_first_one_in_mind(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await post(CAST.idir, numero, now + DAY)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["first_answered_at"], facts["answered_at"]) == (now, now + DAY)
    assert facts["late_at"] == echeance_suivi(now + DAY, PARIS)


async def test_aidant_message_gives_the_ball_and_moves_no_part(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    before = await facts_of(numero, CAST.groupes.caf)
    await post(CAST.aida, numero, now + HOUR)
    assert await facts_of(numero, CAST.groupes.caf) == before
    assert (await dates_of(numero))["last_aidant_at"] == now + HOUR
    assert (await load(await signed_as(CAST.ines, now), numero)).tour is Tour.INSTRUCTEUR


async def test_private_message_moves_the_private_date_only(now: datetime) -> None:
    numero = await make_demande(now)
    before, facts = await dates_of(numero), await facts_of(numero, CAST.groupes.caf)
    await post(CAST.ines, numero, now, "Entre nous : lot 2217.", is_prive=True)
    assert await dates_of(numero) == {**before, "last_prive_at": now}
    assert await facts_of(numero, CAST.groupes.caf) == facts


async def test_public_message_moves_both_dates(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    dates = await dates_of(numero)
    assert (dates["last_public_at"], dates["last_prive_at"]) == (now, now)


async def test_answer_of_one_groupe_leaves_the_other_alone(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    before = await facts_of(numero, CAST.groupes.cpam)
    await post(CAST.ines, numero, now)
    assert await facts_of(numero, CAST.groupes.cpam) == before


async def test_procedure_is_noted_on_the_part(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "Passez par le 3230.", is_procedure=True)
    assert (await facts_of(numero, CAST.groupes.caf))["is_procedure"]


@pytest.mark.parametrize(
    ("departement", "fuseau", "subdivision", "jour"),
    [
        ("22", "Europe/Paris", "", datetime.fromisoformat("2027-03-26T10:00+01:00")),
        ("67", "Europe/Paris", "57", datetime.fromisoformat("2027-03-25T10:00+01:00")),
        ("974", "Indian/Reunion", "974", datetime.fromisoformat("2026-12-18T22:30+04:00")),
    ],
)
async def test_asking_again_counts_the_days_of_the_departement(
    departement: str, fuseau: str, subdivision: str, jour: datetime
) -> None:
    # Good Friday in Alsace, 20 December and the time zone in La Réunion.
    numero = await make_demande(jour - DAY, departement=departement)
    await post(CAST.ines, numero, jour - HOUR, "", is_traitee=True)
    await post(CAST.aida, numero, jour, relances=(CAST.groupes.caf,))
    expected = echeance_premiere_reponse(jour, Calendrier(fuseau, subdivision))
    assert (await facts_of(numero, CAST.groupes.caf))["late_at"] == expected


# --- What is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "champ"),
    [
        ({"texte": "   "}, "texte"),
        ({"texte": "a" * 10_001}, "texte"),
        ({"texte": "", "is_procedure": True}, "texte"),
        ({"texte": "", "is_procedure": True, "is_traitee": True}, "texte"),
        ({"texte": "Fait.", "is_traitee": True, "is_prive": True}, "is_prive"),
        ({"texte": "Le 3230.", "is_procedure": True, "is_prive": True}, "is_prive"),
    ],
)
async def test_bad_answers_are_said_beside_their_field(
    facts: dict[str, object], champ: str, now: datetime
) -> None:
    numero = await make_demande(now)
    with pytest.raises(Invalide) as refused:
        await post(CAST.ines, numero, now, **facts)  # type: ignore[arg-type]
    assert list(refused.value.erreurs) == [champ]
    assert await list_mails(numero) == []


async def test_ten_thousand_characters_are_enough(now: datetime) -> None:
    await post(CAST.ines, await make_demande(now), now, "a" * 10_000)


async def test_collective_account_must_sign_and_is_remembered(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.claude)
    claude = await signed_as(CAST.claude, now)
    demande = await load(claude, numero)
    with pytest.raises(Invalide) as refused:
        await post_message(claude, demande, typed(), now)
    assert list(refused.value.erreurs) == ["signature"]
    line = await post_message(claude, demande, typed(signature=" Nadia  Nguyen, accueil "), now)
    row = await database.fetch_one(
        """
        select m.signature as said, s.signature as remembered from messages m, sessions s
        where m.id = :cle and s.id = :session
        """,
        cle=line,
        session=claude.session,
    )
    assert row is not None
    assert row["said"] == row["remembered"] == "Nadia Nguyen, accueil"


async def test_a_named_account_never_signs_for_another(now: datetime) -> None:
    line = await post(CAST.ines, await make_demande(now), now, signature="La direction")
    row = await database.fetch_one("select signature from messages where id = :cle", cle=line)
    assert row is not None
    assert row["signature"] == ""


async def test_closed_meanwhile_is_a_conflict(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    stale = await load(ines, numero)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    for demande in (stale, await load(ines, numero)):
        with pytest.raises(Conflit):
            await post_message(ines, demande, typed(), now)
        with pytest.raises(Conflit):
            await answer_quickly(ines, demande, ReponseRapide.PRISE_EN_CHARGE, typed(), now)
        with pytest.raises(Conflit):
            await answer_quickly(ines, demande, ReponseRapide.DECLINEE, typed(), now)
    assert await database.fetch("select 1 from messages where demande = :numero", numero=numero) == []


async def test_revoked_mandat_blocks_answers(now: datetime) -> None:
    numero = await make_demande(now)
    ines, aida = await signed_as(CAST.ines, now), await signed_as(CAST.aida, now)
    stale = {agent: await load(agent, numero) for agent in (ines, aida)}
    done = typed()
    first = await post_message(ines, stale[ines], done, now)
    await database.fetch("update mandats set etat = 'revoque' where demande = :numero", numero=numero)
    for agent in (CAST.ines, CAST.aida):
        with pytest.raises(Conflit, match="mandat"):
            await post(agent, numero, now)
    # Files still coming when it was revoked: the page was opened before, the answer is written after.
    for writer, demande in stale.items():
        with pytest.raises(Conflit, match="mandat"):
            await post_message(writer, demande, typed(), now)
    with pytest.raises(Depuis):
        await answer_quickly(ines, stale[ines], ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    assert await post_message(ines, stale[ines], done, now) == first
    assert len(await database.fetch("select 1 from messages where demande = :numero", numero=numero)) == 1


async def test_only_instructeurs_write_between_themselves_or_conclude(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    with pytest.raises(Refus):
        await post(CAST.aida, numero, now, is_prive=True)
    with pytest.raises(Refus):
        await post(CAST.aida, numero, now, is_traitee=True)
    with pytest.raises(Refus):
        await post(CAST.elie, numero, now, is_procedure=True)
    await post(CAST.elie, numero, now, is_prive=True)
    with pytest.raises(Refus):
        await post(CAST.rose, numero, now)


# --- While one was typing ---------------------------------------------------------------------------------------


async def test_what_arrived_while_typing_is_shown_then_the_text_goes(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    ines = await signed_as(CAST.ines, now)
    page = see(ines.droits, await load(ines, numero))
    await post(CAST.ivan, numero, now, "Accord transmis le 14 juin.")
    demande = await load(ines, numero)
    with pytest.raises(Depuis) as arrived:
        await post_message(ines, demande, typed("Je vérifie.", vu=page), now)
    assert [line.texte for line in arrived.value.lignes] == ["Accord transmis le 14 juin."]
    assert [(c.quoi, c.avant, c.maintenant) for c in arrived.value.changements] == [
        ("CPAM 22", "sans réponse", "en cours")
    ]
    assert (await facts_of(numero, CAST.groupes.caf))["answered_at"] is None
    await post_message(ines, demande, typed("Je vérifie."), now)
    assert (await facts_of(numero, CAST.groupes.caf))["answered_at"] == now


async def test_private_lines_never_stop_the_aidant(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, is_prive=True)
    aida = await signed_as(CAST.aida, now)
    await post_message(aida, await load(aida, numero), typed(), now)


# --- Once -------------------------------------------------------------------------------------------------------


async def test_same_form_twice_makes_one_line_and_one_set_of_mails(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    form = typed()
    first = await post_message(ines, await load(ines, numero), form, now)
    mails = await list_mails(numero)
    assert await post_message(ines, await load(ines, numero), form, now + HOUR) == first
    assert await list_mails(numero) == mails
    assert (await facts_of(numero, CAST.groupes.caf))["answered_at"] == now
    assert (await dates_of(numero))["last_public_at"] == now


@pytest.mark.committed
async def test_twenty_identical_posts_at_once_make_one_message(now: datetime) -> None:
    try:
        numero = await make_caf_cpam(now)
        ines = await signed_as(CAST.ines, now)
        demande, form = await load(ines, numero), typed()
        lines = await asyncio.gather(*(post_message(ines, demande, form, now) for _ in range(20)))
        assert len(set(lines)) == 1
        assert await list_mails(numero) == [
            ("message_envoye", "aida@exemple.fr"),
            ("message_envoye", "ivan@exemple.fr"),
        ]
        assert len(await list_journal("message_envoye")) == 1
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_two_instructeurs_answering_at_once_are_both_kept(now: datetime) -> None:
    try:
        numero = await make_caf_cpam(now)
        ines, ivan = await signed_as(CAST.ines, now), await signed_as(CAST.ivan, now)
        demande = await load(ines, numero)
        await asyncio.gather(
            post_message(ines, demande, typed("Je regarde."), now),
            post_message(ivan, demande, typed("Réglé chez nous.", is_traitee=True), now),
        )
        rows = await database.fetch("select texte from messages where demande = :numero", numero=numero)
        assert {row["texte"] for row in rows} == {"Je regarde.", "Réglé chez nous."}
        assert (await facts_of(numero, CAST.groupes.caf))["answered_at"] == now
        assert (await facts_of(numero, CAST.groupes.cpam))["traitee_at"] == now
    finally:
        await erase_demandes()


async def test_an_answer_costs_few_queries_however_many_are_told(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    with database.spy_queries() as alone:
        await post_message(ines, demande, typed(), now)
    await database.fetch(
        """
        with n as (
            insert into agents (email, prenom, nom, departement, created_at)
            select 'n' || n || '@exemple.fr', 'N', 'N', :departement, :created_at from generate_series(1,
                30) n returning id)
        insert into adhesions (agent, groupe, is_aidant, created_at) select id, :france_services, true,
            :created_at from n
        """,
        departement=CAST.departements["22"],
        created_at=now,
        france_services=CAST.groupes.france_services,
    )
    await database.fetch(
        """
        insert into invitations (demande, agent, qualite, invited_at)
        select :demande, id, 'collegue', :invited_at from agents where prenom = 'N'
        """,
        demande=numero,
        invited_at=now,
    )
    seen = await load(ines, numero)
    with database.spy_queries() as crowd:
        await post_message(ines, seen, typed(is_traitee=True), now)
    assert len(await list_mails(numero)) == 1 + 31
    assert len(alone) == len(crowd) == 8
