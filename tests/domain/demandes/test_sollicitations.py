"""The part of a groupe: which one an instructeur acts for, and how each fact moves its state and its deadline."""

from datetime import datetime

import pytest

from app import database
from app.domain.demandes import sollicitations
from app.domain.echanges import messages
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from app.domain.regles.errors import Conflit, Refus
from app.domain.regles.statuts import EtatPart, Statut, Tour
from tests.cast import CAST
from tests.domain.scene import (
    DAY,
    HOUR,
    answer_quickly,
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
from tests.factories import list_journal, make_demande, make_invitation

PARIS = Calendrier("Europe/Paris", "")


async def test_find_part_takes_the_groupe_of_the_instructeur(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    ivan = await signed_as(CAST.ivan, now)
    found = sollicitations.find_part(ivan.droits, await load(ivan, numero))
    assert found is not None
    assert found.groupe == CAST.groupes.cpam


async def test_find_part_refuses_the_groupe_of_another(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    ivan = await signed_as(CAST.ivan, now)
    with pytest.raises(Refus):
        sollicitations.find_part(ivan.droits, await load(ivan, numero), CAST.groupes.caf)


async def test_find_part_is_nothing_for_who_was_invited_by_name(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    ivan = await signed_as(CAST.ivan, now)
    assert sollicitations.find_part(ivan.droits, await load(ivan, numero)) is None


async def test_a_groupe_is_asked_once(now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.aida, now), numero)
    before = await facts_of(numero, CAST.groupes.caf)
    await sollicitations.solicit(demande, [CAST.groupes.caf, CAST.groupes.cpam], CAST.aida, now)
    assert await facts_of(numero, CAST.groupes.caf) == before
    asked = await facts_of(numero, CAST.groupes.cpam)
    assert (asked["solicited_at"], asked["solicited_by"]) == (now, CAST.aida)
    assert asked["late_at"] == echeance_premiere_reponse(now, PARIS)


@pytest.mark.parametrize(
    ("departement", "fuseau", "subdivision", "jour", "late_at"),
    [
        # Thursday before Good Friday 2027: off in Alsace, Easter Monday off everywhere.
        ("22", "Europe/Paris", "", "2027-03-25T10:00+01:00", "2027-03-31T10:00+02:00"),
        ("67", "Europe/Paris", "57", "2027-03-25T10:00+01:00", "2027-04-01T10:00+02:00"),
        # 20 December 2027 is a Monday, off in La Réunion; 21:30 in Paris on Friday is Saturday there.
        ("22", "Europe/Paris", "", "2027-12-17T21:30+01:00", "2027-12-22T21:30+01:00"),
        ("974", "Indian/Reunion", "974", "2027-12-17T21:30+01:00", "2027-12-24T00:00+04:00"),
    ],
)
async def test_the_clock_is_the_one_of_the_departement_of_the_demande(
    departement: str, fuseau: str, subdivision: str, jour: str, late_at: str
) -> None:
    now = datetime.fromisoformat(jour)
    numero = await make_demande(now, departement=departement)
    demande = await load(await signed_as(CAST.aida, now), numero)
    # The CPAM of the Côtes-d’Armor asked about an usager of elsewhere: the usager’s département counts.
    await sollicitations.solicit(demande, [CAST.groupes.cpam], CAST.aida, now)
    assert (await facts_of(numero, CAST.groupes.cpam))["late_at"] == datetime.fromisoformat(late_at)
    assert echeance_premiere_reponse(now, Calendrier(fuseau, subdivision)) == datetime.fromisoformat(late_at)


async def test_fifteen_days_run_in_the_time_zone_of_the_departement() -> None:
    # Ten days before the clocks change in Paris; they never change in La Réunion.
    now = datetime.fromisoformat("2027-03-18T10:00+01:00")
    ends = {}
    for departement in ("22", "974"):
        numero = await make_demande(now, departement=departement)
        ines = await signed_as(CAST.ines, now)
        demande = await load(ines, numero)
        await sollicitations.record_answer(
            demande, demande.sollicitations[0], is_procedure=False, is_traitee=False, now=now
        )
        ends[departement] = (await facts_of(numero, CAST.groupes.caf))["late_at"] - now
    assert ends == {"22": 15 * DAY - HOUR, "974": 15 * DAY}


async def test_procedure_once_said_stays_said(now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.ines, now), numero)
    caf = demande.sollicitations[0]
    for is_procedure in (True, False):
        await sollicitations.record_answer(demande, caf, is_procedure=is_procedure, is_traitee=False, now=now)
    assert (await facts_of(numero, CAST.groupes.caf))["is_procedure"]


async def test_traitee_replaces_declined(now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.ines, now), numero)
    caf = demande.sollicitations[0]
    assert await sollicitations.record_declin(demande, caf, now)
    await sollicitations.record_answer(demande, caf, is_procedure=False, is_traitee=True, now=now)
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.TRAITEE


async def test_a_part_ends_once(now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.ines, now), numero)
    caf = demande.sollicitations[0]
    assert await sollicitations.record_declin(demande, caf, now)
    assert not await sollicitations.record_declin(demande, caf, now + HOUR)
    assert (await facts_of(numero, CAST.groupes.caf))["declinee_at"] == now


@pytest.mark.parametrize(("is_traitee", "etat"), [(True, EtatPart.EN_COURS), (False, EtatPart.SANS_REPONSE)])
async def test_asked_again_it_owes_a_first_answer(is_traitee: bool, etat: EtatPart, now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.ines, now), numero)
    caf = demande.sollicitations[0]
    if is_traitee:
        await sollicitations.record_answer(demande, caf, is_procedure=False, is_traitee=True, now=now)
    else:
        await sollicitations.record_declin(demande, caf, now)
    await sollicitations.ask_again(demande, [CAST.groupes.caf], now + DAY)
    asked = await part(numero, CAST.groupes.caf, now)
    assert (asked.etat, asked.is_open) == (etat, True)
    assert asked.part.late_at == echeance_premiere_reponse(now + DAY, PARIS)


async def test_prise_en_charge_gives_fifteen_days(now: datetime) -> None:
    numero = await make_demande(now)
    demande = await load(await signed_as(CAST.ines, now), numero)
    await sollicitations.record_prise_en_charge(demande, demande.sollicitations[0], CAST.ines, now)
    assert (await facts_of(numero, CAST.groupes.caf))["late_at"] == echeance_suivi(now, PARIS)


async def test_a_change_reaches_no_other_demande(now: datetime) -> None:
    one, other = await make_demande(now), await make_demande(now)
    before = await facts_of(other, CAST.groupes.caf)
    demande = await load(await signed_as(CAST.ines, now), one)
    caf = demande.sollicitations[0]
    await sollicitations.record_prise_en_charge(demande, caf, CAST.ines, now)
    await sollicitations.record_answer(demande, caf, is_procedure=True, is_traitee=True, now=now)
    await sollicitations.ask_again(demande, [CAST.groupes.caf], now)
    await sollicitations.record_declin(demande, caf, now)
    await sollicitations.close_parts(one, now)
    await sollicitations.reopen_parts(demande, now)
    assert await facts_of(other, CAST.groupes.caf) == before
    rows = await database.fetch("select 1 from sollicitations where demande = :demande", demande=one)
    assert len(rows) == 1


# --- Traitée: one state per part --------------------------------------------------------------------------------


async def test_demande_is_traitee_when_the_last_concerned_part_is(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    aida = await signed_as(CAST.aida, now)
    demande = await load(aida, numero)
    assert demande.statut is Statut.REPONDUE
    assert [s.etat for s in demande.sollicitations] == [EtatPart.TRAITEE, EtatPart.SANS_REPONSE]
    assert (await facts_of(numero, CAST.groupes.caf))["late_at"] is None
    assert (await facts_of(numero, CAST.groupes.cpam))["late_at"] is not None

    ivan = await signed_as(CAST.ivan, now)
    await answer_quickly(ivan, await load(ivan, numero), ReponseRapide.DECLINEE, typed(), now + HOUR)
    demande = await load(aida, numero)
    assert demande.statut is Statut.TRAITEE
    assert [s.etat for s in demande.sollicitations] == [EtatPart.TRAITEE, EtatPart.DECLINEE]


async def test_traitee_without_a_word_gets_a_sentence(now: datetime) -> None:
    numero = await make_demande(now)
    line = await post(CAST.ines, numero, now, "", is_traitee=True)
    row = await database.fetch_one("select texte, nature from messages where id = :cle", cle=line)
    assert row is not None
    assert (row["texte"], row["nature"]) == (messages.TRAITEE, "traitee")


async def test_answer_after_traitee_stays_traitee(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    await post(CAST.idir, numero, now + HOUR, "Je complète.")
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["traitee_at"], facts["late_at"], facts["answered_at"]) == (now, None, now + HOUR)


async def test_invited_by_name_cannot_conclude_for_a_groupe(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    before = await facts_of(numero, CAST.groupes.caf)
    await post(CAST.ivan, numero, now)
    ivan = await signed_as(CAST.ivan, now)
    await answer_quickly(ivan, await load(ivan, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    with pytest.raises(Refus):
        await post(CAST.ivan, numero, now, is_traitee=True)
    with pytest.raises(Refus):
        await answer_quickly(ivan, await load(ivan, numero), ReponseRapide.DECLINEE, typed(), now)
    assert await facts_of(numero, CAST.groupes.caf) == before


async def test_instructeur_of_two_groupes_acts_for_the_open_one_or_the_one_named(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :created_at)",
        agent=CAST.ines,
        groupe=CAST.groupes.cpam,
        created_at=now,
    )
    ines = await signed_as(CAST.ines, now)
    await post_message(ines, await load(ines, numero), typed(is_traitee=True), now)
    assert (await facts_of(numero, CAST.groupes.caf))["traitee_at"] == now
    await post_message(ines, await load(ines, numero), typed(), now)
    assert (await facts_of(numero, CAST.groupes.cpam))["answered_at"] == now
    done = typed(is_traitee=True, groupe=CAST.groupes.cpam)
    await post_message(ines, await load(ines, numero), done, now + HOUR)
    assert (await facts_of(numero, CAST.groupes.cpam))["traitee_at"] == now + HOUR
    with pytest.raises(Refus):
        await post_message(ines, await load(ines, numero), typed(groupe=CAST.groupes.france_travail), now)


# --- Quick answers ----------------------------------------------------------------------------------------------


async def test_je_m_en_occupe_counts_as_an_answer_and_keeps_the_ball(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["taken_by"], facts["taken_at"]) == (CAST.ines, now)
    assert facts["first_answered_at"] == facts["answered_at"] == now
    assert facts["replied_at"] is None
    assert facts["late_at"] == echeance_suivi(now, PARIS)
    demande = await load(ines, numero)
    assert (demande.statut, demande.tour) == (Statut.REPONDUE, Tour.INSTRUCTEUR)
    assert demande.sollicitations[0].taken_by == "Inès Le Goff"


async def test_declining_binds_the_groupe_and_taking_charge_takes_it_back(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.DECLINEE, typed(), now)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["declinee_at"], facts["late_at"], facts["first_answered_at"]) == (now, None, None)
    await post(CAST.idir, numero, now + HOUR, "Voyez plutôt la MSA.")
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.DECLINEE
    await answer_quickly(idir, await load(idir, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now + DAY)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["declinee_at"], facts["taken_by"]) == (None, CAST.idir)
    assert facts["late_at"] == echeance_suivi(now + DAY, PARIS)


async def test_declining_what_a_colleague_ended_is_a_conflict_and_writes_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    idir = await signed_as(CAST.idir, now)
    stale = await load(idir, numero)
    await post(CAST.ines, numero, now, is_traitee=True)
    with pytest.raises(Conflit):
        await answer_quickly(idir, stale, ReponseRapide.DECLINEE, typed(), now)
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.TRAITEE
    assert await list_journal("sollicitation_declinee") == []


async def test_asking_again_opens_what_had_ended_only(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    before = await facts_of(numero, CAST.groupes.cpam)
    later = now + 20 * DAY
    await post(CAST.aida, numero, later, relances=(CAST.groupes.caf, CAST.groupes.cpam))
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["traitee_at"], facts["solicited_at"]) == (None, later)
    assert facts["late_at"] == echeance_premiere_reponse(later, PARIS)
    assert facts["first_answered_at"] == now
    assert await facts_of(numero, CAST.groupes.cpam) == before
    told = [mail for mail in await list_mails(numero) if mail[0] == "demande_relancee"]
    assert told == [("demande_relancee", "idir@exemple.fr"), ("demande_relancee", "ines@exemple.fr")]
    with pytest.raises(Refus):
        await post(CAST.ines, numero, later, relances=(CAST.groupes.caf,))
