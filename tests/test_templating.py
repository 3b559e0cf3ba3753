"""What a template shows: escaped as Jinja escapes it, whatever it is given."""

import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from app.templating import PARTIALS, draw_once, environment, write_out


class Subclass(str):
    pass


class Html:
    def __html__(self) -> str:
        return "<b>gras</b>"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "L’été",
        "<a href=\"x\" title='y'>&amp;</a>",
        Subclass("<i>"),
        Markup("<b>"),
        Html(),
        3,
        2.5,
        None,
        True,
    ],
)
def test_what_is_shown_is_what_jinja_escapes(value: object) -> None:
    shown = (
        environment().from_string("{{ value }}|{% set t %}{{ value }}{% endset %}{{ t }}").render(value=value)
    )
    assert (write_out(value), shown) == (str(escape(value)), f"{escape(value)}|{escape(value)}")


def test_a_name_a_page_does_not_know_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ rien }}").render()


CHOIX = (
    '{% from "_composants.html" import choix %}{{ choix("sujet", "Sujet", options, valeur, est_garde=true) }}'
)


def test_options_drawn_once_follow_what_they_are_asked_of() -> None:
    choose = environment().from_string(CHOIX)
    before, after = ((1, "Allocation"), (2, "Retraite")), ((1, "Allocation"), (2, "Pension & retraite"))
    for _ in range(2):
        drawn = choose.render(options=before, valeur=2)
        assert drawn.count("<option") == 2
        assert '<option value="2" selected>Retraite</option>' in drawn
        assert '<option value="2">Retraite</option>' in choose.render(options=before, valeur=1)
        assert '<option value="2" selected>Pension &amp; retraite</option>' in choose.render(
            options=after, valeur="2"
        )
    assert draw_once.cache_info().maxsize


def test_only_the_lists_of_the_referentiel_are_kept_drawn() -> None:
    """A cache of the process outlives an erasure: no name of anybody may be in it."""
    kept = [
        (path.name, options)
        for path in PARTIALS.rglob("*.html")
        for options in re.findall(
            r"choix\([^{}]*?, (options\.\w+|\w+), [^{}]*est_garde=true", path.read_text("utf-8")
        )
    ]
    lists = ("options.categories", "options.departements", "options.sujets")
    assert sorted(kept) == [("organismes.html", options) for options in lists]
    calls = sum(path.read_text("utf-8").count("draw_once(") for path in PARTIALS.rglob("*.html"))
    assert calls == 1


def test_what_is_imported_is_made_once_but_for_what_its_context_says() -> None:
    lent, asks = environment().get_template("_composants.html"), environment().from_string("").new_context()
    # Jinja alone would make it again for whoever brings a name of its own.
    asks.globals_keys = {"sien"}
    assert lent._get_default_module(asks) is lent.module
    said = '{% from "demande/_bulle.html" import bulle with context %}{{ bulle is defined }}'
    assert environment().from_string(said).render() == "True"
