"""The form as typed: read whatever comes, say what is missing in page order, put each thing in its place."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.domain.acces.sessions import Signed
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes import etapes
from app.domain.nouvelles_demandes import saisie as forms
from app.domain.nouvelles_demandes.cadre import load_cadre
from app.domain.nouvelles_demandes.organismes import list_groupes
from app.domain.nouvelles_demandes.saisie import InformationSaisie
from app.domain.nouvelles_demandes.verification import list_avis, list_manques
from app.domain.regles.errors import Refus
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.formulaire_rempli import filled, form_of, saisie_of
from tests.domain.scene import signed_as

ANNEE = 2026


async def champs_manquants(signed: Signed, **changes: Any) -> list[str]:
    """The fields to correct, in the order they are said."""
    typed = saisie_of(signed, **changes)
    cadre = await load_cadre(signed, typed)
    groupes = await list_groupes(signed, typed, cadre.departement, NOW)
    return [m.champ for m in list_manques(signed, typed, cadre, groupes, etat_sms=None, now=NOW)]


async def test_a_whole_form_lacks_nothing() -> None:
    assert await champs_manquants(await signed_as(CAST.aida, NOW)) == []


async def test_an_empty_form_says_everything_in_page_order() -> None:
    empty = dict.fromkeys(
        ("groupes", "prenom", "nom", "naissance", "identifiant_allocataire_caf", "titre", "description"), ""
    )
    found = await champs_manquants(
        await signed_as(CAST.aida, NOW),
        **empty,
        departement="",
        departement_vu="",
        mandat_le="",
        attestation="",
    )
    assert found == [
        *("departement", "groupes", "prenom", "nom", "naissance", "titre", "description"),
        *("mandat_le", "attestation"),
    ]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"groupes": []}, "groupes"),
        ({"groupes": [999999]}, "groupes"),
        ({"departement": "999999", "departement_vu": ""}, "departement"),
        ({"prenom": " \n "}, "prenom"),
        ({"nom": "x" * 101}, "nom"),
        ({"naissance": "x" * 61}, "naissance"),
        ({"identifiant_allocataire_caf": ""}, "identifiant_allocataire_caf"),
        ({"identifiant_allocataire_caf": "1" * 501}, "identifiant_allocataire_caf"),
        ({"autre_nature": "autre", "autre_libelle": "", "autre_valeur": "x"}, "autre_libelle-1"),
        ({"autre_nature": "adresse", "autre_libelle": "", "autre_valeur": "x" * 501}, "autre_valeur-1"),
        ({"titre": "AAH de Mme Dubois"}, "titre"),
        ({"titre": "AAH, 06 12 34 56 78"}, "titre"),
        ({"titre": "x" * 151}, "titre"),
        ({"description": "x" * 10_001}, "description"),
        ({"urgence": "urgente"}, "motif"),
        ({"urgence": "urgente", "motif": "caprice"}, "motif"),
        ({"urgence": "urgente", "motif": "autre"}, "precision"),
        ({"urgence": "urgente", "motif": "sante", "precision": "x" * 201}, "precision"),
        ({"mandat_le": "2026-11-25"}, "mandat_le"),
        ({"mandat_le": "2025-11-01"}, "mandat_le"),
        ({"mandat_le": "hier"}, "mandat_le"),
        ({"attestation": None}, "attestation"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_fault_is_said_beside_its_field(changes: dict[str, Any], wrong: str) -> None:
    assert wrong in await champs_manquants(await signed_as(CAST.aida, NOW), **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"identifiant_allocataire_caf": "", "absent_allocataire_caf": "1"},
        {"identifiant_allocataire_caf": "n’importe quoi"},
        {"mandat_le": "20/11/2026"},
        {"mandat_le": "2026-11-24"},
        {"urgence": "urgente", "motif": "coupure"},
        {"urgence": "normale", "motif": "caprice", "precision": "x" * 300},
        {"titre": "Une pierre tombale refusée, dossier 2024 0153", "prenom": "Pierre"},
        {"naissance": "vers 1950"},
    ],
)
async def test_nothing_more_is_asked(changes: dict[str, Any]) -> None:
    found = await champs_manquants(await signed_as(CAST.aida, NOW), **changes)
    assert [champ for champ in found if champ != "precision"] == []


async def test_a_shared_account_must_sign() -> None:
    claude = await signed_as(CAST.claude, NOW)
    assert await champs_manquants(claude) == ["signature"]
    assert await champs_manquants(claude, signature="Marie Le Bihan, accueil") == []
    assert await champs_manquants(replace(claude, signature="Marie Le Bihan, accueil")) == []


async def test_who_belongs_nowhere_opens_nothing() -> None:
    elie = await signed_as(CAST.elie, NOW)
    with pytest.raises(Refus):
        forms.open_saisie(elie, uuid4(), NOW)


async def test_hostile_fields_are_read_as_nothing() -> None:
    aida = await signed_as(CAST.aida, NOW)
    fields = filled(
        formulaire="pas-un-uuid",
        structure="999",
        departement="²",
        categorie="-1",
        sujet="1e9",
        groupes=["x", "0", "99999999999999999999"],
        autre_nature=["nir", "constructor", ""],
        autre_valeur=["1", "2"],
        urgence="<b>",
        mandat_le="2026-99-99",
    )
    typed = forms.read_saisie(aida, form_of(fields))
    assert typed.structure == CAST.groupes.france_services
    assert (typed.departement, typed.categorie, typed.sujet, typed.groupes) == (None, None, None, ())
    assert [(a.nature, a.valeur) for a in typed.autres] == [(NatureIdentifiant.NIR, "1")]
    assert not typed.is_urgente
    assert typed.accord.mandat_on is None


async def test_a_form_shows_nothing_in_a_log() -> None:
    typed = saisie_of(
        await signed_as(CAST.aida, NOW), autre_nature="adresse", autre_libelle="", autre_valeur="rue"
    )
    assert "Dubois" not in repr(typed)
    assert "rue" not in repr(typed.autres[0])


async def test_one_click_moves_the_title_s_personal_data_to_their_fields() -> None:
    typed = saisie_of(
        await signed_as(CAST.aida, NOW),
        naissance="",
        titre="AAH de Mme Dubois, née le 12/03/1968, tél. 06 12 34 56 78, martine@exemple.fr",
    )
    moved = etapes.move_from_titre(typed, ANNEE)
    assert forms.find_in_titre(moved, ANNEE) == []
    assert moved.titre.startswith("AAH")
    assert moved.naissance == "12/03/1968"
    assert moved.identifiants[NatureIdentifiant.TELEPHONE] == "06 12 34 56 78"
    assert [(a.nature, a.libelle, a.valeur) for a in moved.autres] == [
        (NatureIdentifiant.AUTRE, "Adresse e-mail", "martine@exemple.fr")
    ]


async def test_a_moved_value_never_replaces_one_typed() -> None:
    aida = await signed_as(CAST.aida, NOW)
    typed = saisie_of(
        aida, titre="Blocage née le 12/03/1968, tél. 06 12 34 56 78", identifiant_telephone="02 96 00 00 00"
    )
    moved = etapes.move_from_titre(typed, ANNEE)
    assert moved.naissance == "1968"
    assert moved.identifiants[NatureIdentifiant.TELEPHONE] == "02 96 00 00 00"
    assert {a.valeur for a in moved.autres} == {"12/03/1968", "06 12 34 56 78"}


async def test_rows_are_added_and_taken_away() -> None:
    typed = saisie_of(await signed_as(CAST.aida, NOW))
    two = etapes.add_autre(etapes.add_autre(typed, "adresse"), "numero_dossier")
    assert [a.nature for a in two.autres] == [NatureIdentifiant.ADRESSE, NatureIdentifiant.NUMERO_DOSSIER]
    assert [a.nature for a in etapes.remove_autre(two, 1).autres] == [NatureIdentifiant.NUMERO_DOSSIER]
    assert etapes.remove_autre(two, 9) == two
    assert etapes.add_autre(two, "toString") is two
    full = replace(typed, autres=(InformationSaisie(NatureIdentifiant.ADRESSE, "", "x"),) * forms.AUTRES_MAX)
    assert etapes.add_autre(full, "adresse") is full


@pytest.mark.parametrize("naissance", ["31/02/1990", "2030", "demain", "1875", "25 décembre 2026"])
async def test_an_odd_birth_is_said_and_still_leaves(naissance: str) -> None:
    aida = await signed_as(CAST.aida, NOW)
    assert set(list_avis(saisie_of(aida, naissance=naissance), NOW.date())) == {"naissance"}
    assert await champs_manquants(aida, naissance=naissance) == []


async def test_a_nir_that_tells_another_birth_is_said() -> None:
    aida = await signed_as(CAST.aida, NOW)
    for naissance, is_odd in (("1985", False), ("12/05/1985", False), ("1968", True), ("12/06/1985", True)):
        typed = saisie_of(aida, naissance=naissance, identifiant_nir="2 85 05 22 070 001 07")
        assert ("identifiant_nir" in list_avis(typed, NOW.date())) is is_odd, naissance


async def test_an_odd_number_is_said_and_kept() -> None:
    aida = await signed_as(CAST.aida, NOW)
    typed = saisie_of(
        aida, identifiant_allocataire_caf="12", autre_nature="telephone", autre_libelle="", autre_valeur="06"
    )
    assert set(list_avis(typed, NOW.date())) == {"identifiant_allocataire_caf", "autre_valeur-1"}
    assert list_avis(saisie_of(aida), NOW.date()) == {}


async def test_a_new_form_proposes_a_mandat_on_paper_signed_today() -> None:
    aida = await signed_as(CAST.aida, NOW)
    opened = forms.open_saisie(aida, uuid4(), NOW)
    assert (opened.accord.nature, opened.accord.mandat_on) == ("papier", NOW.astimezone(aida.zone).date())


async def test_a_call_is_proposed_now_to_the_number_already_typed() -> None:
    aida = await signed_as(CAST.aida, NOW)
    number = {"autre_nature": "telephone", "autre_libelle": "", "autre_valeur": "06 12 34 56 78"}
    typed = saisie_of(aida, mandat="telephone", **number)
    proposed = forms.propose_accord(typed, NOW, aida.zone)
    assert (proposed.appel_numero, proposed.sms_numero) == ("06 12 34 56 78", "06 12 34 56 78")
    assert (f"{proposed.appel_on}", proposed.appel_heure) == ("2026-11-24", "10:00")
    typed = saisie_of(aida, mandat="telephone", appel_numero="07 00", appel_le="2026-11-20", **number)
    kept = forms.propose_accord(typed, NOW, aida.zone)
    assert (kept.appel_numero, kept.appel_texte, kept.appel_heure) == ("07 00", "2026-11-20", "")
    assert forms.propose_accord(saisie_of(aida), NOW, aida.zone).appel_heure == ""
