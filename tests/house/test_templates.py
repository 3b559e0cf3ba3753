"""Templates: nothing inline, every act works without JavaScript, the id is the path, French as printed (§4)."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest
from jinja2 import Environment, nodes

from tests.house.elements import elements, is_only_macros, phrases, without_jinja
from tests.house.sources import ROOT, short, templates
from tests.typographie import fautes, fautes_page

Rule = Callable[[str, str], Iterator[tuple[int, str]]]  # (path under partials, source) -> (line, what to do)
INLINE_ATTRIBUTE = re.compile(r"(data-)?hx-on|on[a-z]+$|(data-)?hx-vars$|style$")
UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\s+false\b")


def nothing_inline(path: str, source: str) -> Iterator[tuple[int, str]]:
    is_mail = path.startswith("courriels/")  # mail readers know no stylesheet, and run no script
    for element in elements(source):
        if element.tag == "script" and (element.content or "src" not in element.attributes):
            yield element.line, "has an inline script: put it in static/aplus.js"
        if element.tag == "style" and not is_mail:
            yield element.line, "has an inline style sheet: put it in static/aplus.css"
        for name, value in element.attributes.items():
            if INLINE_ATTRIBUTE.match(name) and not (is_mail and name == "style"):
                yield (
                    element.line,
                    f"has {name}=: the Content-Security-Policy refuses it; use a class or static/aplus.js",
                )
            if value.strip().lower().startswith(("javascript:", "js:")):
                yield element.line, f"has a script in {name}=: put it in static/aplus.js"
            if name.removeprefix("data-") == "hx-trigger" and "[" in value:
                yield element.line, "filters hx-trigger with code: allowEval is off, it would never fire"
    for number, line in enumerate(source.splitlines(), 1):
        if UNESCAPED.search(line):
            yield number, "switches escaping off: give the template text, it writes the markup"


# What the HTML of everybody does not know: htmx’s own names, and roles that a table’s parts have by themselves.
TABLE_ROLES = {"table", "row", "rowgroup", "cell", "columnheader", "rowheader"}


def html_is_valid(path: str, source: str) -> Iterator[tuple[int, str]]:
    """The kinds of fault a validator found; `bench/html.py` asks one about every page."""
    for element in elements(source):
        for name, value in element.attributes.items():
            if name.startswith("hx-"):
                yield element.line, f"has {name}: HTML allows an attribute of one’s own as data-{name}"
            if name == "role" and value in TABLE_ROLES:
                yield element.line, f"says role={value} of what has it already"
        if element.attributes.get("placeholder") and element.attributes.get("type") in {
            "month",
            "date",
            "time",
        }:
            yield element.line, "has a placeholder that its type cannot show: say the format in the label"


def nothing_from_elsewhere(path: str, source: str) -> Iterator[tuple[int, str]]:
    for element in elements(source):
        address = element.attributes.get("src") or (
            element.attributes.get("href") if element.tag == "link" else ""
        )
        if address and re.match(r"(https?:)?//", address):
            yield element.line, "asks another site for a file: vendor it under static/"


def works_without_javascript(path: str, source: str) -> Iterator[tuple[int, str]]:
    found = elements(source)
    for element in found:
        names = {name.removeprefix("data-") for name in element.attributes}
        if names & {"hx-put", "hx-patch", "hx-delete"}:
            yield element.line, "asks something else than GET or POST: actions are nouns in the URL"
        if names & {"hx-get", "hx-post"} and not names & {"href", "action", "formaction"}:
            is_in_form = any(found[position].tag == "form" for position in element.above)
            if not (is_in_form and element.tag in {"button", "input", "select"}):
                yield (
                    element.line,
                    "does nothing without JavaScript: put hx-* on a link with href or a form with action",
                )


def posts_carry_the_token(path: str, source: str) -> Iterator[tuple[int, str]]:
    if path.startswith("composants/"):
        return  # the gallery of the bricks posts nowhere
    found = elements(source)
    for position, form in enumerate(found):
        if form.tag == "form" and form.attributes.get("method", "get").lower() == "post":
            inside = (e.attributes.get("name") for e in found if position in e.above)
            if not {"csrf", "_csrf"} & set(inside):
                yield form.line, "posts without the token: add {{ csrf_champ(csrf) }} inside the form"


def the_id_is_the_path(path: str, source: str) -> Iterator[tuple[int, str]]:
    place = PurePosixPath(path)
    if (
        place.suffix != ".html"
        or place.name == "page.html"
        or place.name.startswith("_")
        or len(place.parts) < 2
    ):
        return
    is_whole = re.search(r"{%-?\s*extends\b", source)  # a page too, beside page.html
    if place.parts[0] in {"courriels", "erreurs"} or is_whole or is_only_macros(source):
        return
    wanted = "-".join(place.with_suffix("").parts)
    found = elements(source)
    root = found[0].attributes.get("id", "") if found else ""
    if root not in {wanted, f"{wanted}-0"}:  # …-0: one per row, {{ numbered }}
        yield 1, f'is the region « {wanted} »: its first element must have id="{wanted}", not "{root}"'


def french_is_printed_well(path: str, source: str) -> Iterator[tuple[int, str]]:
    texte = without_jinja(source)
    found = (
        fautes_page(texte)
        if path.endswith(".html")
        else [f for line in texte.splitlines() for f in fautes(line)]
    )
    yield from ((1, faute) for faute in found)
    for line, phrase in phrases(source):
        yield from ((line, faute) for faute in fautes(phrase))


WRITTEN_IN = ("cgu/", "demande/", "groupe/comptes.html", "mandats/", "nouvelle_demande/", "profil/")


def nothing_typed_is_cut(path: str, source: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.splitlines(), 1):
        if "maxlength" in line and path.startswith(WRITTEN_IN) and 'type="search"' not in line:
            yield number, "cuts what is pasted without a word: the server says what is too long"


TYPED = {"text", "search", "email", "tel", "url", "password"}


def nothing_typed_leaves_the_page(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Browsers send what is typed to the spelling service of their maker, and keep it for who sits there next."""
    for element in elements(source):
        kind = element.attributes.get("type", "text")
        is_field = element.tag == "input" and (
            kind in TYPED or (element.attributes.get("class") == "fr-input" and kind == "0")
        )
        if not (is_field or element.tag == "textarea"):
            continue
        if element.attributes.get("spellcheck") != "false":
            yield element.line, 'lets a spelling service read what is typed: add spellcheck="false"'
        if not element.attributes.get("autocomplete"):
            yield element.line, 'lets the browser keep what is typed: add autocomplete="off"'


def a_new_tab_is_said(path: str, source: str) -> Iterator[tuple[int, str]]:
    """What is opened elsewhere says so (RGAA 13.2); where htmx answers in the page, these words go."""
    for found in re.finditer(r'<(a|button|form)\b[^>]*target="_blank".*?</\1>', source, re.DOTALL):
        if "nouvel onglet" not in found[0]:
            yield source.count("\n", 0, found.start()) + 1, "opens a tab without saying « nouvel onglet »"


def imports_serve(path: str, source: str) -> Iterator[tuple[int, str]]:
    """What an included template needs it takes in itself, so that it stands wherever it is included."""
    parsed = Environment(autoescape=True).parse(source)
    said = {one.name for one in parsed.find_all(nodes.Name) if one.ctx == "load"}
    for taken in parsed.find_all(nodes.FromImport):
        for name in (one if isinstance(one, str) else one[1] for one in taken.names):
            if name not in said:
                yield taken.lineno, f"imports {name} and does not use it"


RULES: list[Rule] = [
    imports_serve,
    a_new_tab_is_said,
    nothing_inline,
    html_is_valid,
    nothing_from_elsewhere,
    works_without_javascript,
    posts_carry_the_token,
    nothing_typed_is_cut,
    nothing_typed_leaves_the_page,
    the_id_is_the_path,
    french_is_printed_well,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_template(rule: Rule) -> None:
    faults = [
        f"{short(path)}:{line} {sentence}."
        for path in templates()
        for line, sentence in rule(
            path.relative_to(ROOT / "app/partials").as_posix(), path.read_text(encoding="utf-8")
        )
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (
            imports_serve,
            "{% from 'a.html' import badge, zone as texte %}{{ zone(badge()) }}",
            "{% from 'a.html' import badge, zone as texte %}{{ texte(badge()) }}",
        ),
        (a_new_tab_is_said, '<a target="_blank">Voir</a>', '<a target="_blank">Voir (nouvel onglet)</a>'),
        (nothing_inline, "<script>go()</script>", "<script src='/static/aplus.js' defer></script>"),
        (nothing_inline, "<style>p{}</style>", "<p class='a'>style</p>"),
        (nothing_inline, "<p onclick='x()'>", "<p class='onclick'>"),
        (nothing_inline, "<p style='color:red'>", "<p data-style='x'>"),
        (html_is_valid, "<a href='/x' hx-get='/x'>", "<a href='/x' data-hx-get='/x'>"),
        (html_is_valid, "<td role='cell'>", "<tr role='status'>"),
        (html_is_valid, "<input type='month' placeholder='AAAA'>", "<input type='month'>"),
        (nothing_inline, "<p hx-on:click='x()'>", "<p hx-target='#x'>"),
        (nothing_inline, "<a href='javascript:x()'>", "<a href='/js:x'>"),
        (nothing_inline, "<a href='/' hx-trigger='click[ctrlKey]'>", "<a href='/' hx-trigger='click'>"),
        (nothing_inline, "{{ texte | safe }}", "{{ est_safe }}"),
        (nothing_from_elsewhere, "<img src='https://x.org/a.png'>", "<a href='https://x.org'>"),
        (works_without_javascript, "<div hx-get='/x'>", "<a href='/x' hx-get='/x'>"),
        (works_without_javascript, "<a hx-get='/x'>", "<form><button hx-post='/x'></button></form>"),
        (
            works_without_javascript,
            "<form action='/x' hx-delete='/x'>",
            "<form action='/x' hx-post='{{ x }}'>",
        ),
        (
            posts_carry_the_token,
            "<form method='POST'></form>",
            "<form method='post'>{{ csrf_champ(csrf) }}</form>",
        ),
        (
            posts_carry_the_token,
            "<form method='post'></form><input name='csrf'>",
            "<form method='post'><p><input name='csrf'></p></form>",
        ),
        (nothing_typed_is_cut, "{{ zone('texte', maxlength=10000) }}", '<input type="search" maxlength="9">'),
        (
            nothing_typed_leaves_the_page,
            "<textarea autocomplete='off'>",
            "<textarea autocomplete='off' spellcheck='false'>",
        ),
        (
            nothing_typed_leaves_the_page,
            "<input class='fr-input' type='{{ type }}' spellcheck='false'>",
            "<input class='fr-input' type='{{ type }}' autocomplete='{{ a }}' spellcheck='false'>",
        ),
        (nothing_typed_leaves_the_page, "<input name='q' autocomplete='off'>", "<input type='hidden'>"),
        (the_id_is_the_path, "<ul id='fil'>", "{# x #}\n<ul id='demande-fil'>"),
        (the_id_is_the_path, "{% include dress %}<ul>", "{% extends dress %}<ul>"),
        (the_id_is_the_path, "<ul>", "<ul id='demande-fil-{{ message.id }}'>"),
        (the_id_is_the_path, "{% macro a() %}<b>{% endmacro %}<i>", "{% macro a() %}<b></b>{% endmacro %}\n"),
        (
            french_is_printed_well,
            "<p>{{ nom }} : x</p>",
            "<p title='a : b'>{{ nom }}\u00a0: {{ x ~ ':' }}</p>",
        ),
        (french_is_printed_well, "{{ bouton('Vraiment ?') }}", "{{ bouton('Vraiment\u00a0?') }}"),
    ],
)
def test_each_rule_sees_the_fault_and_only_it(rule: Rule, bad: str, good: str) -> None:
    assert list(rule("demande/fil.html", bad))
    assert not list(rule("demande/fil.html", good))
