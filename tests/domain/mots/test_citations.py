"""« @Inès Le Goff »: who is named, and where."""

import pytest

from app.domain.mots.citations import find_citations

NOMS = {1: "Inès Le Goff", 2: "Inès Le", 3: "Idir Hamel", 4: "Idir Hamel", 5: ""}


@pytest.mark.parametrize(
    ("texte", "found"),
    [
        ("Bonjour @Inès Le Goff, et merci.", [("@Inès Le Goff", 1)]),
        ("@ines le goff ?", [("@ines le goff", 1)]),
        ("@Inès  Le\u00a0Goff", [("@Inès  Le\u00a0Goff", 1)]),
        ("@Inès Le", [("@Inès Le", 2)]),
        ("(@Idir Hamel)", [("@Idir Hamel", 3), ("@Idir Hamel", 4)]),
        ("@Inès Le Goffic", [("@Inès Le", 2)]),
        ("contact@Idir Hamel", []),
        ("Inès Le Goff", []),
        ("@", []),
        ("@Inès Le Goff @Idir Hamel", [("@Inès Le Goff", 1), ("@Idir Hamel", 3), ("@Idir Hamel", 4)]),
    ],
)
def test_a_whole_name_after_its_sign(texte: str, found: list[tuple[str, int]]) -> None:
    assert [(texte[c.debut : c.fin], c.agent) for c in find_citations(texte, NOMS)] == found
