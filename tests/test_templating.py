"""What a template shows: escaped as Jinja escapes it, whatever it is given."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from app.templating import environment, write_out


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
