"""After any swap the focus stays on the control that was used, or goes where the act says (issue 17): a walk presses
every control of htmx on a page, by keyboard, those that its answers bring too.

A control that sends the focus anywhere else is declared with its place: an undeclared move fails. What a swap has to
say is said, once.
"""

import pytest
from playwright.sync_api import Page

from tests.navigateur.fixtures import Arrival
from tests.navigateur.marches import AIDA, WALKS, Walk
from tests.navigateur.personne import Personne

CONTROLS_MAX = 90
# What stands in the page during a walk. A control is named by its id, else its name and value, else its words; in its
# kind, figures are « # ».
FOYER = """
(() => {
  const HTMX = "[data-hx-get], [data-hx-post]";
  const TYPED = "input:not([type=hidden], [type=file], [type=checkbox], [type=radio])";
  const foyer = window.foyer = { asked: 0, ended: 0, said: [] };
  const said = (one) => one.getAttribute("aria-label") || one.innerText || (one.querySelector("img") || {}).alt || "";
  const words = (one) => `${one.tagName.toLowerCase()} ${said(one).trim()}`;
  const nameOf = (one) => one.id ? `#${one.id}` : one.name ? `${one.name}=${one.value}` : words(one).slice(0, 80);
  // One row of a list stands for all, one box of a group too.
  const kind = (one) => {
    if (one.type === "radio") return nameOf(one);
    const name = one.type === "checkbox" ? one.name : nameOf(one);
    return name.replace(/\\s+/g, " ").replace(/[0-9a-f-]{36}|\\d+/g, "#").replace(/ \\(# .*/, "");
  };
  const isReached = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
  // A form is sent by its buttons, and looked for with « Entrée » in its fields; a hidden button listens to fields.
  const controls = () => {
    const found = new Set();
    for (const one of document.querySelectorAll(HTMX)) {
      const when = one.dataset.hxTrigger || "click";
      for (const [, place] of when.matchAll(/(?:change |input [^,]*)from:(#[\\w-]+)/g))
        for (const field of document.querySelectorAll(`${place}, ${place} *`))
          if (field.matches("input:not([type=hidden]), select, textarea")) found.add(field);
      if (!one.matches("form")) { if (when.includes("click")) found.add(one); continue; }
      const sends = one.dataset.hxGet ? `button, ${TYPED}` : "button";
      for (const field of one.elements)
        if (field.matches(sends) && !field.matches("[formaction], [formtarget]")) found.add(field);
    }
    return [...found].filter(isReached);
  };
  foyer.list = () => {
    document.querySelectorAll("main details").forEach((fold) => { fold.open = true; });
    return [...new Set(controls().map(kind))];
  };
  foyer.go = (name) => {
    const one = controls().find((control) => kind(control) === name);
    if (!one) return []; // An answer of the one before took it away.
    one.focus();
    Object.assign(foyer, { stood: null, isAwaited: false });
    foyer.said.length = 0;
    // What is looked for while one types asks without a press.
    foyer.isTyped = one.id === "champ-filtre";
    if (foyer.isTyped) return ["c"];
    if (one.type === "radio" && one.checked) return ["ArrowRight"];
    if (one.matches("[type=checkbox], [type=radio]")) return ["Space"];
    if (one.type === "file") return ["file"];
    if (one.matches("select")) return [one.selectedIndex < one.length - 1 ? "ArrowDown" : "ArrowUp"];
    if (!one.matches("input, textarea") || one.form.method === "get") return ["Enter"];
    return { date: [..."01112026"], time: [..."1000"] }[one.type] || ["1", "Tab"];
  };
  foyer.where = () => nameOf(document.activeElement);
  // What refreshes by itself, and what is saved or looked at while one types, is nobody’s press. Where one stands is
  // read once the key has done all that it does: « Tab » asks, then moves on.
  document.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig, xhr } }) => {
    const { type } = requestConfig.triggeringEvent || {};
    if (!type || (type === "input" && !foyer.isTyped) || (type === "change" && elt.matches("[data-discret]"))) return;
    foyer.asked++;
    setTimeout(() => { foyer.stood = foyer.stood || foyer.where(); });
    xhr.addEventListener("loadend", () => foyer.ended++);
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const annonce = "[data-annonce]:not([role])";
    const says = target.matches(annonce) || target.querySelector(annonce);
    if (says && !target.querySelector(".ap-erreurs")) foyer.isAwaited = true;
  });
  document.addEventListener("DOMContentLoaded", () => {
    const region = document.getElementById("annonces");
    new MutationObserver(() => { if (region.textContent) foyer.said.push(region.textContent); })
      .observe(region, { childList: true, characterData: true, subtree: true });
  });
})();
"""


def press(personne: Personne, control: str) -> bool:
    """Come to it, use it, wait until all that it asked for has settled. False: it is there no more."""
    page = personne.page
    asked = page.evaluate("() => foyer.asked")
    keys = page.evaluate("(control) => foyer.go(control)", control)
    if keys == ["file"]:
        page.locator(control).set_input_files(
            {"name": "avis.txt", "mimeType": "text/plain", "buffer": b"Avis"}
        )
    else:
        for key in keys:
            page.keyboard.press(key)
    if not keys:
        return False
    page.wait_for_function("(asked) => foyer.asked > asked && foyer.asked === foyer.ended", arg=asked)
    personne.settle()
    return True


def judge(page: Page, where: str | None) -> str:
    """What is wrong with where the focus is now, and with what was said; nothing most of the time."""
    stood, here = page.evaluate("() => [foyer.stood, foyer.where()]")
    if where is None and here != stood:
        return f"the focus went from {stood} to {here}"
    if where and not page.evaluate("(where) => document.activeElement.matches(where)", where):
        return f"the focus went to {here}, not to {where}"
    if page.evaluate("() => foyer.isAwaited"):
        page.wait_for_function("() => foyer.said.length")
    said = page.evaluate("() => foyer.said")
    return f"it said {said}" if len(said) > len(set(said)) else ""


def walk(personne: Personne, here: Walk, path: str) -> None:
    """Use each control once, and those that come; the page is opened again when none is left on it."""
    personne.context.add_init_script(FOYER)
    page = personne.page

    def come() -> None:
        personne.open(path)
        if here.each:
            here.each(personne)

    come()
    met: dict[str, str] = {}
    is_fresh = True
    while len(met) < CONTROLS_MAX:
        left = [
            one
            for one in page.evaluate("() => foyer.list()")
            if one not in met.keys() | here.left_out.keys() and (not here.is_short or one in here.awaited)
        ]
        if left:
            control, is_fresh = left[0], False
            if press(personne, control):
                wheres = [where for begin, where in here.elsewhere.items() if control.startswith(begin)]
                met[control] = judge(page, wheres[0] if wheres else None)
        elif is_fresh:
            break
        else:
            come()
            is_fresh = True
    faults = [f"{control}: {wrong}" for control, wrong in met.items() if wrong]
    assert not faults, "\n".join(faults)
    assert here.awaited <= met.keys(), f"{here.awaited - met.keys()}"


@pytest.mark.parametrize("here", WALKS, ids=[one.name for one in WALKS])
def test_the_focus_stays_where_it_was_used_or_goes_where_the_act_says(
    request: pytest.FixtureRequest, arrive: Arrival, here: Walk
) -> None:
    somebody = arrive(here.who, site=request.getfixturevalue("patient") if here.is_patient else None)
    numero, titre = somebody.demo.take_demande(AIDA) if "{" in here.path or here.arrange else (0, "")
    [(groupe,)] = somebody.demo.sql("select id from groupes where nom = 'CAF 22'")
    path = here.path.format(numero=numero, titre=titre, groupe=groupe)
    path = (here.arrange(somebody, numero) if here.arrange else None) or path
    walk(somebody, here, path)
    if here.after:
        here.after(somebody)
