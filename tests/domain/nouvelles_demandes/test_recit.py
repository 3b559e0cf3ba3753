"""The writing guide: its words for each sujet, and how what it is told joins the demande."""

import pytest

from app import database, referentiel
from app.domain.nouvelles_demandes import recit
from app.referentiel import redaction
from app.referentiel.redaction import GuideRedaction
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.formulaire_rempli import saisie_of, send
from tests.domain.scene import signed_as


def test_each_sujet_has_its_guide_and_no_guide_is_lost() -> None:
    assert set(redaction.guides()) == {sujet.code for sujet in referentiel.sujets()}
    for guide in redaction.guides().values():
        assert guide == redaction.complete(guide)
        assert guide.depuis and guide.attendu, guide
        assert len(guide.essais) >= 2, guide
        assert set(guide.essais) <= set(redaction.essais()), guide
        assert len(set(guide.essais)) == len(guide.essais), guide


def test_what_the_guide_of_a_sujet_leaves_empty_is_that_of_any_situation() -> None:
    every = redaction.complete(None)
    assert every == redaction.guides()[redaction.AUTRE]
    assert redaction.complete(GuideRedaction()) == every
    own = redaction.complete(GuideRedaction(depuis="la date de la fuite"))
    assert own == GuideRedaction("la date de la fuite", every.essais, every.attendu)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("", (), ""), "Plus rien."),
        (("juillet", (), ""), "Plus rien.\n\nDepuis quand\u00a0: juillet"),
        (
            ("juillet", ("appel", "courrier"), "le versement"),
            "Plus rien.\n\nDepuis quand\u00a0: juillet\nDéjà essayé\u00a0: appel téléphonique, courrier\n"
            "Ce qui est attendu\u00a0: le versement",
        ),
    ],
)
def test_what_is_told_joins_the_description(told: tuple[str, tuple[str, ...], str], expected: str) -> None:
    assert recit.write_recit("Plus rien.", *told) == expected


def test_unknown_boxes_are_no_choice_and_those_of_another_sujet_stay() -> None:
    ticked = recit.read_essais(["courrier", "appel", "courrier", "<b>", "echeancier"])
    assert ticked == ("appel", "courrier", "echeancier")
    shown = recit.build_guide(redaction.guides()["aspa"], "", ticked, "")
    assert {"courrier", "echeancier"} <= {code for code, _ in shown.essais}
    assert shown.is_open
    assert not recit.build_guide(None, "", (), "").is_open


async def test_the_demande_that_leaves_holds_what_the_guide_was_told_and_is_found_by_it() -> None:
    signed = await signed_as(CAST.aida, NOW)
    typed = saisie_of(signed, depuis="le 3 juillet", essais=["appel"], attendu="un rappel des mois manquants")
    numero = await send(signed, typed, NOW)
    row = await database.fetch_one("select description, repere from demandes where numero = :n", n=numero)
    assert row is not None
    assert row["description"].endswith(
        "Depuis quand\u00a0: le 3 juillet\nDéjà essayé\u00a0: appel téléphonique\n"
        "Ce qui est attendu\u00a0: un rappel des mois manquants"
    )
    assert "rappel des mois manquants" in row["repere"]
    assert await send(signed, typed, NOW) == numero  # the very same form is one demande
