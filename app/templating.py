"""One strict Jinja environment for pages, courriels and mandats; dates are said in the reader's time zone."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    nodes,
    pass_context,
    select_autoescape,
)
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from app.dessin import draw_qr
from app.domain.mots import dates
from app.domain.mots.citations import find_citations
from app.domain.mots.liens import find_liens
from app.referentiel.aide import Terme, sigles
from app.settings import ROOT, get_settings

PARTIALS = Path(__file__).parent / "partials"
STATIC = ROOT / "static"
PIECE = 32_000


def _with_now(say: Callable[[Any, datetime, Any], str]) -> Callable[[Context, Any], str]:
    @pass_context
    def filtre(context: Context, value: Any) -> str:
        return say(value, context["now"], context["zone"])

    return filtre


def _with_zone(say: Callable[[Any, Any], str]) -> Callable[[Context, Any], str]:
    @pass_context
    def filtre(context: Context, value: Any) -> str:
        return say(value, context["zone"])

    return filtre


@pass_context
def _age(context: Context, value: datetime) -> str:
    return dates.age(value, context["now"])


def _iso(value: datetime | date) -> str:
    """For `<time datetime>`, which knows no more than thousandths of a second."""
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value.isoformat()


def paragraphes(texte: str, cites: Iterable[tuple[int, str]] = (), lien: str = "") -> Markup:
    """Typed text as paragraphs and line breaks, escaped. Who it cites is a link to `lien` followed by their number, and
    so is each address of the web.
    """
    # Escaped once and whole: thirty thousand short paragraphs, escaped one by one, held everybody up for a second.
    blocks = (block.strip() for block in str(_cite(texte, dict(cites), lien)).split("\n\n"))
    return Markup("".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks if block))  # noqa: S704


def _cite(texte: str, noms: Mapping[int, str], lien: str) -> Markup:
    """The text escaped; where two people bear the name, the link leads to the first."""
    written, here = [], 0
    for citation in find_citations(texte, noms):
        if citation.debut >= here:
            named = texte[citation.debut : citation.fin]
            link = Markup('<a href="{}{}">{}</a>').format(lien, citation.agent, named)
            written += [*_link(texte[here : citation.debut]), link]
            here = citation.fin
    return Markup("").join([*written, *_link(texte[here:])])


def _link(texte: str) -> Iterator[Markup]:
    """The text escaped, its web addresses as links; they open in the same tab, where Back finds what was typed."""
    here = 0
    for debut, fin in find_liens(texte):
        yield escape(texte[here:debut])
        yield Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(texte[debut:fin])
        here = fin
    yield escape(texte[here:])


class Sigles:
    """The acronyms of a page: the first time each is met, its words stand behind it, whole in `vus`.

    What is marked is what `paragraphes` made. Its links are left as they are, since their addresses may hold capitals.
    """

    def __init__(self) -> None:
        self.vus: dict[str, Terme] = {}

    def mark(self, html: Markup) -> Markup:
        """The same text, letter for letter, with `abbr` around what is met for the first time."""
        return Markup(_sigle().sub(self._explain, str(html)))  # noqa: S704 - escaped by `paragraphes`

    def _explain(self, found: re.Match[str]) -> str:
        sigle, begun = found[0], found.start()
        if sigle.startswith("<"):
            return sigle
        is_end_of_word = begun > 0 and found.string[begun - 1].isalnum()
        if is_end_of_word or sigle in self.vus:
            return sigle
        self.vus[sigle] = terme = sigles()[sigle]
        return f'<abbr title="{escape(terme.developpe)}">{sigle}</abbr>'


@cache
def _sigle() -> re.Pattern[str]:
    # Without a test before the word the engine jumps from capital to capital, four times as fast.
    return re.compile(rf"<a [^>]*>[^<]*</a>|(?:{'|'.join(map(re.escape, sigles()))})\b")


def pluriel(nombre: int, singulier: str, au_pluriel: str | None = None) -> str:
    """« 1 personne », « 3 personnes », « 0 personne »: French plurals start at two."""
    mot = singulier if nombre < 2 else (au_pluriel or singulier + "s")
    return f"{nombre} {mot}"


@cache
def asset(name: str) -> str:
    """The address of a static file, changed whenever its content is."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def write_out(value: Any) -> str:
    """What a template shows, escaped. `escape` wraps it in a `Markup`, at five times the cost, for nobody."""
    if type(value) is str:
        return str(_escape_inner(value))
    return value if type(value) is Markup else str(escape(value))


class _Macro(Macro):
    """Jinja’s own, called by `_Context` at half the cost: a page calls a hundred and fifty."""

    def write(self, args: tuple[Any, ...], named: dict[str, Any]) -> str:
        """What it draws. Raises TypeError for what it does not take."""
        if self.catch_kwargs or self.catch_varargs or self.explicit_caller:
            return self(*args, **named)
        values = [*args, *[named.pop(name, missing) for name in self.arguments[len(args) :]]]
        if self.caller:
            values.append(named.pop("caller", None) or self._environment.undefined(name="caller"))
        if named or len(args) > self._argument_count:
            raise TypeError(f"macro {self.name!r} takes neither {args[self._argument_count :]} nor {named}")
        drawn = self._func(*values)
        return str.__new__(Markup, drawn) if self._default_autoescape else drawn


@lru_cache(maxsize=128)
def draw_once(macro: _Macro, *args: Hashable) -> str:
    """What a macro draws of the same words, kept: only for those of the referentiel, never for names of people."""
    return macro.write(args, {})


class _Context(Context):
    """Jinja’s own, but that it asks nobody whether they want it: of ours only filters do, and no call is to one."""

    def __init__(self, *made_of: Any, globals: Any = None) -> None:  # noqa: A002
        """No template of ours brings global names of its own: those of who imports it are not kept apart."""
        super().__init__(*made_of)

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """What a template calls."""
        return called.write(args, named) if type(called) is _Macro else called(*args, **named)


class _Generator(CodeGenerator):
    """Jinja’s own, but that what is shown goes through `write_out` (a list shows nine hundred words), what is called
    through `_Context`, and that a macro is ours.
    """

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("environment.")
        super().macro_def(macro_ref, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        context = f"template.new_context(context.get_all(), True, {self.dump_local_context(frame)})"
        self.writeline("template = environment.get_template(", node)
        self.visit(node.template, frame)
        self.write(")")
        self.simple_write(f"concat(template.root_render_func({context}))", frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.write_out(")


class _Template(Template):
    """Jinja’s own, but that what it lends to others is the same for all: a page imports some twenty times."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        # No template of ours brings global names of its own: those of who imports it are not compared with them.
        return super()._get_default_module()


class _Environment(Environment):
    code_generator_class = _Generator
    context_class = _Context
    template_class = _Template
    Macro = _Macro
    write_out = staticmethod(write_out)


@cache
def environment() -> Environment:
    """The one environment: strict, escaped, reading only our partials."""
    env = _Environment(
        loader=FileSystemLoader(PARTIALS),
        undefined=StrictUndefined,
        # A text part is read as it is written: « Aide & Accueil », never « &amp; ».
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
        trim_blocks=True,
        lstrip_blocks=True,
        # Each page would look at some thirty files again: whoever edits one starts the site again.
        auto_reload=False,
        cache_size=-1,
    )
    for say in (dates.jour_court, dates.le_jour, dates.instant_court, dates.avant, dates.depuis):
        env.filters[say.__name__] = _with_now(say)
    for say_zone in (dates.jour, dates.heure):
        env.filters[say_zone.__name__] = _with_zone(say_zone)
    env.filters["age"] = _age
    env.filters["iso"] = _iso
    env.filters["duree_minutes"] = dates.duree_minutes
    env.filters["octets"] = dates.octets
    env.filters["paragraphes"] = paragraphes
    env.filters["pluriel"] = pluriel
    env.filters["qr"] = draw_qr
    env.globals["asset"] = asset
    env.globals["draw_once"] = draw_once
    env.globals["theme"] = get_settings().theme
    env.globals["base_url"] = get_settings().base_url
    env.globals["support_email"] = get_settings().support_email
    return env


def render(template: str, **context: Any) -> str:
    """The text of a template; a name it does not know is an error, never an empty hole."""
    return environment().get_template(template).render(context)


def generate(template: str, **context: Any) -> Iterator[str]:
    """The same in pieces of some thousands of letters: each takes a few milliseconds to write and to compress."""
    written: list[str] = []
    size = 0
    for piece in environment().get_template(template).generate(context):
        written.append(piece)
        size += len(piece)
        if size > PIECE:
            yield "".join(written)
            written, size = [], 0
    yield "".join(written)


def render_block(template: str, block: str, **context: Any) -> str:
    """One block of a template alone: a mail is one file, whose subject and news are read apart.

    Raises KeyError when this template does not say that block itself.
    """
    found = environment().get_template(template)
    return "".join(found.blocks[block](found.new_context(context)))


@cache
def has_template(template: str) -> bool:
    """Whether there is such a template."""
    return (PARTIALS / template).is_file()


@cache
def has_block(template: str, block: str) -> bool:
    """Whether this template says that block itself."""
    return block in environment().get_template(template).blocks
