"""What a page must never do to anyone: axe-core's rules, and no sideways scrolling (quality A1)."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """
async (values) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values }, resultTypes: ["violations"], selectors: false, preload: false,
  });
  return found.violations.map((v) => `${v.id} (${v.help}): ` + v.nodes.map((n) => n.html).join(" | "));
}
"""
# What is folded must be right too.
UNFOLD = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# What can be done to ticked rows follows the eyes over them: they are looked at from where it lies in its own place.
LAY = "() => document.querySelector('.ap-gestes') && scrollTo(0, document.body.scrollHeight)"
# Who sticks out, innermost first; what scrolls by itself inside its own frame may be as wide as it needs.
SPREAD = """
() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.body.querySelectorAll("*")].reverse()
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map((one) => `wider than the screen: ${one.outerHTML.slice(0, 160)}`)
    .concat(["the page scrolls sideways"])
"""


def look_at(page: Page) -> list[str]:
    """The faults of this page at 1280 px by day and at 320 px by night, everything unfolded; nothing is excluded."""
    page.evaluate(AXE)
    page.evaluate(UNFOLD)
    page.set_viewport_size({"width": 1280, "height": 900})
    faults = [f"1280 px: {fault}" for fault in _run(page)]
    page.set_viewport_size({"width": 320, "height": 900})
    page.emulate_media(color_scheme="dark")
    faults += [f"320 px: {fault}" for fault in _run(page)]
    page.emulate_media(color_scheme="light")
    return faults


def _run(page: Page) -> list[str]:
    page.evaluate(LAY)
    return [*page.evaluate(RUN, TAGS), *page.evaluate(SPREAD)]
