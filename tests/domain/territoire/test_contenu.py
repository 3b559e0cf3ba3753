"""The referentiel as one text: what the project ships is without fault, and a file leaves and comes back the same."""

import json
from typing import Any

import pytest

from app.domain.regles.errors import Invalide
from app.domain.territoire.contenu import (
    Contenu,
    JoursLocaux,
    Sorte,
    as_rows,
    calendar_of,
    contenu_of,
    jours_of,
    make_code,
    read_rows,
    shipped_contenu,
)
from app.referentiel.redaction import GuideRedaction


def write_contenu(contenu: Contenu) -> str:
    return json.dumps(as_rows(contenu))


def read_contenu(texte: str) -> Contenu:
    return contenu_of(read_rows(texte))


def test_what_is_shipped_leaves_and_comes_back_the_same() -> None:
    contenu = shipped_contenu().put(Sorte.JOURS, JoursLocaux("57", ("2026-12-24",), ("2026-12-26",)))
    texte = write_contenu(contenu)
    assert read_contenu(texte) == contenu
    assert write_contenu(read_contenu(texte)) == texte


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.pop("themes"),
        lambda rows: rows.update(autre=[]),
        lambda rows: rows.update(themes={}),
        lambda rows: rows["themes"].append("x"),
        lambda rows: rows["themes"][0].pop("nom"),
        lambda rows: rows["themes"][0].update(nom=1),
        lambda rows: rows["themes"][0].update(is_retire="non"),
        lambda rows: rows["themes"][0].update(rang=1),
        lambda rows: rows["themes"][0].update(code="\ud800"),
        lambda rows: rows["sujets"][0].update(documents=["\x00"]),
        lambda rows: rows["sujets"][0].update(documents="un"),
        lambda rows: rows["sujets"][0].update(documents=[1]),
        lambda rows: rows["sujets"][0].update(mots="RSA"),
        lambda rows: rows["sujets"][0].update(depuis=None),
        lambda rows: rows.update(themes=rows["themes"] * 50),
    ],
)
def test_a_file_of_another_shape_is_refused(change: Any) -> None:
    rows = json.loads(write_contenu(shipped_contenu()))
    change(rows)
    with pytest.raises(Invalide) as refused:
        read_contenu(json.dumps(rows))
    assert list(refused.value.erreurs) == ["fichier"]


def test_a_file_of_before_something_could_be_retired_is_read() -> None:
    rows = as_rows(shipped_contenu())
    for sorte in Sorte:
        for row in rows[sorte.value]:
            row.pop("is_retire", None)
    assert read_contenu(json.dumps(rows)) == shipped_contenu()


def test_a_file_of_before_sujets_had_a_guide_means_that_of_the_project() -> None:
    rows = as_rows(shipped_contenu())
    for row in rows["sujets"]:
        for champ in ("mots", "depuis", "essais", "attendu"):
            del row[champ]
    rows["sujets"].append({**rows["sujets"][0], "code": "facture_d_eau"})
    read = read_contenu(json.dumps(rows))
    assert read.sujets[:-1] == shipped_contenu().sujets
    assert (read.sujets[-1].mots, read.sujets[-1].guide) == ((), GuideRedaction())


def test_a_code_is_made_of_a_name_and_is_nobody_elses() -> None:
    contenu = shipped_contenu()
    assert make_code(Sorte.SUJETS, "L’électricité coupée !", contenu) == "l_electricite_coupee"
    assert make_code(Sorte.ORGANISMES, "CAF", contenu) == "caf_2"
    assert make_code(Sorte.ORGANISMES, "115", contenu) == "organismes"


def test_days_of_its_own_follow_the_calendar_of_a_departement() -> None:
    own = JoursLocaux("57", ("2026-12-24",), ("2026-12-26",))
    assert calendar_of("57", own) == "57;+2026-12-24;-2026-12-26"
    assert jours_of("57", calendar_of("57", own)) == own
    assert calendar_of("57", None) == "57" and calendar_of("22", None) == ""
