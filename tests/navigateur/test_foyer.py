"""After any swap the focus stays on the control that was used, or goes where the act says (issue 17): a walk presses
every control of htmx on a page, by keyboard, those that its answers bring too.

A control that sends the focus anywhere else is declared with its place: an undeclared move fails. What a swap has to
say is said, once.
"""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

CONTROLS_MAX = 90
# What stands in the page during a walk. A control is named by its id, else its name and value, else its words; in its
# kind, figures are « # ».
FOYER = """
(() => {
  const HTMX = "[data-hx-get], [data-hx-post]";
  const TYPED = "input:not([type=hidden], [type=file], [type=checkbox], [type=radio])";
  const foyer = window.foyer = { asked: 0, ended: 0, said: [] };
  const words = (one) => `${one.tagName.toLowerCase()} ${(one.getAttribute("aria-label") || one.innerText).trim()}`;
  const nameOf = (one) => one.id ? `#${one.id}` : one.name ? `${one.name}=${one.value}` : words(one).slice(0, 80);
  // One row of a list stands for all, one box of a group too.
  const kind = (one) => {
    if (one.type === "radio") return nameOf(one);
    return (one.type === "checkbox" ? one.name : nameOf(one)).replace(/\\s+/g, " ").replace(/\\d+/g, "#");
  };
  const isReached = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
  // A form is sent by its buttons, and looked for with « Entrée » in its fields; a hidden button listens to fields.
  const controls = () => {
    const found = new Set();
    for (const one of document.querySelectorAll(HTMX)) {
      const when = one.dataset.hxTrigger || "click";
      for (const [, place] of when.matchAll(/change from:(#[\\w-]+)/g))
        for (const field of document.querySelectorAll(`${place}, ${place} *`))
          if (field.matches("input:not([type=hidden], [type=file]), select, textarea")) found.add(field);
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
    if (one.type === "radio" && one.checked) return ["ArrowRight"];
    if (one.matches("[type=checkbox], [type=radio]")) return ["Space"];
    if (one.matches("select")) return [one.selectedIndex < one.length - 1 ? "ArrowDown" : "ArrowUp"];
    if (!one.matches("input, textarea") || one.form.method === "get") return ["Enter"];
    return { date: [..."01112026"], time: [..."1000"] }[one.type] || ["1", "Tab"];
  };
  foyer.where = () => nameOf(document.activeElement);
  // What refreshes by itself, and what is saved or looked at while one types, is nobody’s press. Where one stands is
  // read once the key has done all that it does: « Tab » asks, then moves on.
  document.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig, xhr } }) => {
    const { type } = requestConfig.triggeringEvent || {};
    if (!type || type === "input" || (type === "change" && elt.matches("[data-discret]"))) return;
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
ERREURS = ".ap-erreurs"


@dataclass
class Walk:
    """The controls of one page. `met` must be among them; `elsewhere`: where those that move the focus send it, by the
    beginning of their kind.
    """

    who: str | None
    path: str
    met: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Not pressed here, and why."""


def press(personne: Personne, control: str) -> bool:
    """Come to it, use it, wait until all that it asked for has settled. False: it is there no more."""
    page = personne.page
    asked = page.evaluate("() => foyer.asked")
    keys = page.evaluate("(control) => foyer.go(control)", control)
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
    page = personne.open(path)
    met: dict[str, str] = {}
    is_fresh = True
    while len(met) < CONTROLS_MAX:
        left = [
            one for one in page.evaluate("() => foyer.list()") if one not in met.keys() | here.left_out.keys()
        ]
        if left:
            control, is_fresh = left[0], False
            if press(personne, control):
                wheres = [where for begin, where in here.elsewhere.items() if control.startswith(begin)]
                met[control] = judge(page, wheres[0] if wheres else None)
        elif is_fresh:
            break
        else:
            personne.open(path)
            is_fresh = True
    faults = [f"{control}: {wrong}" for control, wrong in met.items() if wrong]
    assert not faults, "\n".join(faults)
    assert here.met - met.keys() == set()


AIDA, INES, ROSE, ADA, ELIE = (f"{nom}@exemple.fr" for nom in ("aida", "ines", "rose", "ada", "elie"))
PAGES = {"#page-#", "#page-suivante", "#page-precedente"}
RIEN_DE_COCHE = {"acte=non_lue": ERREURS, "acte=rappel": ERREURS}
# The answer is a line of the thread, or waits there before it leaves.
LIGNE = "#demande-fil [data-focus]"
TITRE_INVITER = "#inviter-titre"
DEMANDE = {
    "button Inviter": ERREURS,
    "button Noter le rappel": "#champ-rappel_le",
    "button afficher": "#demande-usager dd",
    "photos=ouvrir": "#pieces_jointes-joints h3",
}
WALKS = [
    Walk(
        AIDA,
        "/demandes?onglet=en-cours&urgentes=1&non_lues=1",
        {
            "#demandes-onglet-brouillons",
            "#filtre-q",
            "#demandes-filtre-#",
            "#demandes-rythme",
            "#demandes-cocher",
        },
        {"#demandes-sans-filtre": "h1", **RIEN_DE_COCHE},
    ),
    Walk(
        INES,
        "/demandes/recues?onglet=en-cours",
        {"#demandes-onglet-nouvelles", "#demandes-filtrer", "#demandes-actualiser"},
        {"acte=prise": ERREURS, **RIEN_DE_COCHE},
    ),
    Walk(ELIE, "/demandes/suivies", {"#demandes-actualiser"}),
    Walk(AIDA, "/quoi-de-neuf?periode=semaine", {"#neuf-periode"}),
    Walk(ADA, "/groupes?q=CAF", {"#filtre-q", "#filtrer"} | PAGES, {"a Effacer les filtres": "#groupes"}),
    Walk(ROSE, "/groupes/{groupe}?q=zzz", {"#filtre-q"}, {"a Effacer les filtres": "#groupe-membres"}),
    Walk(ROSE, "/groupes/{groupe}/demandes", {"#filtrer"} | PAGES),
    Walk(ADA, "/statistiques", {"#filtre-du", "#filtrer"}),
    Walk(ADA, "/deploiement", {"#filtrer"}),
    Walk(
        ADA,
        "/administration/journal?qui=aida",
        {"#filtre-qui", "#filtrer"} | PAGES,
        {"a Effacer les filtres": "#administration-journal"},
    ),
    Walk(
        ADA,
        "/administration/agents?q=aida",
        {"#filtrer"} | PAGES,
        {"a Effacer les filtres": "#administration-agents"},
    ),
    Walk(AIDA, "/procedures?q=rsa", {"#procedures-q", "#filtrer"}, {"a Tout revoir": "h2"}),
    Walk(AIDA, "/aide?q=mandat", {"#aide-q", "#filtrer"}),
    Walk(
        INES,
        "/demandes/{numero}",
        {"#demande-actualiser", "#demande-rythme", "button Afficher", "photos=voir", "#suivi-suivre"},
        {
            "button Je ": LIGNE,
            "button Confirmer": LIGNE,
            "button Confier": ERREURS,
            "button Envoyer": ERREURS,
            "transfert=": ERREURS,
            "a Transférer": TITRE_INVITER,
            **DEMANDE,
        },
    ),
    Walk(
        AIDA,
        "/demandes/{numero}",
        {"#demande-actualiser", "#demande-rythme", "button Enregistrer le brouillon", "#suivi-suivre"},
        {
            "#inviter-ouvrir": TITRE_INVITER,
            "button Ajouter": ERREURS,
            "button Envoyer": ERREURS,
            **DEMANDE,
        },
    ),
    Walk(
        AIDA,
        "/demandes/{numero}/mandat",
        {"button Révoquer le mandat", "button Enregistrer le mandat"},
        {"button Révoquer": "h2", "button Enregistrer": ERREURS},
    ),
    Walk(
        AIDA,
        "/demandes/nouvelle",
        {"etape=guide", "etape=libre", "etape=filtrer", "#champ-theme", "#champ-departement", "#champ-sujet"}
        | {
            "groupes",
            "#champ-prenom",
            "#champ-titre",
            "#champ-mandat",
            "#champ-mandat-2",
            "#champ-mandat-3",
            "etape=enregistrer",
        },
        {
            "button Envoyer ma demande": ERREURS,
            "photos=ouvrir": "#pieces_jointes-joints h3",
            "etape=sms": ERREURS,
        },
        {"etape=plus_tard": "it leaves for the list of drafts: parcours/test_brouillons.py"},
    ),
]


@pytest.mark.parametrize("here", WALKS, ids=[one.path for one in WALKS])
def test_the_focus_stays_where_it_was_used_or_goes_where_the_act_says(arrive: Arrival, here: Walk) -> None:
    somebody = arrive(here.who)
    numero = somebody.demo.take_demande(AIDA)[0] if "{numero}" in here.path else 0
    [(groupe,)] = somebody.demo.sql("select id from groupes where nom = 'CAF 22'")
    walk(somebody, here, here.path.format(numero=numero, groupe=groupe))
