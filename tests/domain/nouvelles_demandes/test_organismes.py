"""Whom a new demande may be sent to: the guided mode, the change of département, the usual delay, the neighbours."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain.acces.sessions import Signed
from app.domain.figures.habituel import say_habituel
from app.domain.nouvelles_demandes import organismes
from app.domain.nouvelles_demandes.composition import compose, sent_informations
from app.domain.nouvelles_demandes.etapes import read_step
from app.domain.nouvelles_demandes.recapitulatif import Recapitulatif, summarise
from app.domain.regles.errors import Invalide
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.figures.naif import tenths, working_time
from tests.domain.formulaire_rempli import filled, form_of, id_of_sujet, saisie_of, send
from tests.domain.scene import signed_as
from tests.factories import PARIS, make_demande


async def follow(signed: Signed, etape: str = "choisir", **changes: Any) -> Recapitulatif:
    """The page after this step."""
    form = form_of(filled(**changes, etape=etape))
    composition = await compose(signed, read_step(signed, form, NOW), NOW)
    return await summarise(signed, composition, NOW, etape=etape)


async def make_groupe(nom: str, organisme: str, departement: str, instructeur: int | None = None) -> int:
    """A groupe of the test, with an instructeur or nobody."""
    row = await database.fetch_one(
        "insert into groupes (nom, organisme, created_at) values (:nom, :organisme, :created_at) returning id",
        nom=nom,
        organisme=CAST.organismes[organisme],
        created_at=NOW,
    )
    assert row is not None
    await database.fetch(
        "insert into couvertures (groupe, departement) values (:groupe, :departement)",
        groupe=row["id"],
        departement=CAST.departements[departement],
    )
    if instructeur:
        await database.fetch(
            "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent,"
            " :groupe, true, :created_at)",
            agent=instructeur,
            groupe=row["id"],
            created_at=NOW,
        )
    return int(row["id"])


def state_of(shown: Recapitulatif, **changes: Any) -> dict[str, Any]:
    """What this page would post again, with these changes."""
    typed = shown.saisie
    state = {
        "mode": "guide" if typed.is_guide else "libre",
        **{nom: getattr(typed, nom) or "" for nom in ("categorie", "categorie_vue", "sujet", "sujet_vu")},
        **{nom: getattr(typed, nom) for nom in ("regime", "regime_vu")},
        **{nom: list(getattr(typed, nom)) for nom in ("groupes", "proposes")},
    }
    return {**state, **changes}


def noms(composed: Recapitulatif) -> set[str]:
    """The groupes ticked."""
    return {g.nom for g in composed.chosen}


async def test_a_sujet_ticks_the_active_groupes_of_the_departement_and_says_who_is_missing() -> None:
    aida = await signed_as(CAST.aida, NOW)
    sujet = await id_of_sujet("naissance_deces")  # CAF, MSA, CPAM
    composed = await follow(aida, mode="guide", sujet=sujet, groupes=[])
    assert noms(composed) == {"CAF 22", "CPAM 22"}
    assert set(composed.absents) == {"msa"}
    assert composed.cadre.sujet is not None
    assert composed.cadre.sujet.documents
    assert composed.cadre.sujet.essayez
    assert composed.saisie.categorie == composed.cadre.sujet.theme
    assert [i.nature for i in composed.identifiants] == ["nir", "allocataire_caf"]


async def test_another_sujet_takes_its_own_ticks_away_and_leaves_the_agent_s() -> None:
    aida = await signed_as(CAST.aida, NOW)
    first = await follow(aida, mode="guide", sujet=await id_of_sujet("rsa_suspendu"), groupes=[])
    assert noms(first) == {"CAF 22"}
    second = await follow(
        aida,
        mode="guide",
        sujet=await id_of_sujet("naissance_deces"),
        sujet_vu=first.saisie.sujet_vu,
        proposes=list(first.saisie.proposes),
        groupes=[*first.saisie.groupes, CAST.groupes.france_travail],
    )
    assert noms(second) == {"CAF 22", "CPAM 22", "France Travail 22"}
    third = await follow(
        aida,
        mode="guide",
        sujet=await id_of_sujet("rsa_suspendu"),
        sujet_vu=second.saisie.sujet_vu,
        proposes=list(second.saisie.proposes),
        groupes=list(second.saisie.groupes),
    )
    assert noms(third) == {"CAF 22", "France Travail 22"}


async def test_what_the_agent_unticks_stays_unticked() -> None:
    aida = await signed_as(CAST.aida, NOW)
    sujet = await id_of_sujet("naissance_deces")
    first = await follow(aida, mode="guide", sujet=sujet, groupes=[])
    kept: dict[str, Any] = {
        "mode": "guide",
        "sujet": sujet,
        "sujet_vu": first.saisie.sujet_vu,
        "proposes": list(first.saisie.proposes),
        "groupes": [CAST.groupes.caf],
    }
    assert noms(await follow(aida, **kept)) == {"CAF 22"}
    await make_groupe("CPAM 29", "cpam", "29", CAST.ivan)
    await make_groupe("CAF 29", "caf", "29", CAST.ines)
    assert noms(await follow(aida, **kept, departement=CAST.departements["29"])) == {"CAF 29"}


async def test_another_departement_moves_the_ticks_to_the_same_organismes_and_back() -> None:
    aida = await signed_as(CAST.aida, NOW)
    caf_29 = await make_groupe("CAF 29", "caf", "29", CAST.ines)
    there = await follow(
        aida, departement=CAST.departements["29"], groupes=[CAST.groupes.caf, CAST.groupes.cpam]
    )
    # Nobody of the CPAM is active there: its tick goes, and its name is said.
    assert noms(there) == {"CAF 29"}
    assert (there.remplaces, there.retires) == ((("CAF 22", "CAF 29"),), ("CPAM 22",))
    back = await follow(aida, departement_vu=CAST.departements["29"], groupes=[caf_29])
    assert noms(back) == {"CAF 22"}


async def test_a_departement_where_nobody_is_active_keeps_no_tick() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await make_groupe("CAF 29", "caf", "29")  # nobody there
    there = await follow(aida, departement=CAST.departements["29"], groupes=[CAST.groupes.caf])
    assert (noms(there), there.retires) == (set(), ("CAF 22",))


async def test_another_categorie_takes_the_sujet_and_its_ticks_away() -> None:
    aida = await signed_as(CAST.aida, NOW)
    first = await follow(aida, mode="guide", sujet=await id_of_sujet("naissance_deces"), groupes=[])
    other = next(c.id for c in first.cadre.categories if c.id != first.saisie.categorie)
    kept = state_of(first, groupes=[*first.saisie.groupes, CAST.groupes.france_travail], categorie=other)
    left = await follow(aida, **kept)
    assert (left.saisie.sujet, left.saisie.sujet_vu, left.saisie.proposes) == (None, None, ())
    assert noms(left) == {"France Travail 22"}, "what the agent ticked stays"


async def test_every_categorie_stays_chosen() -> None:
    aida = await signed_as(CAST.aida, NOW)
    shown = await follow(aida, mode="guide", sujet=await id_of_sujet("rsa_suspendu"), groupes=[])
    for _ in range(3):
        shown = await follow(aida, **state_of(shown, categorie=""))
        assert (shown.saisie.categorie, shown.saisie.sujet) == (None, await id_of_sujet("rsa_suspendu"))
    assert noms(shown) == {"CAF 22"}


async def test_caf_or_msa_is_asked_then_only_one_is_ticked() -> None:
    aida = await signed_as(CAST.aida, NOW)
    msa = await make_groupe("MSA 22", "msa", "22", CAST.ivan)
    first = await follow(aida, mode="guide", sujet=await id_of_sujet("naissance_deces"), groupes=[])
    assert first.asks_caisse
    assert noms(first) == {"CPAM 22"}
    assert "regime" in {manque.champ for manque in first.manques}
    as_msa = await follow(aida, **state_of(first, regime="msa"), identifiant_allocataire_caf="")
    assert noms(as_msa) == {"CPAM 22", "MSA 22"}
    assert "allocataire_caf" not in {i.nature for i in as_msa.identifiants}
    assert "regime" not in {manque.champ for manque in as_msa.manques}
    as_caf = await follow(aida, **state_of(as_msa, regime="caf"))
    assert noms(as_caf) == {"CPAM 22", "CAF 22"}
    both = await follow(aida, **state_of(as_caf, groupes=[*as_caf.saisie.groupes, msa]))
    assert noms(both) == {"CPAM 22", "CAF 22", "MSA 22"}, "the agent may still tick both"


async def test_without_javascript_the_first_sending_says_everything_at_once() -> None:
    aida = await signed_as(CAST.aida, NOW)
    typed = saisie_of(
        aida,
        mode="guide",
        sujet=await id_of_sujet("naissance_deces"),
        groupes=None,
        identifiant_allocataire_caf=None,
    )
    with pytest.raises(Invalide) as told:
        await send(aida, typed, NOW)
    assert list(told.value.erreurs) == ["groupes", "identifiant_nir", "identifiant_allocataire_caf"]


async def test_neighbours_of_the_region_are_proposed_and_may_be_ticked() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await make_groupe("MSA 29", "msa", "29", CAST.ines)
    await make_groupe("MSA 56", "msa", "56")  # nobody there
    await make_groupe("MSA 35", "msa", "974", CAST.ines)  # not of the région
    sujet = await id_of_sujet("rsa_suspendu")
    composed = await follow(aida, mode="guide", sujet=sujet, groupes=[])
    assert [(v.nom, v.territoire) for v in composed.voisins] == [("MSA 29", "Finistère (29)")]
    ticked = await follow(
        aida, mode="guide", sujet=sujet, sujet_vu=sujet, groupes=[CAST.groupes.caf, composed.voisins[0].id]
    )
    assert noms(ticked) == {"CAF 22", "MSA 29"}
    assert ticked.voisins == ()


def test_regions_hold_every_departement_once() -> None:
    every = [code for region in organismes.REGIONS for code in region]
    assert len(every) == len(set(every)) == 103
    assert organismes.neighbours("22") == {"29", "35", "56"}
    assert organismes.neighbours("988") == frozenset()


async def test_the_filter_hides_by_theme_and_by_words_but_never_a_tick() -> None:
    aida = await signed_as(CAST.aida, NOW)
    theme = await database.fetch_one("select id from themes where code = 'emploi_formation'")
    assert theme is not None

    async def montres(**changes: Any) -> set[str]:
        return {g.nom for g in (await follow(aida, "filtrer", groupes=[], **changes)).montres}

    assert await montres() == {"CAF 22", "CPAM 22", "France Travail 22"}
    assert await montres(theme=theme["id"]) == {"France Travail 22"}
    assert await montres(filtre="ALLOCATIONS  famil") == {"CAF 22"}
    assert await montres(filtre="zzz") == set()
    ticked = await follow(aida, "filtrer", filtre="zzz")
    assert {g.nom for g in ticked.montres} == {"CAF 22"}


async def test_a_groupe_without_instructeur_is_offered_with_a_warning_and_not_ticked() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await make_groupe("MSA 22", "msa", "22")
    composed = await follow(aida, mode="guide", sujet=await id_of_sujet("rsa_suspendu"), groupes=[])
    assert [(g.nom, g.is_actif) for g in composed.montres] == [("CAF 22", True), ("MSA 22", False)]
    assert noms(composed) == {"CAF 22"}
    assert "msa" in composed.absents


async def test_aidant_structures_are_not_asked_unless_somebody_instructs_there() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await make_groupe("France Services Loudéac", "france_services", "22")
    await make_groupe("Hôpital de Saint-Brieuc", "hopital", "22", CAST.ivan)
    offered = {g.nom for g in (await follow(aida)).montres}
    assert "France Services Loudéac" not in offered
    assert "Hôpital de Saint-Brieuc" in offered


async def test_the_nir_is_shown_held_and_sent_only_where_it_may_go() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await database.fetch("update organismes set is_nir_autorise = false where code = 'caf'")
    composed = await follow(aida, identifiant_nir="185057800608491")
    assert composed.tenus == (("nir", "185057800608491"),)
    assert "nir" not in {nature for nature, _ in composed.natures}
    assert "nir" not in {i.nature for i in composed.identifiants}
    assert sent_informations(composed.saisie, composed.chosen)[0].nature == "allocataire_caf"
    assert len(sent_informations(composed.saisie, composed.chosen)) == 1
    with_cpam = await follow(aida, identifiant_nir="185057800608491", groupes=[CAST.groupes.cpam])
    assert with_cpam.tenus == ()
    assert "nir" in {i.nature for i in with_cpam.identifiants}


# --- The usual delay ---------------------------------------------------------------------------------------------

BREST = ZoneInfo("Europe/Paris")


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, 30, tzinfo=BREST)


# 1 and 11 November 2026 are holidays; the 7, 8, 14, 15, 21, 22 are week-ends.
SPANS = [
    (at(9, 10), at(9, 16)),
    (at(9, 10), at(10, 9)),
    (at(9, 10), at(10, 10)),
    (at(10, 15), at(12, 14)),
    (at(10, 15), at(12, 15)),
    (at(6, 17), at(9, 8)),
    (at(7, 12), at(8, 12)),
    (at(7, 12), at(9, 0)),
    (at(7, 12), at(10, 0)),
    (at(11, 9), at(13, 8)),
    (at(13, 9), at(15, 20)),
    (at(2, 9, 10), at(20, 18)),
    (at(23, 23, 10), at(26, 1, 10)),
]


async def test_an_organisme_is_named_as_in_a_sentence() -> None:
    aida = await signed_as(CAST.aida, NOW)
    composed = await follow(aida, mode="guide", sujet=await id_of_sujet("rsa_suspendu"), groupes=[])
    assert composed.absents["departement"] == "conseil départemental"
    assert composed.absents["msa"] == "MSA"


@pytest.mark.parametrize(("asked", "answered"), SPANS)
async def test_the_usual_delay_is_the_working_time_of_the_clock(asked: datetime, answered: datetime) -> None:
    aida = await signed_as(CAST.aida, NOW)
    await _answer(CAST.groupes.caf, [(asked, answered)] * 10)
    [caf] = [g for g in (await follow(aida)).montres if g.nom == "CAF 22"]
    assert caf.habituel == say_habituel(10, tenths(working_time(asked, answered, PARIS)))


async def test_the_usual_delay_is_a_median_of_90_days_hidden_under_ten() -> None:
    aida = await signed_as(CAST.aida, NOW)
    days = [NOW - timedelta(days=n) for n in (21, 20, 19)]  # Tuesday to Thursday
    await _answer(CAST.groupes.caf, [(days[0], days[0] + timedelta(days=n % 3)) for n in range(9)])
    await _answer(CAST.groupes.caf, [(NOW - timedelta(days=100), NOW - timedelta(days=99))])
    await _answer(CAST.groupes.caf, [(days[1], None)])

    async def habituel() -> str:
        return next(g.habituel for g in (await follow(aida)).montres if g.nom == "CAF 22")

    assert await habituel() == ""
    await _answer(CAST.groupes.caf, [(days[0], days[2])])
    assert await habituel() == "en 1 jour ouvré"
    # Declined without a word, asked again a week later, answered: that one says nothing of a first answer.
    await _answer(CAST.groupes.caf, [(days[1], None)] * 40)
    await database.fetch(
        "update sollicitations set solicited_at = :solicited_at where groupe = :groupe and first_answered_at is null",
        solicited_at=NOW - timedelta(days=5),
        groupe=CAST.groupes.caf,
    )
    await database.fetch(
        "update sollicitations set first_answered_at = :first_answered_at "
        "where groupe = :groupe and first_answered_at is null",
        first_answered_at=NOW - timedelta(days=1),
        groupe=CAST.groupes.caf,
    )
    assert await habituel() == "en 1 jour ouvré"


async def _answer(groupe: int, spans: list[tuple[datetime, datetime | None]]) -> None:
    for asked, answered in spans:
        numero = await make_demande(NOW, groupes=(groupe,), sent_at=asked)
        await database.fetch(
            "update sollicitations set solicited_at = :solicited_at,"
            " first_answered_at = :first_answered_at where demande = :numero",
            numero=numero,
            solicited_at=asked,
            first_answered_at=answered,
        )


async def test_categorie_and_sujet_go_together() -> None:
    aida = await signed_as(CAST.aida, NOW)
    sujet = await id_of_sujet("rsa_suspendu")
    composed = await follow(aida, mode="guide", sujet=sujet)
    cadre, typed = composed.cadre, composed.saisie
    other = next(c.id for c in cadre.categories if c.id != typed.categorie)
    left = organismes.choose_sujet(replace(typed, categorie=other), cadre)
    assert (left.categorie, left.sujet) == (other, None)
    assert organismes.choose_sujet(replace(typed, sujet=999999), cadre).sujet is None
    assert (saisie_of(aida, sujet=sujet).categorie, composed.saisie.categorie is None) == (None, False)


async def test_another_categorie_unticks_what_its_sujet_had_ticked_and_says_it() -> None:
    aida = await signed_as(CAST.aida, NOW)
    chosen = await follow(aida, mode="guide", sujet=await id_of_sujet("naissance_deces"), groupes=[])
    assert noms(chosen) == {"CAF 22", "CPAM 22"}
    other = next(c.id for c in chosen.cadre.categories if c.id != chosen.saisie.categorie)
    left = await follow(aida, **state_of(chosen, categorie=other))
    assert (noms(left), set(left.laisses)) == (set(), {"CAF 22", "CPAM 22"})
    # « Toutes les catégories » leaves both: it only widens the list of sujets.
    every = await follow(aida, **state_of(chosen, categorie=""))
    assert (every.saisie.categorie, noms(every), every.laisses) == (None, {"CAF 22", "CPAM 22"}, ())
    # What the next sujet asks for too stays ticked, and is not said to be gone.
    again = await follow(aida, **state_of(chosen, sujet=await id_of_sujet("rsa_suspendu")))
    assert "CAF 22" in noms(again) and again.laisses == ("CPAM 22",)
