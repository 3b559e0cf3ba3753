"""Where the links of a page say they lead: what the eye and the ear make of two that are called the same (RGAA 6.1)."""

from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.browser import VOID

#: What tells a link from its namesake: its line of a list or of a table, or its sentence.
AROUND = {"li", "tr", "p", "dd"}


class _Reader(HTMLParser):
    """The words of each link and of what it stands in, once both are read; `links`: (words, around, address)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, dict[str, str], list[str], list[tuple[str, str]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, {name: value or "" for name, value in attrs}, [], []))

    def handle_endtag(self, tag: str) -> None:
        if not any(one[0] == tag for one in self._open):
            return
        while True:
            name, attrs, words, links = self._open.pop()
            said = " ".join("".join(words).split())
            if name == "a" and attrs.get("href"):
                links.append((attrs.get("aria-label") or said, attrs["href"]))
            if name in AROUND or not self._open:
                self.links += [(link, said, href) for link, href in links]
            else:
                self._open[-1][3].extend(links)
            if self._open and attrs.get("aria-hidden") != "true":
                self._open[-1][2].extend([*words, " "])
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)


def link_faults(html: str) -> Iterator[str]:
    """Two links that are said the same, in the same words, and lead to two places."""
    places = defaultdict(set)
    for words, around, href in _Reader(html).links:
        places[words, around].add(href)
    for (words, _), hrefs in places.items():
        if len(hrefs) > 1:
            yield f"« {words} » leads to {' and '.join(sorted(hrefs))}"
