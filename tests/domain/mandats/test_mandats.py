"""The usager's consent: what is recorded, who may see it, how it ends (product §3, §8)."""

import asyncio
import contextvars
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app import database, tables
from app.domain import mandats
from app.domain.demandes.demande import hold_demande
from app.domain.demandes.vu import see
from app.domain.echanges.actes import Depuis
from app.domain.mandats import MandatSaisi, check_saisie, read_saisie
from app.domain.mandats import textes as textes_mandat
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.mandats import EtatMandat, MotifRevocation, NatureMandat
from app.domain.regles.permissions import can_answer
from app.domain.regles.statuts import Nature
from app.formulaire import Formulaire
from tests.cast import CAST
from tests.domain.scene import (
    DAY,
    close_demande,
    load,
    post,
    record_mandat,
    reopen_demande,
    revoke_mandat,
    signed_as,
)
from tests.factories import (
    erase_demandes,
    list_journal,
    list_told,
    make_demande,
    make_invitation,
    make_message,
)

PARIS = ZoneInfo("Europe/Paris")
VERSION = textes_mandat.VERSION
PAPIER = {"mandat": "papier", "mandat_le": "23/11/2026", "attestation": "1"}
APPEL = {
    "mandat": "telephone",
    "appel_numero": "02 96 01 02 03",
    "appel_le": "2026-11-24",
    "appel_heure": "9h30",
    "question_1": "oui",
    "question_2": "oui",
    "attestation_telephone": "1",
}


def typed(champs: dict[str, str], **others: str) -> MandatSaisi:
    """The section of the form, as posted."""
    return read_saisie(Formulaire({nom: [valeur] for nom, valeur in {**champs, **others}.items()}))


async def revoke(agent: int, numero: int, now: datetime, **facts: Any) -> None:
    """This agent records that the usager takes the mandat back."""
    signed = await signed_as(agent, now)
    await revoke_mandat(signed, await load(signed, numero), now, **facts)


async def record(agent: int, numero: int, now: datetime, saisi: MandatSaisi) -> None:
    """This agent records a new mandat."""
    signed = await signed_as(agent, now)
    await record_mandat(signed, await load(signed, numero), saisi, now)


@pytest.mark.parametrize(
    ("champs", "wrong"),
    [
        ({}, ["mandat"]),
        ({"mandat": "pigeon"}, ["mandat"]),
        (PAPIER, []),
        ({"mandat": "papier"}, ["mandat_le", "attestation"]),
        ({**PAPIER, "mandat_le": "demain"}, ["mandat_le"]),
        ({**PAPIER, "mandat_le": "25/11/2026"}, ["mandat_le"]),
        ({**PAPIER, "mandat_le": "24/11/2025"}, ["mandat_le"]),
        ({**PAPIER, "mandat_le": "25/11/2025"}, []),
        (APPEL, []),
        (
            {"mandat": "telephone"},
            ["appel_numero", "question_1", "question_2", "appel_le", "appel_heure", "attestation_telephone"],
        ),
        ({**APPEL, "question_2": "non"}, ["question_2"]),
        ({**APPEL, "question_1": "peut-être"}, ["question_1"]),
        ({**APPEL, "appel_numero": "12"}, ["appel_numero"]),
        ({**APPEL, "appel_heure": "11h"}, ["appel_heure"]),
        ({**APPEL, "appel_heure": "midi"}, ["appel_heure"]),
        ({"mandat": "sms", "attestation_sms": "1"}, ["sms_numero"]),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    champs: dict[str, str], wrong: list[str], now: datetime
) -> None:
    assert list(check_saisie(typed(champs), now, PARIS, etat_sms=None)) == wrong


def test_a_no_refuses_kindly(now: datetime) -> None:
    said = check_saisie(typed(APPEL, question_1="non"), now, PARIS, etat_sms=None)["question_1"]
    assert "c’est son droit" in said


def test_an_sms_counts_once_answered_oui_and_attested(now: datetime) -> None:
    saisi = typed({"mandat": "sms", "attestation_sms": "1"})
    assert check_saisie(saisi, now, PARIS, etat_sms=EtatMandat.VALIDE) == {}
    assert list(
        check_saisie(replace(saisi, is_attestee_sms=False), now, PARIS, etat_sms=EtatMandat.VALIDE)
    ) == ["attestation_sms"]
    leaving = replace(saisi, is_attestee_sms=False, is_depart=True)
    assert check_saisie(leaving, now, PARIS, etat_sms=EtatMandat.VALIDE) == {}
    for etat in set(EtatMandat) - {EtatMandat.VALIDE}:
        assert list(check_saisie(saisi, now, PARIS, etat_sms=etat)) == ["sms_numero"]


async def test_a_phone_mandat_keeps_the_words_read_and_answered(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await record(CAST.aida, numero, now, typed(APPEL))
    signed = await signed_as(CAST.aida, now)
    (mandat,) = await mandats.list_mandats(signed, await load(signed, numero), now)
    assert (mandat.nature, mandat.etat, mandat.version) == (NatureMandat.TELEPHONE, "valide", VERSION)
    assert mandat.empreinte == textes_mandat.get_empreinte(VERSION, "telephone.toml")
    assert mandat.attestation == textes_mandat.get_attestation(VERSION, NatureMandat.TELEPHONE)
    questions = [e.question for e in textes_mandat.list_etapes_telephone(VERSION) if e.question]
    assert mandat.reponses == [(question, "oui") for question in questions]
    assert (mandat.numero, mandat.heure) == ("02 96 01 02 03".replace(" ", "\u00a0"), "09\u00a0h\u00a030")
    assert mandat.auteur == "Aïda Kerjean" and mandat.structure == "France Services Callac"
    assert mandat.ends_at and mandat.ends_at.date().isoformat() == "2027-11-24"
    row = await database.fetch_one(
        "select contexte_scelle from mandats where demande = :numero", numero=numero
    )
    assert row is not None and b"296010203" not in row["contexte_scelle"]


async def test_the_hash_is_that_of_the_model_signed(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await record(CAST.aida, numero, now, typed(PAPIER, mandat_modele="falc"))
    row = await database.fetch_one("select * from mandats where demande = :numero", numero=numero)
    assert row is not None and row["empreinte"] == textes_mandat.get_empreinte(VERSION, "falc.html")


async def test_a_revocation_stops_answers_until_a_new_mandat(now: datetime) -> None:
    numero = await make_demande(now)
    await make_message(numero, CAST.ines, "Je regarde.", now, groupe=CAST.groupes.caf)
    await revoke(CAST.aida, numero, now, motif=MotifRevocation.AUTRE, precision="Il change de structure")
    for agent in (CAST.aida, CAST.ines):
        signed = await signed_as(agent, now)
        assert not can_answer(signed.droits, (await load(signed, numero)).parties)
        with pytest.raises(Conflit):
            await post(agent, numero, now)
    assert await list_told("mandat_revoque") == {"ines@exemple.fr"}
    (line,) = await database.fetch("select texte, nature from messages where nature = 'mandat_revoque'")
    assert line["texte"] == "", "the reason is not for everybody who reads the thread"
    (fait,) = await list_journal("mandat_revoque")
    assert fait["demande"] == numero and fait["agent"] == CAST.aida
    await record(CAST.aida, numero, now, typed(PAPIER))
    await post(CAST.ines, numero, now)
    assert await list_told("mandat_enregistre") == {"ines@exemple.fr"}


async def test_a_reason_is_compulsory(now: datetime) -> None:
    numero = await make_demande(now)
    for facts, wrong in (
        ({"motif": None}, "motif"),
        ({"motif": MotifRevocation.AUTRE}, "precision"),
        ({"precision": "x" * 501}, "precision"),
    ):
        with pytest.raises(Invalide) as refused:
            await revoke(CAST.aida, numero, now, **facts)
        assert list(refused.value.erreurs) == [wrong]


async def test_only_the_aidant_side_records_and_revokes(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    for agent in (CAST.ines, CAST.elie, CAST.rose, CAST.ada):
        with pytest.raises(Refus):
            await revoke(agent, numero, now)
    await revoke(CAST.aline, numero, now)
    for agent in (CAST.ines, CAST.elie, CAST.rose, CAST.ada):
        with pytest.raises(Refus):
            await record(agent, numero, now, typed(PAPIER))
    with pytest.raises(Conflit):
        await revoke(CAST.aida, numero, now)
    await record(CAST.aline, numero, now, typed(PAPIER))
    with pytest.raises(Conflit):
        await record(CAST.aida, numero, now, typed(PAPIER))


async def test_the_same_form_records_once(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    cle = uuid4()
    signed = await signed_as(CAST.aida, now)
    seen = await load(signed, numero)
    for _ in range(2):
        await record_mandat(signed, seen, typed(PAPIER), now, cle=cle)
    assert len(await database.fetch("select 1 from mandats where demande = :numero", numero=numero)) == 1
    await revoke(CAST.aida, numero, now)
    with pytest.raises(Depuis) as told:
        await record_mandat(signed, seen, typed(PAPIER), now, cle=cle)
    assert told.value.is_spent, "what this form had recorded is revoked: it says so instead of doing nothing"


async def test_a_mandat_is_recorded_or_asked_from_a_page_that_saw_what_was_written(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    aida = await signed_as(CAST.aida, now)
    vu = see(aida.droits, await load(aida, numero))
    await record(CAST.aida, numero, now, typed(PAPIER))
    await revoke(CAST.aida, numero, now)
    later = await load(aida, numero)
    with pytest.raises(Depuis) as told:
        await record_mandat(aida, later, typed(PAPIER), now, vu=vu)
    assert [ligne.nature for ligne in told.value.lignes] == [Nature.MANDAT, Nature.MANDAT_REVOQUE]
    with pytest.raises(Depuis):
        await mandats.request_sms(
            aida, numero="06 12 34 56 78", structure="FS", zone=aida.zone, now=now, demande=later, vu=vu
        )
    assert await database.fetch("select 1 from sms") == []
    await record_mandat(aida, later, typed(PAPIER), now)


@pytest.mark.committed
async def test_a_mandat_recorded_while_an_sms_is_asked_is_not_asked_again(now: datetime) -> None:
    try:
        numero = await make_demande(now, has_mandat=False)
        aida = await signed_as(CAST.aida, now)
        demande = await load(aida, numero)
        asking = mandats.request_sms(
            aida,
            numero="06 12 34 56 78",
            structure="FS",
            zone=aida.zone,
            now=now,
            demande=demande,
            vu=see(aida.droits, demande),
        )
        outside = contextvars.copy_context()
        async with database.transaction():
            await hold_demande(numero)
            waiting = asyncio.create_task(asking, context=outside)
            await asyncio.sleep(0.2)
            await record_mandat(aida, demande, typed(PAPIER), now)
        with pytest.raises(Conflit):
            await waiting
        assert await database.fetch("select 1 from sms") == []
    finally:
        await erase_demandes()


async def test_who_may_see_a_mandat(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    row = await database.fetch_one("select id from mandats where demande = :numero", numero=numero)
    assert row is not None
    for agent in (CAST.aida, CAST.aline, CAST.ines, CAST.idir):
        await mandats.get_mandat(await signed_as(agent, now), row["id"], now)
    for agent in (CAST.elie, CAST.rose, CAST.ada):
        with pytest.raises(Refus):
            await mandats.get_mandat(await signed_as(agent, now), row["id"], now)
    for agent in (CAST.eve, CAST.ivan, CAST.paul):
        with pytest.raises(Introuvable):
            await mandats.get_mandat(await signed_as(agent, now), row["id"], now)
    seen = await list_journal("mandat_vu")
    assert [fait["agent"] for fait in seen] == [CAST.aida, CAST.aline, CAST.ines, CAST.idir]


async def test_a_mandat_ends_after_one_year(now: datetime) -> None:
    numero = await make_demande(now)
    await mandats.end_old(now + 363 * DAY)
    assert (await _etat(numero)) == "valide"
    await mandats.end_old(now + 366 * DAY)
    await mandats.end_old(now + 366 * DAY)
    assert (await _etat(numero)) == "termine"
    assert await list_told("mandat_termine") == {"aida@exemple.fr"}
    assert len(await list_journal("mandat_termine")) == 1


async def test_a_demande_reopened_gives_no_new_year(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await record(CAST.aida, numero, now, typed(PAPIER, mandat_le="2026-01-15"))
    signed = await signed_as(CAST.aida, now)
    before = (await mandats.list_mandats(signed, await load(signed, numero), now))[0].ends_at
    await close_demande(signed, await load(signed, numero), note=2, commentaire="", now=now)
    closed = (await mandats.list_mandats(signed, await load(signed, numero), now))[0].ends_at
    await reopen_demande(signed, await load(signed, numero), now)
    after = (await mandats.list_mandats(signed, await load(signed, numero), now))[0].ends_at
    assert (closed, after) == (now, before) and before and before.astimezone(PARIS).date().year == 2027


async def test_erasing_leaves_only_the_journal(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await record(CAST.aida, numero, now, typed(APPEL))
    await tables.Mandats.delete().where(tables.Mandats.demande == numero)
    assert await database.fetch("select 1 from mandats where demande = :numero", numero=numero) == []
    assert len(await list_journal("mandat_enregistre")) == 1


async def test_a_form_never_sent_takes_its_mandats_along(now: datetime) -> None:
    signed = await signed_as(CAST.aida, now)
    await mandats.request_sms(
        signed, formulaire=uuid4(), numero="0612345678", structure="CCAS", zone=PARIS, now=now
    )
    await mandats.forget_orphans(now + timedelta(days=7, hours=12))
    assert len(await database.fetch("select 1 from mandats")) == 1
    await mandats.forget_orphans(now + timedelta(days=8, hours=1))
    assert await database.fetch("select 1 from mandats union all select 1 from sms") == []


async def _etat(numero: int) -> str:
    row = await database.fetch_one("select etat from mandats where demande = :numero", numero=numero)
    assert row is not None
    return str(row["etat"])
