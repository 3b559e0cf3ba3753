"""What « Voir comme » leaves of a page: everything that is read, nothing that writes."""

import pytest

from app.vitrine import PHRASE, show_only

FORM = (
    '<form method="post" action="/a"><input type="hidden" name="csrf" value="1"><button>Agir</button></form>'
)
SAISIE = '<form method="post" action="/b" id="b"><textarea name="t">a &lt; b</textarea><button>Dire</button></form>'


@pytest.mark.parametrize(
    "html",
    [
        '<!DOCTYPE html>\n<html lang="fr"><body><p>1 &lt; 2 &amp; &#233;</p><!-- rien --><br></body></html>',
        '<svg viewBox="0 0 1 1"><rect width="1"/><path d="M0 0"/></svg>',
        '<form method="get" action="/c"><input name="q"><button>Chercher</button></form>',
        '<form method="post" action="/deconnexion"><button>Se déconnecter</button></form>',
        "<ul><li>Un<li>Deux</ul><p>Après",
        '<a href="?q=%26">Suite</a> <a href="/aide#b">Aide</a>',
    ],
)
def test_what_only_reads_stays_letter_for_letter(html: str) -> None:
    assert show_only(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f"<div><p>Lu</p>{FORM}</div>", "<div><p>Lu</p></div>"),
        (f"<details><summary>Inviter</summary>{SAISIE}</details><p>Lu</p>", "<p>Lu</p>"),
        (f"<section><h2>Répondre</h2>{FORM}</section><p>Lu</p>", "<p>Lu</p>"),
        (
            f"<h2>Fil</h2><p>Lu</p><h2>Répondre</h2>{FORM}<h2>Suite</h2><p>Lu</p>",
            "<h2>Fil</h2><p>Lu</p><h2>Suite</h2><p>Lu</p>",
        ),
        (f"<table><tr><td>{FORM}</td></tr></table>", "<table><tr><td></td></tr></table>"),
        ('<p>Lu <button formaction="/d">Agir</button></p>', "<p>Lu </p>"),
        ('<p>Lu <a href="/groupes/1/membres.csv">en CSV</a></p>', "<p>Lu en CSV</p>"),
        ('<p>Lu</p><p><a class="fr-btn" href="/mandats/vierge">Imprimer</a></p>', "<p>Lu</p>"),
    ],
)
def test_what_writes_leaves_with_what_only_named_it(html: str, left: str) -> None:
    assert show_only(html) == left


def test_a_form_to_fill_in_leaves_one_sentence_on_a_page_and_takes_along_what_leads_into_it() -> None:
    ways = '<p>Lu, <a href="#b">répondre</a></p>', '<button form="b">Dire</button>'
    page = f"<main><h1>Page</h1>{ways[0]}{SAISIE}{SAISIE}{ways[1]}</main>"
    assert show_only(page) == f"<main><h1>Page</h1><p>Lu, </p>{PHRASE}</main>"
