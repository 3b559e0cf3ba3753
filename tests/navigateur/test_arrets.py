"""The stops of Tab on the main pages, in words, as `arrets.txt` records them: a control that moves, vanishes or loses
its name is seen in a diff (issue 17).

`ARRETS=1 bin/test tests/navigateur/test_arrets.py` writes the record again, to be read before it is kept.
"""

import os
import re
from pathlib import Path

import pytest

from tests.navigateur.fixtures import Arrival

RECORD = Path(__file__).with_name("arrets.txt")
STOPS_MAX = 150
# Another story may save a view, or write in the thread.
OF_OTHERS = {"(les vues)", "(le fil)"}
# How a stop is said. What depends on what the demonstration holds is said once, by its place: rows of a list, the
# thread, the side of a demande. A number is « # ».
HERE = """
() => {
  const one = document.activeElement;
  if (one === document.body) return "";
  const places = {
    ".ap-ligne, .ap-gestes, .fr-pagination": "(les rangées)", "#demande-fil": "(le fil)", ".ap-aside": "(le côté)",
    ".ap-pieces": "(les pièces jointes)", ".ap-vues": "(les vues)",
  };
  for (const [place, said] of Object.entries(places)) if (one.closest(place)) return said;
  if (one.name === "collegues") return "(les collègues)";
  const kinds = { A: "lien", BUTTON: "bouton", SUMMARY: "pli", SELECT: "choix", TEXTAREA: "texte", MAIN: "contenu" };
  const kind = kinds[one.tagName] || { radio: "option", checkbox: "case", submit: "bouton" }[one.type] || "champ";
  const named = one.getAttribute("aria-labelledby") && document.getElementById(one.getAttribute("aria-labelledby"));
  const name = one.getAttribute("aria-label") || (named || (one.labels && one.labels[0]) || one).innerText || one.name;
  const words = name.trim().split("\\n")[0].replace(/\\s+/g, " ").replace(/\\d+/g, "#");
  return `${kind} ${words.replace(/ \\(# [^)]*\\)/, "")}`;
}
"""
PAGES = [
    (None, "/connexion"),
    (None, "/affichage"),
    (None, "/aide/contact"),
    ("ines@exemple.fr", "/demandes/recues"),
    ("ines@exemple.fr", "/demandes/{}"),
    ("aida@exemple.fr", "/demandes/nouvelle"),
    ("aida@exemple.fr", "/mandats/vierge"),
]


def read_record() -> dict[str, list[str]]:
    """By page, its stops."""
    blocks = re.split(r"^# ", RECORD.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {lines[0]: lines[1:] for lines in (block.rstrip().split("\n") for block in blocks)}


def keep_record(path: str, stops: list[str]) -> None:
    """Write this page’s stops anew, the others as they were."""
    record = (read_record() if RECORD.exists() else {}) | {path: stops}
    RECORD.write_text(
        "\n\n".join("\n".join((f"# {path}", *record[path])) for _, path in PAGES if path in record) + "\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[path for _, path in PAGES])
def test_tab_stops_where_the_record_says(arrive: Arrival, who: str | None, path: str) -> None:
    somebody = arrive(who)
    numero, _ = somebody.demo.take_demande("aida@exemple.fr")
    page = somebody.open(path.format(numero))
    stops: list[str] = []
    for _ in range(STOPS_MAX):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if not here:
            break
        if stops[-1:] != [here] and here not in OF_OTHERS:
            stops.append(here)
    else:
        raise AssertionError(f"{path}: Tab never comes to the end")
    if os.environ.get("ARRETS"):
        keep_record(path, stops)
    assert stops == read_record()[path]
