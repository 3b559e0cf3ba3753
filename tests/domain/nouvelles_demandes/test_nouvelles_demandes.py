"""« Envoyer ma demande » : everything at once, once only; a proche demande is said within one's groupe only."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app import database
from app.domain.demandes.demande import get_demande
from app.domain.demandes.informations import empreinte_usager
from app.domain.echanges.redaction import open_redaction
from app.domain.mandats import textes as textes_mandat
from app.domain.nouvelles_demandes.doublons import list_doublons
from app.domain.nouvelles_demandes.envoi import DejaEnvoyee
from app.domain.nouvelles_demandes.saisie import Saisie
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.mandats import NatureMandat
from app.domain.regles.permissions import can_read_demande
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.formulaire_rempli import saisie_of, send
from tests.domain.scene import load, signed_as
from tests.factories import erase_demandes, list_journal, list_told, make_demande, make_invitation


async def test_a_sending_writes_everything_the_demande_stands_on() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await database.fetch("update groupes set bal = 'bal@caf22.fr' where id = :cle", cle=CAST.groupes.caf)
    numero = await send(
        aida,
        saisie_of(
            aida,
            groupes=[CAST.groupes.caf, CAST.groupes.cpam],
            identifiant_nir="",
            absent_nir="1",
            autre_nature="autre",
            autre_libelle="Tuteur",
            autre_valeur="UDAF 22",
            urgence="urgente",
            motif="expulsion",
            collegues=[CAST.aline, CAST.ines],
        ),
        NOW,
    )
    demande = await load(aida, numero)
    assert (demande.titre, demande.usager_nom, demande.urgence) == (
        *("AAH interrompue depuis juillet", "Dubois", "expulsion"),
    )
    assert demande.groupe == CAST.groupes.france_services
    assert {(s.nom, s.part.late_at) for s in demande.sollicitations} == {
        ("CAF 22", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("CPAM 22", datetime(2026, 11, 27, 9, tzinfo=UTC)),
    }
    # Inès is no colleague of this structure: only Aline is invited.
    assert [(i.agent, i.qualite) for i in demande.invites] == [(CAST.aline, "collegue")]
    assert demande.mandat_etat == "valide"
    redaction = await open_redaction(aida, demande, NOW)
    assert [(i.libelle, i.is_masked) for i in redaction.informations] == [
        ("Identifiant CAF (numéro d’allocataire)", True),
        ("Tuteur", True),
        ("Numéro de sécurité sociale", False),
    ]
    [row] = await database.fetch("select repere from demandes where numero = :numero", numero=numero)
    assert row["repere"].startswith(f"{numero} aah interrompue depuis juillet martine dubois ")
    assert "malgre deux relances" in row["repere"]
    assert await list_told("demande_envoyee") == {
        *("ines@exemple.fr", "idir@exemple.fr", "ivan@exemple.fr", "aline@exemple.fr", "bal@caf22.fr"),
    }
    [line] = await list_journal("demande_envoyee")
    assert line["details"] == {
        "groupes": [CAST.groupes.caf, CAST.groupes.cpam],
        "collegues": [CAST.aline],
        "mandat": "papier",
    }


async def test_the_mandat_keeps_the_very_sentence_attested() -> None:
    aida = await signed_as(CAST.aida, NOW)
    numero = await send(aida, saisie_of(aida), NOW)
    [mandat] = await database.fetch("select * from mandats where demande = :numero", numero=numero)
    version = textes_mandat.VERSION
    assert mandat["attestation"] == textes_mandat.get_attestation(version, NatureMandat.PAPIER)
    assert mandat["empreinte"] == textes_mandat.get_empreinte(version, "standard.html")
    assert (mandat["nature"], mandat["version"], str(mandat["donne_on"])) == ("papier", version, "2026-11-20")
    assert mandat["structure"] == "France Services Callac"
    assert mandat["ends_at"] == datetime(2027, 11, 20, 23, tzinfo=UTC)


async def test_in_la_reunion_the_deadline_follows_its_clock_and_its_holidays() -> None:
    eve = await signed_as(CAST.eve, NOW)
    sent = datetime(2026, 12, 17, 4, 30, tzinfo=UTC)  # Thursday, 8:30 there, 5:30 in Paris
    numero = await send(
        eve,
        saisie_of(
            eve,
            structure=CAST.groupes.ccas_974,
            departement=CAST.departements["974"],
            departement_vu=CAST.departements["974"],
            groupes=[CAST.groupes.cpam_974, CAST.groupes.caf],
            identifiant_nir="185057800608491",
        ),
        sent,
    )
    # Friday 18, Monday 21, Tuesday 22: the 20 December is a Sunday this year. For the CAF 22 too: the usager is there.
    expected = datetime(2026, 12, 22, 4, 30, tzinfo=UTC)
    assert {s.part.late_at for s in (await load(eve, numero)).sollicitations} == {expected}
    one_year_later = datetime(
        2027, 12, 17, 4, 30, tzinfo=UTC
    )  # a Friday; Monday 20 is the abolition of slavery
    numero = await send(
        eve,
        saisie_of(
            eve,
            structure=CAST.groupes.ccas_974,
            departement=CAST.departements["974"],
            departement_vu=CAST.departements["974"],
            groupes=[CAST.groupes.cpam_974],
            identifiant_nir="185057800608491",
            nom="Payet",
            mandat_le="2027-12-01",
        ),
        one_year_later,
    )
    [part] = (await load(eve, numero)).sollicitations
    assert part.part.late_at == datetime(2027, 12, 23, 4, 30, tzinfo=UTC)


async def test_a_form_with_a_fault_writes_nothing() -> None:
    aida = await signed_as(CAST.aida, NOW)
    with pytest.raises(Invalide) as refused:
        await send(aida, saisie_of(aida, titre="Mme Dubois", description=""), NOW)
    assert list(refused.value.erreurs) == ["titre", "description"]
    assert (
        "« Dubois » (nom de l’usager)".replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        in (refused.value.erreurs["titre"])
    )
    assert await database.fetch("select 1 from demandes where auteur = :auteur", auteur=CAST.aida) == []
    assert await list_told("demande_envoyee") == set()


@pytest.mark.parametrize("changed", ["departement", "sujet"])
async def test_a_choice_the_page_did_not_follow_yet_is_not_sent(changed: str) -> None:
    aida = await signed_as(CAST.aida, NOW)
    [sujet] = await database.fetch("select id from sujets where code = 'rsa_suspendu'")
    changes = (
        {"departement": CAST.departements["29"]}
        if changed == "departement"
        else {
            "mode": "guide",
            "sujet": sujet["id"],
        }
    )
    with pytest.raises(Invalide) as refused:
        await send(aida, saisie_of(aida, **changes), NOW)
    assert list(refused.value.erreurs) == ["groupes"]


async def test_the_nir_leaves_only_for_who_may_receive_it() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await database.fetch("update organismes set is_nir_autorise = false where code = 'caf'")
    numero = await send(aida, saisie_of(aida, identifiant_nir="185057800608491"), NOW)
    rows = await database.fetch(
        "select nature from usager_informations where demande = :numero", numero=numero
    )
    assert [row["nature"] for row in rows] == ["allocataire_caf"]


async def test_a_shared_account_signs_and_is_remembered() -> None:
    claude = await signed_as(CAST.claude, NOW)
    numero = await send(claude, saisie_of(claude, signature="Marie Le Bihan, accueil"), NOW)
    assert (await load(claude, numero)).signature == "Marie Le Bihan, accueil"
    [row] = await database.fetch("select signature from sessions where id = :cle", cle=claude.session)
    assert row["signature"] == "Marie Le Bihan, accueil"


async def test_who_opens_no_demande_sends_none() -> None:
    aida, ada = await signed_as(CAST.aida, NOW), await signed_as(CAST.ada, NOW)
    with pytest.raises(Refus):
        await send(ada, saisie_of(aida), NOW)


async def test_the_same_form_sent_again_gives_the_same_number_and_no_mail() -> None:
    aida = await signed_as(CAST.aida, NOW)
    typed = saisie_of(aida)
    first = await send(aida, typed, NOW)
    assert await send(aida, typed, NOW) == first
    assert len(await database.fetch("select 1 from courriels where fait = 'demande_envoyee'")) == 2
    assert len(await list_journal("demande_envoyee")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"titre": "Autre titre"},
        {"description": "Autre description."},
        {"groupes": "cpam", "absent_nir": "1"},
        {"identifiant_allocataire_caf": "7654321"},
        {"autre_nature": "autre", "autre_libelle": "Tuteur", "autre_valeur": "UDAF 22"},
        {"urgence": "urgente", "motif": "coupure"},
    ],
)
async def test_the_same_form_with_another_content_is_no_repeat(changes: dict[str, Any]) -> None:
    aida, formulaire = await signed_as(CAST.aida, NOW), str(uuid4())
    numero = await send(aida, saisie_of(aida, formulaire=formulaire), NOW)
    if "groupes" in changes:
        changes = {**changes, "groupes": [CAST.groupes.caf, CAST.groupes.cpam]}
    with pytest.raises(DejaEnvoyee) as told:
        await send(aida, saisie_of(aida, formulaire=formulaire, **changes), NOW)
    assert told.value.numero == numero
    assert told.value.partie["titre"] == "AAH interrompue depuis juillet"
    assert len(await database.fetch("select 1 from demandes where auteur = :auteur", auteur=CAST.aida)) == 1


async def test_another_agent_s_form_is_nobody_else_s() -> None:
    aida, aline = await signed_as(CAST.aida, NOW), await signed_as(CAST.aline, NOW)
    formulaire = str(uuid4())
    await send(aida, saisie_of(aida, formulaire=formulaire), NOW)
    with pytest.raises(Conflit):
        await send(aline, saisie_of(aline, formulaire=formulaire, nom="Autre"), NOW)


@pytest.mark.committed
async def test_twenty_posts_at_once_make_one_demande_and_one_set_of_mails() -> None:
    try:
        aida = await signed_as(CAST.aida, NOW)
        typed = saisie_of(aida)
        numeros = await asyncio.gather(*(send(aida, typed, NOW) for _ in range(20)))
        assert len(set(numeros)) == 1
        [counts] = await database.fetch(
            """
            select (select count(*) from demandes) as demandes, (select count(*) from sollicitations) as parts,
                (select count(*) from mandats) as mandats, (select count(*) from usager_informations) as champs,
                (select count(*) from courriels where fait = 'demande_envoyee') as courriels
            """
        )
        assert dict(counts) == {"demandes": 1, "parts": 1, "mandats": 1, "champs": 1, "courriels": 2}
    finally:
        await erase_demandes()


# --- A demande already open for the same usager --------------------------------------------------------------------


async def make_suivie(nom: str = "Dubois", **facts: object) -> int:
    """A demande of Aïda for this usager."""
    numero = await make_demande(NOW, **facts)  # type: ignore[arg-type]
    await database.fetch(
        "update demandes set usager_empreinte = :usager_empreinte where numero = :numero",
        numero=numero,
        usager_empreinte=empreinte_usager("Martine", nom, "1968"),
    )
    return numero


async def numeros_proches(who: int, typed: Saisie) -> list[tuple[int, bool]]:
    """What this agent is told: the number, and whether they may open it."""
    signed = await signed_as(who, NOW)
    usager = empreinte_usager(typed.prenom, typed.nom, typed.naissance)
    found = await list_doublons(signed, typed.structure, usager, typed.formulaire)
    return [(d.numero, d.is_lisible) for d in found]


async def test_a_colleague_s_demande_for_the_same_usager_is_said_without_its_content() -> None:
    aline = await signed_as(CAST.aline, NOW)
    numero = await make_suivie()
    typed = saisie_of(aline)
    assert await numeros_proches(CAST.aline, typed) == [(numero, False)]
    assert await numeros_proches(CAST.aida, typed) == [(numero, True)]
    await make_invitation(numero, CAST.aline, "collegue", NOW)
    assert await numeros_proches(CAST.aline, typed) == [(numero, True)]
    with pytest.raises(Invalide) as refused:
        await send(aline, typed, NOW)
    assert list(refused.value.erreurs) == ["doublons"]
    assert await send(aline, saisie_of(aline, doublons_vus=[numero]), NOW) != numero


async def test_nothing_is_ever_said_across_groupes_nor_of_what_is_closed() -> None:
    typed = saisie_of(await signed_as(CAST.aida, NOW))
    await make_suivie(groupe=CAST.groupes.ccas_974, auteur=CAST.eve)
    closed = await make_suivie()
    await database.fetch(
        "update sollicitations set late_at = null, closed_at = :closed_at where demande = :demande",
        demande=closed,
        closed_at=NOW,
    )
    await database.fetch(
        "update demandes set closed_at = :closed_at where numero = :numero", numero=closed, closed_at=NOW
    )
    await make_suivie("Autre")
    assert await numeros_proches(CAST.aida, typed) == []
    open_one = await make_suivie()
    assert await numeros_proches(CAST.eve, typed) == []
    assert await numeros_proches(CAST.aida, typed) == [(open_one, True)]


def test_the_same_usager_is_recognised_however_it_is_typed() -> None:
    martine = empreinte_usager("Martine", "Le Goff", "1968")
    assert martine == empreinte_usager("MARTINE", "Le-Goff", "12/03/1968")
    assert martine == empreinte_usager("Martine", "Le Goff", "12031968")
    assert martine == empreinte_usager("Le Goff", " martine ", "née en 1968")
    assert martine != empreinte_usager("Martine", "Le Goff", "1969")
    assert martine != empreinte_usager("Martin", "Le Goff", "1968")
    assert empreinte_usager("Martine", "", "1968") is None
    assert empreinte_usager("Martine", "Le Goff", "") is None


async def test_sent_where_nobody_is_active_the_experts_are_asked_and_everyone_is_told(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    await database.fetch(
        "update adhesions set is_instructeur = false where groupe = :groupe", groupe=CAST.groupes.caf
    )
    numero = await send(aida, saisie_of(aida), now)
    [line] = await database.fetch(
        "select nature, agents_invites from messages where demande = :numero", numero=numero
    )
    assert (line["nature"], CAST.elie in line["agents_invites"]) == ("sans_repondant", True)
    rows = await database.fetch("select adresse from courriels where fait = 'demande_sans_repondant'")
    told = [row["adresse"] for row in rows]
    assert {"elie@exemple.fr", "ada@exemple.fr", "aida@exemple.fr"} <= {*told}
    assert len(told) == len({*told}), "once each"
    elie = await signed_as(CAST.elie, now)
    assert can_read_demande(elie.droits, (await get_demande(elie.droits, numero)).parties)


async def test_somebody_active_anywhere_is_enough(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    await database.fetch(
        "update adhesions set is_instructeur = false where groupe = :groupe", groupe=CAST.groupes.caf
    )
    numero = await send(
        aida, saisie_of(aida, groupes=[CAST.groupes.caf, CAST.groupes.cpam], absent_nir="1"), now
    )
    assert await database.fetch("select from messages where demande = :numero", numero=numero) == []
