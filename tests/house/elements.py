"""A template without its Jinja, as a list of elements and the sentences it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from jinja2 import Environment

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_JINJA = Environment(autoescape=True)


@dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str]
    line: int
    above: tuple[int, ...]  # positions, in the list, of the elements it stands in
    content: str = ""  # of a script only


def without_jinja(source: str) -> str:
    """What stands between the tags; an expression leaves a word, « 0 », and csrf_champ() the field it writes."""
    out: list[str] = []
    expression: list[str] | None = None
    for _, kind, value in _JINJA.lex(source):
        if kind == "data":
            out.append(value)
        elif kind == "variable_begin":
            expression = []
        elif kind == "variable_end":
            out.append(
                '<input type="hidden" name="csrf">' if expression and "csrf_champ" in expression else "0"
            )
            expression = None
        elif expression is not None and kind == "name":
            expression.append(value)
        out.append("\n" * value.count("\n") if kind != "data" else "")
    return "".join(out)


def phrases(source: str) -> Iterator[tuple[int, str]]:
    """The sentences handed to macros and filters: every literal of the Jinja that holds a space."""
    for line, kind, value in _JINJA.lex(source):
        if kind == "string" and " " in value[1:-1]:
            yield line, value[1:-1]


def is_only_macros(source: str) -> bool:
    """Macros are named by who calls them; they have no root."""
    depth = 0
    previous = ""
    for _, kind, value in _JINJA.lex(source):
        if kind == "name" and previous == "block_begin":
            depth += {"macro": 1, "endmacro": -1}.get(value, 0)
        if kind == "data" and depth == 0 and value.strip():
            return False
        if kind not in {"whitespace"}:
            previous = kind
    return True


def elements(source: str) -> list[Element]:
    """Every element of a template, in order."""
    reader = _Reader()
    reader.feed(without_jinja(source))
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self._open: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.append(Element(tag, attributes, self.getpos()[0], tuple(self._open)))
        if tag not in VOID:
            self._open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(self.found[position].tag == tag for position in self._open):
            while self.found[self._open.pop()].tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self.found[self._open[-1]].tag == "script" and data.strip():
            last = self.found[self._open[-1]]
            self.found[self._open[-1]] = Element(last.tag, last.attributes, last.line, last.above, data)
