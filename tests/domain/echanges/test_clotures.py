"""The end of a demande and its return: who, what it ends, what it keeps, who is told (product §2, §3, §9; S1)."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from app import database
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.statuts import EtatPart, Statut, Tour
from tests.cast import CAST
from tests.domain.scene import (
    DAY,
    answer_quickly,
    close_demande,
    dates_of,
    facts_of,
    list_mails,
    load,
    make_caf_cpam,
    post,
    reopen_demande,
    signed_as,
    typed,
)
from tests.factories import erase_demandes, list_journal, make_demande, make_invitation

PARIS = Calendrier("Europe/Paris", "")


async def close(agent: int, numero: int, now: datetime, note: int = 3, commentaire: str = "") -> None:
    signed = await signed_as(agent, now)
    await close_demande(signed, await load(signed, numero), note=note, commentaire=commentaire, now=now)


async def reopen(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await reopen_demande(signed, await load(signed, numero), now)


async def refuse_part(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await answer_quickly(signed, await load(signed, numero), ReponseRapide.DECLINEE, typed(), now)


async def list_satisfactions() -> list[dict[str, object]]:
    rows = await database.fetch(
        "select mois_on, organisme, departement, note, commentaire from satisfactions order by organisme"
    )
    return [dict(row) for row in rows]


async def end_of_mandat(numero: int) -> datetime:
    row = await database.fetch_one("select ends_at from mandats where demande = :numero", numero=numero)
    assert row is not None
    ends_at: datetime = row["ends_at"]
    return ends_at


# --- Closing ----------------------------------------------------------------------------------------------------


async def test_closing_ends_everything_at_once(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await close(CAST.aida, numero, now)
    dates = await dates_of(numero)
    assert (dates["closed_at"], dates["closed_by"], dates["last_public_at"]) == (now, CAST.aida, now)
    for groupe in (CAST.groupes.caf, CAST.groupes.cpam):
        facts = await facts_of(numero, groupe)
        assert (facts["closed_at"], facts["late_at"]) == (now, None)
    assert await end_of_mandat(numero) == now
    demande = await load(await signed_as(CAST.aida, now), numero)
    assert (demande.statut, demande.tour, demande.parties.is_closed) == (Statut.CLOTUREE, Tour.PERSONNE, True)
    rows = await database.fetch(
        "select nature, cote, is_prive from messages where demande = :numero", numero=numero
    )
    assert [tuple(row) for row in rows] == [("cloture", "aidant", False)]


async def test_a_mandat_that_had_ended_keeps_its_end(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update mandats set ends_at = :ends_at where demande = :numero", numero=numero, ends_at=now - DAY
    )
    await close(CAST.aida, numero, now)
    assert await end_of_mandat(numero) == now - DAY
    await reopen(CAST.aida, numero, now + DAY)
    assert await end_of_mandat(numero) == now - DAY


@pytest.mark.parametrize("note", [0, 4, -1])
async def test_one_of_the_three_faces_is_compulsory(note: int, now: datetime) -> None:
    numero = await make_demande(now)
    with pytest.raises(Invalide) as refused:
        await close(CAST.aida, numero, now, note=note, commentaire="c" * 2_001)
    assert list(refused.value.erreurs) == ["note", "commentaire"]
    assert (await dates_of(numero))["closed_at"] is None


async def test_why_is_compulsory_when_nobody_answered(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    aida = await signed_as(CAST.aida, now)
    await refuse_part(CAST.ines, numero, now)
    with pytest.raises(Invalide) as refused:
        await close_demande(aida, await load(aida, numero), raison=None, now=now)
    assert list(refused.value.erreurs) == ["raison"], "a decline is no answer"
    await post(CAST.ivan, numero, now)
    await close_demande(aida, await load(aida, numero), raison=None, now=now)
    assert (await dates_of(numero))["closed_at"] == now


async def test_who_closes(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.eve, "collegue", now)  # invited, of another groupe
    for agent in (CAST.ines, CAST.elie, CAST.eve, CAST.rose, CAST.ada):
        with pytest.raises(Refus):
            await close(agent, numero, now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await close(CAST.aline, numero, now)
    assert (await dates_of(numero))["closed_by"] == CAST.aline


async def test_a_stale_closing_is_a_conflict(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    stale = await load(aida, numero)
    await close(CAST.aida, numero, now)
    for demande in (stale, await load(aida, numero)):
        with pytest.raises(Conflit):
            await close_demande(aida, demande, note=1, commentaire="", now=now)
    assert [row["note"] for row in await list_satisfactions()] == [3]


@pytest.mark.committed
async def test_twenty_closings_at_once_count_once(now: datetime) -> None:
    try:
        numero = await make_demande(now)
        aida = await signed_as(CAST.aida, now)
        demande = await load(aida, numero)
        results = await asyncio.gather(
            *(close_demande(aida, demande, note=3, commentaire="", now=now) for _ in range(20)),
            return_exceptions=True,
        )
        assert [result for result in results if not isinstance(result, Conflit)] == [None]
        assert len(await list_satisfactions()) == 1
    finally:
        await erase_demandes()


async def test_closing_is_told_to_instructeurs_who_took_part(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.eve, "instructeur", now)
    idir = await signed_as(CAST.idir, now)
    await answer_quickly(idir, await load(idir, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    await post(CAST.eve, numero, now)
    await database.fetch("delete from courriels")
    await close(CAST.aida, numero, now + DAY)
    assert await list_mails(numero) == [
        ("demande_cloturee", "eve@exemple.fr"),
        ("demande_cloturee", "idir@exemple.fr"),
    ]


# --- Satisfaction -----------------------------------------------------------------------------------------------


async def test_satisfaction_is_one_row_per_organisme_that_did_not_decline(now: datetime) -> None:
    groupes = CAST.groupes
    numero = await make_demande(
        now, groupes=(groupes.caf, groupes.cpam, groupes.cpam_974, groupes.france_travail)
    )
    await post(CAST.ines, numero, now, is_traitee=True)
    await database.fetch(
        "update sollicitations set declinee_at = :now, late_at = null where demande = :numero and groupe = :groupe",
        numero=numero,
        groupe=groupes.france_travail,
        now=now,
    )
    await close(CAST.aida, numero, now, note=2, commentaire="  Un peu long. ")
    assert await list_satisfactions() == [
        {
            "mois_on": date(2026, 11, 1),
            "organisme": organisme,
            "departement": CAST.departements["22"],
            "note": 2,
            "commentaire": "Un peu long.",
        }
        for organisme in sorted((CAST.organismes["caf"], CAST.organismes["cpam"]))
    ]


async def test_satisfaction_month_is_the_one_of_the_departement() -> None:
    now = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)  # 2 in the morning of 1 December in La Réunion
    await close(CAST.aida, await make_demande(now, departement="974"), now)
    assert [row["mois_on"] for row in await list_satisfactions()] == [date(2026, 12, 1)]


async def test_satisfaction_stands_nowhere_beside_the_demande(now: datetime) -> None:
    numero = await make_demande(now)
    await close(CAST.aida, numero, now, note=1, commentaire="Inutile.")
    (line,) = await list_journal("demande_cloturee")
    assert set(line["details"]) == {"message", "raison"}  # type: ignore[call-overload]
    rows = await database.fetch("select texte from messages where demande = :numero", numero=numero)
    assert [row["texte"] for row in rows] == ["La situation s’est débloquée autrement."]


# --- Reopening --------------------------------------------------------------------------------------------------


async def test_reopening_starts_traitee_parts_again_and_leaves_declined_ones(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    await refuse_part(CAST.ivan, numero, now)
    end = await end_of_mandat(numero)
    await close(CAST.aida, numero, now + DAY)
    later = now + 30 * DAY
    await reopen(CAST.aida, numero, later)
    caf, cpam = [await facts_of(numero, groupe) for groupe in (CAST.groupes.caf, CAST.groupes.cpam)]
    assert (caf["traitee_at"], caf["closed_at"], caf["solicited_at"]) == (None, None, later)
    assert caf["late_at"] == echeance_premiere_reponse(later, PARIS)
    assert caf["first_answered_at"] == now
    assert (cpam["declinee_at"], cpam["late_at"], cpam["closed_at"]) == (now, None, None)
    demande = await load(await signed_as(CAST.aida, now), numero)
    assert [s.etat for s in demande.sollicitations] == [EtatPart.EN_COURS, EtatPart.DECLINEE]
    assert (demande.statut, demande.tour, demande.closed_at) == (Statut.REPONDUE, Tour.INSTRUCTEUR, None)
    assert abs(await end_of_mandat(numero) - end) < timedelta(days=2)
    assert len(await list_satisfactions()) == 1
    assert len(await list_journal("demande_reouverte")) == 1


async def test_unanswered_parts_have_a_new_deadline_too(now: datetime) -> None:
    numero = await make_demande(now)
    await close(CAST.aida, numero, now)
    await reopen(CAST.aida, numero, now + DAY)
    facts = await facts_of(numero, CAST.groupes.caf)
    assert facts["late_at"] == echeance_premiere_reponse(now + DAY, PARIS)


async def test_a_revoked_mandat_stays_revoked(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update mandats set etat = 'revoque', revoked_at = :now, ends_at = :now where demande = :numero",
        numero=numero,
        now=now,
    )
    await close(CAST.aida, numero, now)
    await reopen(CAST.aida, numero, now + DAY)
    assert await end_of_mandat(numero) == now
    assert not (await load(await signed_as(CAST.aida, now), numero)).parties.has_mandat


async def test_reopening_twice_is_a_conflict_and_an_erased_demande_stays(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    with pytest.raises(Conflit):
        await reopen(CAST.aida, numero, now)
    await close(CAST.aida, numero, now)
    stale = await load(aida, numero)
    await reopen(CAST.aida, numero, now)
    # A day later: at once, it would be the same press of the button again.
    with pytest.raises(Conflit):
        await reopen_demande(aida, stale, now + DAY)
    await close(CAST.aida, numero, now)
    stale = await load(aida, numero)
    await database.fetch(
        "update demandes set erased_at = :now where numero = :numero", numero=numero, now=now
    )
    with pytest.raises(Conflit):
        await reopen_demande(aida, stale, now)
    with pytest.raises(Conflit, match="effacées"):
        await reopen(CAST.aida, numero, now)


async def test_reopening_is_told_to_who_took_part_or_to_the_groupe_nobody_answered_for(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now)
    await close(CAST.aida, numero, now)
    await database.fetch("delete from courriels")
    await reopen(CAST.aida, numero, now + DAY)
    assert await list_mails(numero) == [
        ("demande_reouverte", "ines@exemple.fr"),
        ("demande_reouverte", "ivan@exemple.fr"),
    ]


async def test_closing_and_reopening_cost_few_queries(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now)
    aida = await signed_as(CAST.aida, now)
    demande = await load(aida, numero)
    with database.spy_queries() as closing:
        await close_demande(aida, demande, note=3, commentaire="", now=now)
    demande = await load(aida, numero)
    with database.spy_queries() as reopening:
        await reopen_demande(aida, demande, now)
    assert (len(closing) <= 10, len(reopening) <= 11) == (True, True)
