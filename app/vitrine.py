"""A page as « Voir comme » shows it: to be looked at, with nothing on it that writes.

Every act would be refused there (`app/porte.py`). Which ones a page offers is decided by its templates, from the rights
of its agent; so what they drew is read again, once for all of them, and what could only lead to a refusal is left out.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

#: « Voir comme » is left here. Whoever is in it may also sign out, and choose how pages are shown in their browser.
FIN = "/administration/vue/fin"
AFFICHAGE = "/affichage"
SORTIES = (FIN, "/deconnexion")
ACTES = (*SORTIES, AFFICHAGE)
#: What is a file, a secret, or only of its own agent is not shown to who looks at their pages.
WITHHELD = re.compile(
    r"/(pieces-jointes|mandats|demandes/\d+/mandat|connexion|reprise|cgu|profil/second-facteur|profil/donnees)\b|.*\.(csv|ods|json|pdf|txt|html)$"
)
PHRASE = (
    '<p class="ap-soft">Un formulaire se trouve ici\u00a0: il n’est pas montré à qui regarde les pages de'
    " quelqu’un d’autre.</p>"
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_TITLES = frozenset(("h2", "h3", "h4", "h5", "h6"))
#: These name what stands beside them, and say nothing alone.
_NAMES = _TITLES | {"summary", "label", "legend"}
#: These keep their place even empty, for the page or the table to hold.
_KEPT = frozenset(
    ["html", "body", "header", "main", "nav", "table", "tbody", "thead", "tr", "td", "th", "dl", "dt", "dd"]
)
_FIELDS = frozenset(("textarea", "select"))


@dataclass
class _Element:
    """One element as it was written: its parts, joined again, give the same text."""

    nom: str = ""
    attrs: dict[str, str | None] = field(default_factory=dict)
    debut: str = ""
    enfants: list[Self | str] = field(default_factory=list)
    fin: str = ""

    def write(self) -> str:
        inside = "".join(part if isinstance(part, str) else part.write() for part in self.enfants)
        return f"{self.debut}{inside}{self.fin}"

    def walk(self) -> list[Self]:
        """It and what it holds."""
        held = [part for part in self.enfants if not isinstance(part, str)]
        return [self, *[one for part in held for one in part.walk()]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.opened = [_Element()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if tag not in _VOID:
            self.opened.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        # An element whose end may be left unwritten ends with the one around it.
        while len(self.opened) > 1 and self.opened[-1].nom != tag:
            self.opened.pop()
        self.opened.pop().fin = f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self.opened[-1].enfants.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.handle_data(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.handle_data(f"<!{decl}>")

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> _Element:
        element = _Element(tag, dict(attrs), self.get_starttag_text() or "")
        self.opened[-1].enfants.append(element)
        return element


def show_only(html: str) -> str:
    """The same page or region, without what writes, what leads there, and the titles that would stand above nothing."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.opened[0]
    _Window(page).clear(page)
    return page.write()


class _Window:
    """What leaves one page, and what leaves with it."""

    def __init__(self, page: _Element) -> None:
        acts = [one for one in page.walk() if _is_act(one)]
        gone = [one for act in acts for one in act.walk()]
        self.forms = {one.attrs["id"] for one in acts if one.nom == "form" and "id" in one.attrs}
        self.places = {f"#{one.attrs['id']}" for one in gone if "id" in one.attrs}
        self.has_said = False

    def clear(self, element: _Element, *, is_folded: bool = False) -> bool:
        """Take out of it what writes; True when something left."""
        is_folded, has_gone = is_folded or element.nom == "details", False
        left: list[_Element | str | None] = []
        for part in element.enfants:
            if isinstance(part, str):
                left.append(part)
            elif _is_act(part) or self._leads_to_one(part):
                has_gone = True
                left.append(None)
                if part.nom == "form" and _has_fields(part) and not (is_folded or self.has_said):
                    self.has_said = True
                    left.append(PHRASE)
            elif self.clear(part, is_folded=is_folded):
                has_gone = True
                left.append(part if part.nom in _KEPT or _says(part) else None)
            else:
                left.append(part)
            if isinstance(part, _Element) and _is_withheld(part):
                part.debut = part.fin = ""
        element.enfants = [part for part in _without_bare_titles(left) if part is not None]
        return has_gone

    def _leads_to_one(self, element: _Element) -> bool:
        """A control of a form that left, a link to a place inside it, a button to what is withheld."""
        if element.nom == "a":
            is_button = "fr-btn" in (element.attrs.get("class") or "").split()
            return element.attrs.get("href") in self.places or (is_button and _is_withheld(element))
        return element.attrs.get("form") in self.forms


def _is_withheld(element: _Element) -> bool:
    """A link to what is not shown; its words stay, since a sentence may hold them."""
    return element.nom == "a" and bool(WITHHELD.match((element.attrs.get("href") or "").partition("?")[0]))


def _is_act(element: _Element) -> bool:
    attrs = element.attrs
    if element.nom == "form":
        return (attrs.get("method") or "").lower() == "post" and attrs.get("action") not in ACTES
    return "formaction" in attrs or "data-hx-post" in attrs


def _has_fields(form: _Element) -> bool:
    return any(
        one.nom in _FIELDS or (one.nom == "input" and one.attrs.get("type") != "hidden")
        for one in form.walk()
    )


def _says(element: _Element) -> bool:
    """It says something besides the names of what it no longer holds."""
    return any(
        bool(part.strip())
        if isinstance(part, str)
        else part.nom not in _NAMES and (part.nom == "img" or _says(part))
        for part in element.enfants
    )


def _without_bare_titles(parts: list[_Element | str | None]) -> list[_Element | str | None]:
    """Leave out a title when everything that stood between it and the next one is gone."""
    kept: list[_Element | str | None] = []
    has_gone, says = False, False
    for part in reversed(parts):
        is_title = isinstance(part, _Element) and part.nom in _TITLES
        if is_title and has_gone and not says:
            continue
        kept.append(part)
        if is_title:
            has_gone = says = False
        elif part is None:
            has_gone = True
        elif not isinstance(part, str) or part.strip():
            says = True
    return kept[::-1]
