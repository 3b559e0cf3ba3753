"""The proof-reader itself: what it must see, what it must leave alone."""

import ast

import pytest

from app.settings import ROOT
from tests.typographie import blocs, fautes, fautes_page

NB = "\u00a0"


@pytest.mark.parametrize(
    "texte",
    [
        "L'usager attend",
        'Cliquez sur "Envoyer"',
        "Que faire ?",
        "Bonjour !",
        "Organisme : CAF",
        "Attention: urgent",
        "Que faire?",
        "Quoi?!",
        "La CAF (urgent; à relire) attend",
        f"« Envoyer{NB}»",
        f"«{NB}Envoyer »",
        "«Envoyer»",
    ],
)
def test_a_fault_is_seen(texte: str) -> None:
    assert fautes(texte)


@pytest.mark.parametrize(
    "texte",
    [
        f"L’usager attend depuis 10:30{NB}; que faire\u202f? «{NB}Rien{NB}»{NB}!",
        f"Voir https://example.org/demandes?onglet=a;b ou ecrire@example.org{NB}!",
        f"Quoi{NB}?! (?) Si…{NB}!",
        "Page 1/2, 3 jours ouvrés.",
    ],
)
def test_a_correct_sentence_is_left_alone(texte: str) -> None:
    assert fautes(texte) == []


def test_a_page_is_read_block_by_block() -> None:
    html = (
        "<h1>Demande</h1><p><strong>Titre</strong>&nbsp;: <a href='/x?y'>lien</a></p><ul><li>seul</li></ul>"
    )
    assert blocs(html) == ["Demande", f"Titre{NB}: lien", "seul"]
    assert fautes_page(html) == []
    assert fautes_page("<p><b>Titre</b> : x</p>")
    assert fautes_page("<p><b>Titre</b>: x</p>")


def test_what_people_typed_and_code_are_left_alone() -> None:
    kept = "<p translate='no'>J'ai <b>dit : non</b><br>c'est tout</p>"
    kept += "<textarea>l'avis ?</textarea><code>a='b'</code>"
    assert fautes_page(kept) == []
    assert fautes_page(kept + "<p>Vraiment ?</p>")


def test_what_the_demonstration_says_is_careful_french() -> None:
    """A terminal is read too: no page stands between it and whoever starts the demonstration."""
    tree = ast.parse((ROOT / "app" / "__main__.py").read_text(encoding="utf-8"))
    [demo] = [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "demo_command"
    ]
    said = [_say(one) for one in ast.walk(demo) if isinstance(one, ast.JoinedStr | ast.Constant)]
    french = [texte for texte in said if not texte.isascii()]
    assert any("Prêt" in texte for texte in french) and any("Le port" in texte for texte in french)
    assert [faute for texte in french for faute in fautes(texte)] == []


def _say(node: ast.JoinedStr | ast.Constant) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in parts)
