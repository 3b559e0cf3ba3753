"""What a page asks, read by eye and by ear: what each field says of itself and with which it stands (RGAA 11)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from tests.browser import LABELLED, VOID

#: Fields that say nothing by themselves: buttons, and what nobody sees.
SILENT = {"hidden", "submit", "button", "image", "reset"}


@dataclass
class Champ:
    """A field, and what stands around it."""

    nom: str
    sorte: str
    id: str
    form: int  # 0 outside every form
    groupe: int  # the innermost fieldset or role=group, 0 outside
    is_required: bool
    is_beside: bool  # the heads of its table, or the button beside it, say what it is
    is_named: bool  # by aria-label or aria-labelledby


@dataclass
class Etiquette:
    """A label or a legend: what the eye reads of it."""

    vise: str
    groupe: int
    vu: str = ""
    is_starred: bool = False


@dataclass
class _Open:
    tag: str
    attrs: dict[str, str]


@dataclass
class Lecture:
    """What a page holds of forms, in the order of the page."""

    champs: list[Champ] = field(default_factory=list)
    etiquettes: list[Etiquette] = field(default_factory=list)
    is_star_alone: bool = False
    """An asterisk comes before the words that explain it."""


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lu = Lecture()
        self._open: list[_Open] = []
        self._counts = {"form": 0, "groupe": 0}
        self._is_explained = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._counts["form"] += 1
            got["rang"] = str(self._counts["form"])
        if tag == "fieldset" or got.get("role") in {"group", "radiogroup"}:
            self._counts["groupe"] += 1
            got["groupe"] = str(self._counts["groupe"])
        if tag in {"label", "legend"}:
            self.lu.etiquettes.append(Etiquette(got.get("for", ""), self._last("groupe")))
        if tag in LABELLED and got.get("type", "text") not in SILENT and not self._is_hidden():
            self.lu.champs.append(self._read(tag, got))
        if tag not in VOID:
            self._open.append(_Open(tag, got))

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        tags = [one.tag for one in self._open]
        if "astérisque" in data:
            self._is_explained = True
        if not {"label", "legend"} & set(tags):
            return
        if any("ap-requis" in one.attrs.get("class", "") for one in self._open):
            self.lu.etiquettes[-1].is_starred = True
            self.lu.is_star_alone |= not self._is_explained
        elif not any("fr-sr-only" in one.attrs.get("class", "") for one in self._open):
            self.lu.etiquettes[-1].vu += data.strip()

    def _read(self, tag: str, got: dict[str, str]) -> Champ:
        return Champ(
            nom=got.get("name", ""),
            sorte=got.get("type", "text") if tag == "input" else tag,
            id=got.get("id", ""),
            form=self._last("rang"),
            groupe=self._last("groupe"),
            is_required=got.get("aria-required") == "true",
            is_beside=any(one.tag == "td" or one.attrs.get("role") == "search" for one in self._open),
            is_named=bool(got.get("aria-label") or got.get("aria-labelledby")),
        )

    def _last(self, what: str) -> int:
        return next((int(one.attrs[what]) for one in reversed(self._open) if what in one.attrs), 0)

    def _is_hidden(self) -> bool:
        return any("hidden" in one.attrs for one in self._open)


def form_faults(html: str) -> Iterator[str]:
    """The faults of the forms of a page, as sentences."""
    lu = _Reader(html).lu
    said = {one.vise: one for one in lu.etiquettes if one.vise}
    if lu.is_star_alone:
        yield "an asterisk is not explained before it is met"
    for champ in lu.champs:
        etiquette = said.get(champ.id)
        if not champ.is_beside and not champ.is_named and not (etiquette and etiquette.vu):
            yield f"no label to see: {champ.nom}"
        if etiquette and champ.is_required != etiquette.is_starred:
            yield f"an asterisk without its word, or a word without its asterisk: {champ.nom}"
    for one, other in pairwise(lu.champs):
        if one.form and one.form == other.form and _go_together(one, other) and not one.is_beside:
            yield f"fields of one kind in no group: {one.nom}, {other.nom}"


def _go_together(one: Champ, other: Champ) -> bool:
    """Neighbours that one question asks for and that no group holds."""
    if {one.nom.partition("-")[0], other.nom.partition("-")[0]} == {"prenom", "nom"}:
        return not one.groupe or one.groupe != other.groupe
    kinds = {one.sorte, other.sorte}
    return not one.groupe and not other.groupe and kinds in ({"checkbox"}, {"radio"}, {"date"}, {"month"})
