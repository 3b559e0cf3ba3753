"""A sujet suggested from the words of a text: which, why, and when none."""

from dataclasses import replace
from typing import Any

import pytest

from app import database, referentiel
from app.domain.nouvelles_demandes import suggestion
from app.domain.nouvelles_demandes.cadre import load_cadre
from app.domain.nouvelles_demandes.reponses_suggestions import count_answer, suggest_for
from app.domain.nouvelles_demandes.saisie import TEXTE_LU_MAX
from app.domain.nouvelles_demandes.suggestion import REFUS_MIN, SujetConnu, suggest_sujet
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.formulaire_rempli import id_of_sujet, saisie_of
from tests.domain.scene import signed_as

CONNUS = [
    SujetConnu(rang, s.code, s.nom, s.organismes, s.mots, 0, 0)
    for rang, s in enumerate(referentiel.sujets(), 1)
]
IDS = {connu.code: connu.id for connu in CONNUS}


def suggested(texte: str, *ecartes: str) -> str | None:
    """The code of what this text suggests."""
    found = suggest_sujet(texte, CONNUS, [IDS[code] for code in ecartes])
    return CONNUS[found.sujet - 1].code if found else None


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("La CAF réclame un trop-perçu depuis mars.", "trop_percu"),
        ("Elle conteste un TROP PERCU de la caf", "trop_percu"),
        ("Trop-perçu France Travail après une reprise d’emploi", "trop_percu_chomage"),
        ("Son RSA n’est plus versé", "rsa_suspendu"),
        ("L’APL n’arrive plus depuis le déménagement… enfin, l’aide au logement", "aide_logement"),
        ("Cherche son avis d’imposition 2024", "avis_fiscal"),
        ("Ses trimestres manquants à la CARSAT", "carriere_incomplete"),
        ("Arrêt de travail : pas d’indemnités journalières", "indemnites_journalieres"),
        ("Bonjour, une question sur la CAF et la CPAM.", None),
        ("Madame attend une réponse depuis juillet.", None),
        ("Son RSA et son AAH", None),  # two situations: none stands before the other
        ("", None),
    ],
)
def test_what_a_text_suggests(texte: str, code: str | None) -> None:
    assert suggested(texte) == code


def test_each_sujet_is_told_by_its_words() -> None:
    told = {sujet.code: sujet.mots for sujet in referentiel.sujets()}
    assert [code for code, mots in told.items() if mots and suggested(", ".join(mots)) != code] == []
    assert [code for code, mots in told.items() if not mots] == ["autre_situation"]


def test_the_words_of_the_sujets_one_may_choose_are_those_that_tell() -> None:
    eau = SujetConnu(999, "facture_d_eau", "Facture d’eau", (), ("compteur d’eau", "fuite"), 0, 0)
    texte = "Une FUITE après son compteur d'eau"
    assert suggested(texte) is None
    found = suggest_sujet(texte, [*CONNUS, eau], [])
    assert found is not None and (found.sujet, found.raisons) == (999, ("fuite", "compteur d’eau"))
    without = [replace(c, mots=()) if c.code == "rsa_suspendu" else c for c in CONNUS]
    assert suggest_sujet("Son RSA n’est plus versé", without, []) is None


def test_the_reasons_are_words_of_the_referentiel_in_the_order_of_the_text() -> None:
    found = suggest_sujet("À la caf de Mme Dubois, un trop percu réclamé : remise de dette ?", CONNUS, [])
    assert found is not None
    assert found.raisons == ("CAF", "trop-perçu", "remise de dette")


def test_what_was_set_aside_is_not_suggested_again() -> None:
    assert suggested("Un trop-perçu de la CAF", "trop_percu") is None


def test_what_people_refuse_much_more_than_they_follow_is_suggested_no_more() -> None:
    def with_answers(retenues: int, refusees: int) -> bool:
        connus = [
            replace(c, retenues=retenues, refusees=refusees) if c.code == "trop_percu" else c for c in CONNUS
        ]
        return suggest_sujet("Un trop-perçu de la CAF", connus, []) is not None

    assert with_answers(0, REFUS_MIN - 1)
    assert not with_answers(0, REFUS_MIN)
    assert with_answers(REFUS_MIN, REFUS_MIN)


@pytest.mark.parametrize("unit", ["trop-perçu ", "a ", "allocation de solidarité aux personnes ", "’"])
def test_a_long_text_costs_in_proportion_and_no_more_than_its_bound(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    known = dict(suggestion._lexique(tuple((c.code, c.mots) for c in CONNUS)))

    class Counting(dict[tuple[str, ...], Any]):
        def get(self, words: Any, default: Any = None) -> Any:
            asked.append(words)
            return super().get(words, default)

    monkeypatch.setattr(suggestion, "_lexique", lambda _: Counting(known))
    suggested(unit * (100_000 // len(unit)))
    assert len(asked) <= TEXTE_LU_MAX / 2 * max(map(len, known))


async def test_answers_are_counted_and_nothing_of_the_text_is_kept() -> None:
    signed = await signed_as(CAST.aida, NOW)
    sujet = await id_of_sujet("trop_percu")
    typed = saisie_of(signed, mode="guide", description="Un trop-perçu que Zéphyrine conteste.")
    cadre = await load_cadre(signed, typed)
    found = suggest_for(typed, cadre)
    assert found is not None
    assert found.sujet == sujet
    assert suggest_for(replace(typed, is_guide=False), cadre) is None
    assert suggest_for(replace(typed, sujet=sujet), cadre) is None
    for agent, is_followed in ((CAST.aida, True), (CAST.aida, False), (CAST.ines, False)):
        await count_answer(agent, typed, cadre, sujet, is_followed)
    await count_answer(CAST.aida, typed, cadre, await id_of_sujet("aspa"), True)  # it was not suggested
    rows = await database.fetch("select * from reponses_suggestions")
    assert [dict(row) for row in rows] == [{"sujet": sujet, "retenues": 1, "refusees": 2}]
    known = next(c for c in (await load_cadre(signed, typed)).connus if c.id == sujet)
    assert (known.retenues, known.refusees) == (1, 2)


async def test_one_agent_alone_does_not_silence_a_sujet_for_all() -> None:
    signed = await signed_as(CAST.aida, NOW)
    sujet = await id_of_sujet("trop_percu")
    typed = saisie_of(signed, mode="guide", description="Un trop-perçu contesté.")
    cadre = await load_cadre(signed, typed)
    for _ in range(REFUS_MIN + 5):
        await count_answer(CAST.aida, typed, cadre, sujet, False)
    known = next(c for c in (await load_cadre(signed, typed)).connus if c.id == sujet)
    assert known.refusees == 1
    assert not known.is_importun
