"""`/blocages`: what many ask at once, and the note that answers all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.figures.blocages import Blocage, answer_blocage, list_blocages
from app.domain.regles.errors import Introuvable, Invalide
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class PageBlocages(Contexte):
    """The blocages this agent is told of, and the note being typed."""

    templates = ("blocages/page.html",)
    blocages: list[Blocage] = field(default_factory=list)
    repondu: int = 0
    note: str = ""


@get("/blocages")
async def get_blocages(request: Visit, signed: Signed) -> Response[str]:
    """Each in one sentence, with its note or the form to write it."""
    return await _show(request, signed)


@post("/blocages/{blocage:str}")
async def post_note(
    request: Visit, signed: Signed, blocage: FromPath[str], form: Form, now: Now
) -> Response[Any]:
    """Answer once for everybody. Raises Introuvable, Refus, Conflit."""
    known = as_id(blocage)
    if known is None:
        raise Introuvable
    note = form.texte("note")
    try:
        await answer_blocage(signed.droits, known, note, now)
    except Invalide as error:
        return await _show(request, signed, repondu=known, note=note, erreurs=error.erreurs)
    return pages.go(request, "/blocages", annonce="note_donnee")


async def _show(
    request: Visit,
    signed: SignedAgent,
    *,
    repondu: int = 0,
    note: str = "",
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = PageBlocages(
        erreurs=erreurs or {}, blocages=await list_blocages(signed.droits), repondu=repondu, note=note
    )
    return await pages.show(request, "blocages/page.html", context)


ROUTES = [get_blocages, post_note]
