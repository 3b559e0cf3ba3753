"""Each template reads what its context holds, all of it and nothing else; each is rendered, filled and empty."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

import pytest
from jinja2 import meta, nodes

import app.main  # noqa: F401 - every route, and so every context
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.reperage import Trouvaille
from app.domain.listes.boites import Liste
from app.domain.listes.criteres import Criteres
from app.domain.mandats import Mandat, Section
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.mandats import NatureMandat
from app.pages import Contexte, Enveloppe, write
from app.referentiel.aide import Image
from app.routes.aide import Glossaire
from app.routes.demandes.vues import RECUES, Vue
from app.templating import PARTIALS, Sigles, environment
from tests.exemples import INSTANT, MOT, PARIS, Known, example

ENVELOPPE = {one.name for one in fields(Enveloppe)} | {one.name for one in fields(Contexte)}
CONTEXTES = sorted(Contexte.__subclasses__(), key=lambda kind: kind.__name__)
OWNED = [(kind, template) for kind in CONTEXTES for template in kind.templates]
PAGES = sorted(
    path.relative_to(PARTIALS).as_posix()
    for path in PARTIALS.rglob("*.html")
    if "{% extends" in path.read_text(encoding="utf-8")
    and not path.name.startswith("_")
    and "courriels" not in path.parts
)
# What a made-up value would make no sense for.
KNOWN: Known = {
    Sigles: Sigles(),
    Calendrier: Calendrier("Europe/Paris", ""),
    Vue: RECUES,
    (Criteres, "onglet"): "en-cours",
    (Liste, "choix"): {"organisme": ((MOT, MOT),), "departement": ()},
    (Trouvaille, "nature"): NatureIdentifiant.NIR,
    (Mandat, "contexte"): {},
    (Image, "nom"): "situation",
    (Section, "attestations"): {nature.value: MOT for nature in NatureMandat},
}


@cache
def names_read(template: str) -> frozenset[str]:
    """The names a template reads of its context, through what it includes; those it makes itself left out."""
    source = (PARTIALS / template).read_text(encoding="utf-8")
    tree = environment().parse(source)
    read = meta.find_undeclared_variables(tree).union(*map(names_read, _included(tree)))
    return frozenset(read - set(_made(tree)) - set(environment().globals))


def _included(tree: nodes.Template) -> Iterator[str]:
    """What reads the same context: templates included or extended, macros imported with it."""
    found: list[nodes.Include | nodes.Extends | nodes.FromImport] = [
        *tree.find_all(nodes.Include),
        *tree.find_all(nodes.Extends),
        *(node for node in tree.find_all(nodes.FromImport) if node.with_context),
    ]
    yield from (node.template.value for node in found if isinstance(node.template, nodes.Const))


def _made(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.With, nodes.Macro, nodes.FromImport)):
        if isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        else:
            yield from (name.name for name in node.find_all(nodes.Name) if name.ctx in {"store", "param"})


def test_every_context_says_where_it_is_shown() -> None:
    assert CONTEXTES and all(kind.templates for kind in CONTEXTES)
    assert all(kind.__dataclass_params__.frozen for kind in CONTEXTES)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", CONTEXTES, ids=lambda kind: kind.__name__)
def test_a_context_holds_what_its_templates_read_and_nothing_else(kind: type[Contexte]) -> None:
    held = {one.name for one in fields(kind)}
    for template in kind.templates:
        missing = names_read(template) - held - ENVELOPPE
        assert not missing, f"{template} reads {sorted(missing)}, which {kind.__name__} does not hold"
    unread = held - {"erreurs"} - frozenset().union(*map(names_read, kind.templates))
    assert not unread, f"{kind.__name__} holds {sorted(unread)}, which no template of it reads"


@pytest.mark.parametrize("template", PAGES)
def test_a_page_has_one_context_or_reads_only_of_the_visit(template: str) -> None:
    owners = [kind.__name__ for kind, owned in OWNED if owned == template]
    assert len(owners) <= 1, owners
    missing = frozenset() if owners else names_read(template) - ENVELOPPE
    assert not missing, f"{template} reads {sorted(missing)}: write its Contexte beside its handler"


def test_the_document_around_a_page_reads_only_of_the_visit() -> None:
    assert names_read("_shell.html") | names_read("_fragment.html") <= ENVELOPPE


@pytest.mark.parametrize("is_full", [True, False], ids=["filled", "empty"])
@pytest.mark.parametrize(("kind", "template"), OWNED)
def test_a_template_is_rendered_with_every_field(
    kind: type[Contexte], template: str, *, is_full: bool
) -> None:
    """StrictUndefined: what an object of the context does not have is an error, in whatever branch is taken."""
    context = example(kind, is_full=is_full, known=KNOWN)
    enveloppe = Enveloppe(
        agent=example(Signed, is_full=is_full, known=KNOWN),
        csrf=MOT,
        now=INSTANT,
        zone=PARIS,
        is_demo=is_full,
        is_read_only=is_full,
        peut_creer=is_full,
        dress="_shell.html" if template in PAGES else None,
    )
    assert write(template, context, enveloppe).strip()


def test_a_context_is_refused_by_a_template_it_does_not_list() -> None:
    with pytest.raises(TypeError, match=r"Glossaire does not list cgu/page\.html"):
        write("cgu/page.html", Glossaire(termes=[]), example(Enveloppe, is_full=True, known=KNOWN))
