"""Every control that asks by htmx is pressed by a walk that looks where the focus goes (issue 17)."""

import re

from tests.house.sources import short, templates
from tests.navigateur.marches import PRESSED, WALKS

ASKS = re.compile(r"data-hx-(?:get|post)(?=(\")?[=:])")
HOLDER = re.compile(r"\b(?:macro|set) (\w+)")
# Nobody presses what asks by itself.
BY_ITSELF = {"profil/_session.html"}


def count_controls(source: str) -> int:
    """The places that ask: an attribute is one, a macro or a set of attributes is as many as its uses here."""
    source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    found, holders = 0, set()
    for ask in ASKS.finditer(source):
        before = list(HOLDER.finditer(source, 0, ask.start()))
        if not ask[1]:
            found += 1
        elif before and before[-1][1] not in holders:
            holder = before[-1][1]
            holders.add(holder)
            found += max(1, len(re.findall(rf"\b{holder}\b", source)) - 1)
    return found


def test_every_control_of_htmx_is_walked_by_keyboard() -> None:
    """A control that a template gains is named in `tests/navigateur/marches.py`, and a walk there meets it."""
    found = {}
    for path in templates():
        name = short(path).removeprefix("app/partials/")
        asks = count_controls(path.read_text(encoding="utf-8"))
        if asks and name not in BY_ITSELF:
            found[name] = asks
    assert found == {name: len(pressed) for name, pressed in PRESSED.items()}
    assert PRESSED.keys() - {template for walk in WALKS for template in walk.of} == set()


def test_the_places_that_ask_are_counted() -> None:
    assert count_controls('{# data-hx-get="a" #}<a data-hx-get="b">') == 1
    assert (
        count_controls('{% macro vers(u) %}{{ {"data-hx-get": u} | xmlattr }}{% endmacro %}<a{{ vers(1) }}>')
        == 1
    )
    two = '{% set ici = {"data-hx-post": u, "data-hx-swap": "none"} %}<a{{ ici | xmlattr }}><a{{ dict(ici, id=1) }}>'
    assert count_controls(two) == 2
