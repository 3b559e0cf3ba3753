"""The referentiel as the A+ team changes it: seen before it is published, kept by versions, whole for what uses it."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app import database
from app.domain.administration.referentiel import (
    ENTRE_TEMPS,
    ReferentielPropose,
    list_changes,
    list_versions,
    preview,
    propose_version,
    publish_referentiel,
    read_proposition,
    read_referentiel,
    read_version,
    say_compte,
)
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.territoire.contenu import JoursLocaux, Sorte, shipped_contenu
from app.domain.territoire.differences import SortElement
from app.domain.territoire.referentiel import load_referentiel
from tests.cast import CAST
from tests.domain.formulaire_rempli import id_of_sujet
from tests.domain.scene import signed_as
from tests.factories import list_journal, make_demande

RAISON = "Le décret a changé."


async def change(code: str, now: datetime, *, vu: int = 0, **fields: Any) -> int:
    ada = await signed_as(CAST.ada, now)
    sujet = (await read_referentiel(ada)).find(Sorte.SUJETS, code)
    proposition = ReferentielPropose(Sorte.SUJETS, code, replace(sujet, **fields))
    return await publish_referentiel(ada, proposition, vu=vu, raison=RAISON, now=now)


async def drop(sorte: Sorte, code: str, now: datetime, *, vu: int = 0) -> int:
    ada = await signed_as(CAST.ada, now)
    return await publish_referentiel(ada, ReferentielPropose(sorte, code), vu=vu, raison=RAISON, now=now)


async def test_the_base_holds_what_is_shipped(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    shipped, here = shipped_contenu(), await read_referentiel(ada)
    assert (here.themes, here.sujets, here.jours) == (shipped.themes, shipped.sujets, ())
    assert set(here.organismes) == set(shipped.organismes)


async def test_a_sujet_is_changed_journalled_and_its_former_words_are_kept(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    former = (await read_referentiel(ada)).find(Sorte.SUJETS, "rsa_suspendu")
    assert await change("rsa_suspendu", now, essayez="Appeler le 3230.") == 1
    assert (await read_referentiel(ada)).find(Sorte.SUJETS, "rsa_suspendu").essayez == "Appeler le 3230."
    assert (await read_version(ada, 0)).find(Sorte.SUJETS, "rsa_suspendu") == former
    [difference] = await list_changes(ada, 1)
    assert (difference.code, difference.acte) == ("rsa_suspendu", SortElement.CHANGEMENT)
    assert [(e.avant, e.apres) for e in difference.ecarts] == [(former.essayez, "Appeler le 3230.")]
    versions = [(one.numero, one.agent, one.raison) for one in await list_versions(ada)]
    assert versions == [(1, "Ada Moreau", RAISON), (0, "", "")]
    assert [line["details"] for line in await list_journal("referentiel_publie")] == [{"version": 1}]


async def test_a_base_of_before_sujets_had_a_guide_is_told_that_of_the_project_once(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await change("aspa", now, mots=(), depuis="", essais=(), attendu="")
    await database.fetch(
        "update sujets set mots = null, depuis = null, essais = null, attendu = null where code = 'rsa_suspendu'"
    )
    await load_referentiel()
    here = await read_referentiel(ada)
    assert here.find(Sorte.SUJETS, "rsa_suspendu") == shipped_contenu().find(Sorte.SUJETS, "rsa_suspendu")
    assert here.find(Sorte.SUJETS, "aspa").mots == ()  # what was emptied stays empty


async def test_the_preview_counts_the_open_demandes_and_writes_nothing(now: datetime) -> None:
    ada, sujet = await signed_as(CAST.ada, now), await id_of_sujet("rsa_suspendu")
    for _ in range(2):
        numero = await make_demande(now)
        await database.fetch("update demandes set sujet = :s where numero = :n", s=sujet, n=numero)
    before = await read_referentiel(ada)
    element = replace(before.find(Sorte.SUJETS, "rsa_suspendu"), nom="RSA arrêté")
    apercu = await preview(ada, ReferentielPropose(Sorte.SUJETS, "rsa_suspendu", element), now)
    assert apercu.is_publiable and apercu.ouvertes[Sorte.SUJETS, "rsa_suspendu"] == 2
    assert await read_referentiel(ada) == before


@pytest.mark.parametrize("raison", ["", "x" * 501])
async def test_a_reason_is_asked(now: datetime, raison: str) -> None:
    ada = await signed_as(CAST.ada, now)
    sujet = replace((await read_referentiel(ada)).find(Sorte.SUJETS, "rsa_suspendu"), nom="RSA arrêté")
    with pytest.raises(Invalide) as refused:
        await publish_referentiel(
            ada, ReferentielPropose(Sorte.SUJETS, "rsa_suspendu", sujet), vu=0, raison=raison, now=now
        )
    assert list(refused.value.erreurs) == ["raison"]


async def test_what_serves_is_retired_and_never_removed(now: datetime) -> None:
    ada, sujet = await signed_as(CAST.ada, now), await id_of_sujet("rsa_suspendu")
    numero = await make_demande(now)
    await database.fetch("update demandes set sujet = :s where numero = :n", s=sujet, n=numero)
    with pytest.raises(Invalide) as refused:
        await drop(Sorte.SUJETS, "rsa_suspendu", now)
    assert "sert à 1 demande, dont 1 ouverte. Retirez-le plutôt" in refused.value.erreurs[""]
    with pytest.raises(Invalide) as refused:
        await drop(Sorte.ORGANISMES, "cpam", now)
    assert refused.value.erreurs[""]
    with pytest.raises(Invalide) as refused:
        await drop(Sorte.THEMES, "logement", now)
    assert "logement" in refused.value.erreurs[""]
    assert await change("rsa_suspendu", now, is_retire=True) == 1
    [difference] = await list_changes(ada, 1)
    assert difference.acte is SortElement.RETRAIT and await id_of_sujet("rsa_suspendu") == sujet


async def test_a_sujet_serves_as_long_as_who_proposed_a_procedure_reads_its_name(now: datetime) -> None:
    await database.fetch(
        "insert into propositions (agent, sujet, decidee_at, motif) values (:a, :s, :now, 'Déjà dite ailleurs.')",
        a=CAST.ines,
        s=await id_of_sujet("rsa_suspendu"),
        now=now,
    )
    with pytest.raises(Invalide) as refused:
        await drop(Sorte.SUJETS, "rsa_suspendu", now)
    assert "sert encore (procédures" in refused.value.erreurs[""]


async def test_an_organisme_with_groupes_says_how_many(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    apercu = await preview(ada, ReferentielPropose(Sorte.ORGANISMES, "cpam"), now)
    assert any(phrase.startswith("CPAM\u00a0: sert à 2 groupes.") for phrase in apercu.refus)


async def test_what_nothing_uses_goes_and_stays_away_after_an_upgrade(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await drop(Sorte.SUJETS, "rsa_suspendu", now)
    await load_referentiel()
    assert (await read_referentiel(ada)).find(Sorte.SUJETS, "rsa_suspendu") is None
    assert await database.fetch("select from sujets where code = 'rsa_suspendu'") == []


async def test_the_second_of_two_is_told_and_undoes_nothing(now: datetime) -> None:
    await change("rsa_suspendu", now, nom="RSA arrêté")
    with pytest.raises(Conflit, match=ENTRE_TEMPS[:30]):
        await change("trop_percu", now, vu=0, nom="Indu")
    assert await change("trop_percu", now, vu=1, nom="Indu") == 2
    here = await read_referentiel(await signed_as(CAST.ada, now))
    assert [here.find(Sorte.SUJETS, code).nom for code in ("rsa_suspendu", "trop_percu")] == [
        "RSA arrêté",
        "Indu",
    ]


async def test_going_back_keeps_what_serves_as_retired(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    former = (await read_referentiel(ada)).find(Sorte.SUJETS, "rsa_suspendu")
    new = replace(former, code="rsa_neuf", nom="Nouveau RSA")
    unused = replace(former, code="rsa_inutile", nom="RSA inutile")
    for vu, one in enumerate((new, unused)):
        await publish_referentiel(
            ada, ReferentielPropose(Sorte.SUJETS, one.code, one), vu=vu, raison=RAISON, now=now
        )
    await change("rsa_suspendu", now, vu=2, nom="RSA arrêté")
    numero, sujet = await make_demande(now), await id_of_sujet("rsa_neuf")
    await database.fetch("update demandes set sujet = :s where numero = :n", s=sujet, n=numero)
    proposition = await propose_version(ada, 0)
    await publish_referentiel(ada, proposition, vu=3, raison="Retour.", now=now)
    here = await read_referentiel(ada)
    assert here.find(Sorte.SUJETS, "rsa_suspendu") == former
    assert here.find(Sorte.SUJETS, "rsa_neuf").is_retire
    assert here.find(Sorte.SUJETS, "rsa_inutile") is None
    with pytest.raises(Introuvable):
        await read_version(ada, 9)


async def test_a_file_goes_through_the_same_rules(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    here = await read_referentiel(ada)
    same = read_proposition(ReferentielPropose(contenu=here).write())
    assert not (await preview(ada, same, now)).differences
    less = here.drop(Sorte.ORGANISMES, "cpam")
    apercu = await preview(ada, ReferentielPropose(contenu=less), now)
    assert not apercu.is_publiable and apercu.refus and apercu.fautes
    with pytest.raises(Invalide):
        await publish_referentiel(ada, same, vu=0, raison=RAISON, now=now)


@pytest.mark.parametrize(
    "texte", ["", "[]", "{}", '{"sorte": "autre", "code": "x", "element": null}', "[" * 9_999]
)
def test_a_proposition_that_cannot_be_read_is_refused(texte: str) -> None:
    with pytest.raises(Invalide):
        read_proposition(texte)


def test_a_proposition_is_read_back() -> None:
    sujet = shipped_contenu().sujets[0]
    for one in (
        ReferentielPropose(Sorte.SUJETS, sujet.code, sujet),
        ReferentielPropose(Sorte.SUJETS, sujet.code),
    ):
        assert read_proposition(one.write()) == one
    assert json.loads(one.write())["element"] is None


async def test_a_local_holiday_moves_the_deadlines_that_wait(now: datetime) -> None:
    """Tuesday 24 November: three working days lead to Friday 27, or to Monday 30 when Thursday is a holiday."""
    ada = await signed_as(CAST.ada, now)
    numero, elsewhere = await make_demande(now), await make_demande(now, departement="974")
    answered = await make_demande(now)
    await database.fetch(
        "update sollicitations set late_at = late_at + interval '12 days 1 hour' where demande = :n",
        n=answered,
    )
    jours = ReferentielPropose(Sorte.JOURS, "22", JoursLocaux("22", ("2026-11-26",)))
    deadlines = "select demande, late_at from sollicitations where demande = any(:n) order by demande"
    before = {
        r["demande"]: r["late_at"] for r in await database.fetch(deadlines, n=[numero, elsewhere, answered])
    }
    await publish_referentiel(ada, jours, vu=0, raison=RAISON, now=now)
    after = {
        r["demande"]: r["late_at"] for r in await database.fetch(deadlines, n=[numero, elsewhere, answered])
    }
    assert (after[numero] - before[numero]).days == 3
    assert after[elsewhere] == before[elsewhere] and after[answered] == before[answered]
    [measured] = await database.fetch("select limite_at from suivis where demande = :n", n=numero)
    assert measured["limite_at"] == after[numero]
    [clock] = await database.fetch("select calendrier from departements where code = '22'")
    assert clock["calendrier"] == ";+2026-11-26"
    none = ReferentielPropose(Sorte.JOURS, "22", JoursLocaux("22"))
    await publish_referentiel(ada, none, vu=1, raison=RAISON, now=now)
    again = {
        r["demande"]: r["late_at"] for r in await database.fetch(deadlines, n=[numero, elsewhere, answered])
    }
    assert again == before


async def test_days_gone_by_stay_as_they_were(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    for jour in ("2026-11-23", "2026-11-24"):
        apercu = await preview(ada, ReferentielPropose(Sorte.JOURS, "22", JoursLocaux("22", (jour,))), now)
        assert apercu.refus and not apercu.is_publiable


async def test_nobody_else_reads_or_writes_it(now: datetime) -> None:
    proposition = ReferentielPropose(contenu=shipped_contenu())
    for who in (CAST.rose, CAST.elie, CAST.paul, CAST.aida):
        signed = await signed_as(who, now)
        for act in (
            read_referentiel(signed),
            list_versions(signed),
            read_version(signed, 0),
            preview(signed, proposition, now),
            publish_referentiel(signed, proposition, vu=0, raison=RAISON, now=now),
        ):
            with pytest.raises(Refus):
                await act


def test_a_count_that_is_too_long_to_make_says_so() -> None:
    said = {nombre: say_compte(nombre, "demande", "demandes") for nombre in (0, 1, 2, 1_000, 1_001)}
    assert said == {
        0: "0 demande",
        1: "1 demande",
        2: "2 demandes",
        1_000: "1\u00a0000 demandes",
        1_001: "plus de 1\u00a0000 demandes",
    }
