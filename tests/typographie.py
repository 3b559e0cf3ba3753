"""French typography of a visible text: what an attentive reader would correct (product.md, opening)."""

import re
from html.parser import HTMLParser

NBSP = "\u00a0\u202f"
_ADDRESS = re.compile(r"\bhttps?://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+")
# A sign closes a word only when nothing is stuck behind it: 10:30, ?onglet= and a::b are not sentences.
_END = r"(?=[\s»)\]…]|$)"
_RULES = [
    (re.compile(r"'"), "apostrophe droite : écrire ’ (U+2019)"),
    (re.compile(r'"'), "guillemet droit : écrire « … » avec des espaces insécables"),
    (re.compile(rf"[ \t\r\n][;:!?]{_END}"), "espace ordinaire avant ; : ! ? : la rendre insécable (U+00A0)"),
    (re.compile(rf"[^\s;:!?…(\[][;:!?]+{_END}"), "espace insécable (U+00A0) manquante avant ; : ! ?"),
    (re.compile(rf"«(?![{NBSP}])"), "espace insécable (U+00A0) manquante après «"),
    (re.compile(rf"(?<![{NBSP}])»"), "espace insécable (U+00A0) manquante avant »"),
]
# Elements inside a sentence: « <strong>Titre</strong> : » reads as one; every other element ends it.
_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "em",
    "i",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
}
_INLINE |= {"time", "u", "wbr"}
_NOT_PROSE = {"script", "style", "pre", "code", "kbd", "samp", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def fautes(texte: str) -> list[str]:
    """List what is wrong in a visible text, each with its excerpt. Addresses are left alone."""
    texte = _ADDRESS.sub("0", texte)
    found = []
    for pattern, sentence in _RULES:
        for match in pattern.finditer(texte):
            excerpt = texte[max(0, match.start() - 20) : match.end() + 15]
            found.append(f"{sentence} : [{' '.join(excerpt.split(' '))!r}]")
    return found


def fautes_page(html: str) -> list[str]:
    """The same for a whole page or a fragment: what is read, block by block.

    Code, typed fields and whatever carries translate="no" (what people typed themselves) are left alone.
    """
    return [faute for bloc in blocs(html) for faute in fautes(bloc)]


def blocs(html: str) -> list[str]:
    """The visible text of a page, one string per block: « <b>Nom</b> : » reads as one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocs


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocs: list[str] = []
        self._current: list[str] = []
        self._silent: list[str] = []  # open elements since the one whose content is not ours to correct

    def end_block(self) -> None:
        texte = "".join(self._current).strip(" \t\r\n")
        if texte:
            self.blocs.append(texte)
        self._current = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_prose = tag not in _NOT_PROSE and ("translate", "no") not in attrs
        if tag not in _INLINE and not self._silent and is_prose:
            self.end_block()
        if tag not in _VOID and (self._silent or not is_prose):
            self._silent.append(tag)
            self._current.append("0" * (len(self._silent) == 1))  # a word stands there: judge what follows

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            while tag in self._silent and self._silent.pop() != tag:
                pass
        elif tag not in _INLINE:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._current.append(data)
