"""What can be clicked in a text, and what must not be."""

import time

import pytest

from app.domain.mots.liens import find_liens


def linked(texte: str) -> list[str]:
    return [texte[debut:fin] for debut, fin in find_liens(texte)]


@pytest.mark.parametrize(
    ("texte", "liens"),
    [
        ("Voir https://www.caf.fr/allocataires.", ["https://www.caf.fr/allocataires"]),
        ("(https://fr.wikipedia.org/wiki/Caf_(France))", ["https://fr.wikipedia.org/wiki/Caf_(France)"]),
        ("http://a.fr, puis HTTPS://b.fr/x?y=1&z=2#t !", ["http://a.fr", "HTTPS://b.fr/x?y=1&z=2#t"]),
        ("«\u00a0https://a.fr\u00a0»", ["https://a.fr"]),
        ("http://localhost:8000/x", ["http://localhost:8000/x"]),
        ("javascript:alert(1) ftp://a.fr data:text/html,x file:///etc/passwd", []),
        ("https:// https://. https://?x", []),
        ("https://www.banque.fr@pirate.example/", []),
        ("https://a.fr\u202egnp.exe", ["https://a.fr"]),
        ('https://a.fr"onmouseover="x', ["https://a.fr"]),
        ("https://a.fr<script>", ["https://a.fr"]),
    ],
)
def test_only_whole_web_addresses_are_links(texte: str, liens: list[str]) -> None:
    assert linked(texte) == liens


@pytest.mark.parametrize(
    "piece", ["https://", "https://a", "http://a.fr)", "((", "https://a.fr/" + "(" * 50, "…."]
)
def test_a_long_text_costs_its_length(piece: str) -> None:
    def spent(taille: int) -> float:
        texte = (piece * taille)[:taille]
        best = []
        for _ in range(5):
            begun = time.process_time()
            linked(texte)
            best.append(time.process_time() - begun)
        return min(best)

    assert spent(100_000) < max(20 * spent(10_000), 0.005)
