"""A very old browser is told so by a band that it alone reads, without any script."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.navigateur.axe import SPREAD
from tests.navigateur.fixtures import Arrival

STYLE = re.compile(r"/static/.*\.css")


def band_of(arrive: Arrival, *, js: bool, former: str = "", other: str = "") -> Locator:
    """The band as a browser shows it that reads `other` where our style says `former`."""

    def read(route: Route) -> None:
        answered = route.fetch()
        style = answered.text()
        assert former in style
        route.fulfill(
            status=200, content_type="text/css", body=style.replace(former, other) if former else style
        )

    somebody = arrive(None, js=js)
    somebody.page.route(STYLE, read)
    somebody.open("/connexion")
    return somebody.page.locator(".ap-ancien")


@pytest.mark.parametrize("js", [True, False], ids=["js", "sans-js"])
def test_a_recent_browser_never_shows_it(arrive: Arrival, js: bool) -> None:
    expect(band_of(arrive, js=js)).to_be_hidden()


def test_one_without_our_style_does_not_show_it_either(arrive: Arrival) -> None:
    somebody = arrive(None, js=False)
    somebody.page.route(STYLE, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    somebody.open("/connexion")
    expect(somebody.page.locator(".ap-ancien")).to_be_hidden()


def test_one_that_does_not_know_our_selectors_shows_it(arrive: Arrival) -> None:
    band = band_of(arrive, js=False, former="selector(:is(a))", other="selector(:jamais(a))")
    expect(band).to_be_visible()
    expect(band).to_contain_text("tout y reste possible")


# What an engine of 2014 does not read: a declaration with a variable, a grid, a gap between flexible boxes.
UNREAD = re.compile(
    r"(?<=[{;])\s*(?:--[\w-]+:[^;{}]*|[\w-]+:[^;{}]*var\([^;{}]*|display:\s*(?:inline-)?grid|(?:grid|row|column)-[\w-]+:[^;{}]*"
    r"|gap:[^;{}]*|inset:[^;{}]*)(?:;|(?=}))"
)
# Each control that is seen, with its box; those that are one control for the eye are left out.
MET = """
() => {
  const faults = [], say = (one) => one.outerHTML.slice(0, 120).replace(/\\s+/g, " ");
  const controls = [...document.querySelectorAll(".fr-btn, input, select, textarea, summary")].filter((one) => {
    const box = one.getBoundingClientRect(), joined = one.closest(".fr-search-bar, .fr-tabs, .fr-sr-only");
    return box.width > 2 && box.height > 2 && one.checkVisibility() && !joined;
  });
  const boxes = controls.map((one) => one.getBoundingClientRect());
  for (let i = 0; i < controls.length; i += 1) {
    for (let j = i + 1; j < controls.length; j += 1) {
      if (controls[i].contains(controls[j])) continue;
      const a = boxes[i], b = boxes[j];
      const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
      const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
      if (across < 0 && down < -1) faults.push(`one upon the other: ${say(controls[i])} and ${say(controls[j])}`);
      else if (across < 3 && down < 2) faults.push(`they touch: ${say(controls[i])} and ${say(controls[j])}`);
    }
  }
  const edge = (one) => {
    const style = getComputedStyle(one);
    return style.borderLeftStyle !== "none" && parseFloat(style.borderLeftWidth) > 0;
  };
  const framed = ".ap-message--prive, .ap-reserve, .fr-input, .fr-select, .fr-alert, .ap-carte, "
    + ".fr-btn:not(.fr-btn--tertiary-no-outline)";
  for (const one of document.querySelectorAll(framed)) {
    if (one.checkVisibility() && !edge(one)) faults.push(`no border: ${say(one)}`);
  }
  for (const one of document.querySelectorAll("summary")) {
    const is_marked = edge(one) || getComputedStyle(one).listStyleType !== "none";
    if (one.checkVisibility() && !is_marked) faults.push(`nothing says that it opens: ${say(one)}`);
  }
  return faults.slice(0, 12);
}
"""


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        (None, ("/", "/connexion", "/aide", "/affichage", "/statistiques")),
        ("aida@exemple.fr", ("/demandes", "/demandes/nouvelle", "/profil", "/demandes/recherche?q=dossier")),
        ("ines@exemple.fr", ("/demandes/recues", "/demandes/{}", "/demandes/{}/invitations", "/groupes")),
        ("rose@exemple.fr", ("/groupes/1", "/groupes/1/demandes")),
    ],
)
def test_without_variables_grid_nor_gap_every_page_stays_usable(
    arrive: Arrival, who: str | None, paths: tuple[str, ...]
) -> None:
    def read(route: Route) -> None:
        style = route.fetch().text().replace("(inset: 0)", "(jamais: 0)")
        assert UNREAD.search(style)
        route.fulfill(status=200, content_type="text/css", body=UNREAD.sub("", style))

    somebody = arrive(who)
    numero, _ = somebody.demo.take_demande("aida@exemple.fr")
    somebody.page.route(STYLE, read)
    faults = []
    for path in paths:
        page = somebody.open(path.format(numero))
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{path} at {width} px: {one}" for one in page.evaluate(MET) + page.evaluate(SPREAD)]
    assert not faults, "\n" + "\n".join(faults)
