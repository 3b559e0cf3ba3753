"""The mandat in two languages: every text of the frozen French has its translation, in the letters of its language."""

import re

import pytest

from app.domain.mandats import traductions
from app.domain.mandats.textes import VERSION
from app.domain.mandats.traductions import get_traduction, list_blocs, list_paires, list_traductions
from app.domain.regles.errors import Introuvable

LETTRES = {"ar": r"[\u0600-\u06ff]", "uk": r"[\u0400-\u04ff]", "zh": r"[\u4e00-\u9fff]"}
#: What a translation must not lose: the numbers of its French.
NOMBRES = re.compile(r"\d+")
#: The name of the service, and that of the bodies one may turn to.
NOMS = ("Administration+", "France Travail", "RGPD", "CNIL", "cnil.fr")


def test_the_languages_asked_for_are_there() -> None:
    assert {one.langue for one in list_traductions()} == {"ar", "en", "es", "pt", "ro", "tr", "uk", "zh"}
    assert all(list_blocs(one.version) == list_blocs(VERSION) for one in list_traductions())
    assert [one.langue for one in list_traductions() if one.sens == "rtl"] == ["ar"]
    for unknown in ("", "fr", "../x", "EN"):
        with pytest.raises(Introuvable):
            get_traduction(unknown)


def test_a_french_that_changed_is_offered_without_its_old_translations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traductions, "get_empreinte", lambda version, nom: f"{version}/{nom}")
    assert list_traductions.__wrapped__() == ()


def test_the_french_is_read_whole_from_the_frozen_text() -> None:
    blocs = list_blocs()
    assert [sum(bloc.sorte == sorte for bloc in blocs) for sorte in ("h1", "h2", "champ", "cadre", "li")] == [
        1,
        8,
        7,
        2,
        6,
    ]
    assert blocs[0].texte == "Mandat pour débloquer une situation administrative"
    assert not any("{" in bloc.texte or "<" in bloc.texte for bloc in blocs)


@pytest.mark.parametrize("langue", [one.langue for one in list_traductions()])
def test_each_text_says_as_much_as_its_french(langue: str) -> None:
    for bloc, traduit in list_paires(get_traduction(langue)):
        assert sorted(NOMBRES.findall(traduit)) == sorted(NOMBRES.findall(bloc.texte)), traduit
        if pattern := LETTRES.get(langue):
            assert re.search(pattern, traduit), traduit
        for nom in NOMS:
            if nom in bloc.texte and not (nom == "RGPD" and langue == "en"):
                assert nom in traduit, (nom, traduit)
