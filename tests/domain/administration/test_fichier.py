"""The file of the referentiel: what it says of the conditions is judged before anything is read of it."""

import json
from typing import Any

import pytest

from app.domain.administration.conditions import TEXTE_MAX
from app.domain.administration.fichier import (
    ConditionsPortees,
    FichierReferentiel,
    read_fichier,
    write_fichier,
)
from app.domain.regles.errors import Invalide
from app.domain.territoire.contenu import as_rows, shipped_contenu

NEUVES = ConditionsPortees("2026-12-01", "Tout.", "## Titre\nUn texte.")
ANCIENNES = ConditionsPortees("2026-11-01", "Rien.", "Un texte.")


def test_what_leaves_comes_back_the_last_conditions_first() -> None:
    fichier = FichierReferentiel(shipped_contenu(), (NEUVES, ANCIENNES))
    assert read_fichier(write_fichier(fichier)) == fichier
    assert read_fichier(write_fichier(fichier, indent=None)) == fichier
    reversed_ = FichierReferentiel(fichier.contenu, (ANCIENNES, NEUVES))
    assert read_fichier(write_fichier(reversed_)) == fichier


def test_a_file_without_conditions_is_that_of_before() -> None:
    alone = FichierReferentiel(shipped_contenu())
    assert json.loads(write_fichier(alone)) == json.loads(json.dumps(as_rows(alone.contenu)))
    assert read_fichier(json.dumps(as_rows(alone.contenu))) == alone


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        "x",
        ["x"],
        [{"applies_on": "2026-12-01", "texte": "Un texte."}],
        [{"applies_on": "demain", "changements": "", "texte": "Un texte."}],
        [{"applies_on": "20261201", "changements": "", "texte": "Un texte."}],
        [{"applies_on": "2026-12-01", "changements": None, "texte": "Un texte."}],
        [{"applies_on": "2026-12-01", "changements": "", "texte": "\x00"}],
        [{"applies_on": "2026-12-01", "changements": "", "texte": "\ud800"}],
        [{"applies_on": "2026-12-01", "changements": "", "texte": "x" * (TEXTE_MAX + 1)}],
        [{"applies_on": "2026-12-01", "changements": "x" * 2_001, "texte": "Un texte."}],
        [{"applies_on": "2026-12-01", "changements": "", "texte": "Un texte."}] * 11,
    ],
)
def test_conditions_of_another_shape_are_refused(conditions: Any) -> None:
    rows = as_rows(shipped_contenu())
    with pytest.raises(Invalide) as refused:
        read_fichier(json.dumps({**rows, "conditions": conditions}))
    assert list(refused.value.erreurs) == ["fichier"]
