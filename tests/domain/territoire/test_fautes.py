"""What a content of the referentiel must not say: of its shape, of what it names, of what does not go together."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.territoire.contenu import JoursLocaux, Sorte, shipped_contenu
from app.domain.territoire.fautes import find_fautes

SHIPPED = shipped_contenu()


def changed(sorte: Sorte, code: str, **fields: Any) -> list[tuple[str, str]]:
    element = replace(SHIPPED.find(sorte, code), **fields)
    return [(faute.code, faute.champ) for faute in find_fautes(SHIPPED.put(sorte, element))]


def test_what_the_project_ships_is_without_fault() -> None:
    assert find_fautes(SHIPPED) == []


@pytest.mark.parametrize(
    ("sorte", "code", "champ", "value"),
    [
        (Sorte.THEMES, "logement", "nom", " "),
        (Sorte.THEMES, "logement", "nom", "x" * 81),
        (Sorte.THEMES, "logement", "nom", "Deux\nlignes"),
        (Sorte.THEMES, "logement", "nom", "Retraité".replace("é", "e")),
        (Sorte.THEMES, "logement", "description", "Invisible\u200b"),
        (Sorte.SUJETS, "rsa_suspendu", "theme", "inconnu"),
        (Sorte.SUJETS, "rsa_suspendu", "organismes", ("caf", "inconnu")),
        (Sorte.SUJETS, "rsa_suspendu", "organismes", ("caf", "caf")),
        (Sorte.SUJETS, "rsa_suspendu", "documents", ("Une pièce",) * 13),
        (Sorte.SUJETS, "rsa_suspendu", "documents", ("x" * 201,)),
        (Sorte.SUJETS, "rsa_suspendu", "essayez", "x" * 2_001),
        (Sorte.SUJETS, "rsa_suspendu", "mots", ("RSA",) * 21),
        (Sorte.SUJETS, "rsa_suspendu", "mots", ("x" * 81,)),
        (Sorte.SUJETS, "rsa_suspendu", "mots", ("RSA", "!!!")),
        (Sorte.SUJETS, "rsa_suspendu", "mots", ("de",)),
        (Sorte.SUJETS, "rsa_suspendu", "depuis", "x" * 201),
        (Sorte.SUJETS, "rsa_suspendu", "attendu", "Deux\nlignes"),
        (Sorte.SUJETS, "rsa_suspendu", "essais", ("appel", "inconnu")),
        (Sorte.SUJETS, "rsa_suspendu", "essais", ("appel", "appel")),
        (Sorte.ORGANISMES, "caf", "sigle", "MSA"),
        (Sorte.ORGANISMES, "caf", "champs", ("numero_inconnu",)),
        (Sorte.ORGANISMES, "prefecture", "champs", ("nir",)),
    ],
)
def test_each_fault_is_said_of_its_field(sorte: Sorte, code: str, champ: str, value: Any) -> None:
    assert (code, champ) in changed(sorte, code, **{champ: value})


def test_a_theme_is_retired_once_nothing_is_offered_under_it() -> None:
    offered = {s.code for s in SHIPPED.sujets if s.theme == "logement"}
    assert {
        code for code, champ in changed(Sorte.THEMES, "logement", is_retire=True) if champ == "theme"
    } == offered


@pytest.mark.parametrize("code", ["Majuscule", "é", "x" * 41, "a"])
def test_a_code_is_a_plain_word(code: str) -> None:
    [faute] = find_fautes(SHIPPED.put(Sorte.THEMES, replace(SHIPPED.themes[0], code=code, nom="Autre nom")))
    assert faute.code == code


@pytest.mark.parametrize(
    ("feries", "ouvres"),
    [
        (("2026-02-30",), ()),
        (("bonjour",), ()),
        (("2026-12-24", "2026-12-24"), ()),
        (("2026-12-25",), ()),
        ((), ("2026-12-24",)),
        (("9999-12-31",), ()),
        ((), ("2041-12-25",)),
        (("0001-01-03",), ()),
        (tuple(f"2027-01-{n:02}" for n in range(4, 17)), ()),
    ],
)
def test_days_are_days_that_change_something(feries: tuple[str, ...], ouvres: tuple[str, ...]) -> None:
    assert find_fautes(SHIPPED.put(Sorte.JOURS, JoursLocaux("22", feries, ouvres)))
    assert not find_fautes(SHIPPED.put(Sorte.JOURS, JoursLocaux("22", ("2026-12-24",), ("2026-12-25",))))
    assert find_fautes(SHIPPED.put(Sorte.JOURS, JoursLocaux("999", ("2026-12-24",))))
