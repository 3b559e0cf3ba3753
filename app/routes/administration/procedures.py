"""`/administration/procedures`: what instructeurs propose to everybody, accepted with corrections or refused."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.procedures import (
    Procedure,
    accept_procedure,
    get_procedure,
    list_all_procedures,
    list_sujets,
    refuse_procedure,
)
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit, read_id

PAGE, UNE = "administration/procedures.html", "administration/procedure.html"
URL = "/administration/procedures"


@dataclass(frozen=True, kw_only=True)
class ProceduresProposees(Contexte):
    """Those that wait, then those that every agent reads."""

    templates = (PAGE,)
    attendent: list[Procedure]
    acceptees: list[Procedure]


@dataclass(frozen=True, kw_only=True)
class ProcedureProposee(Contexte):
    """One of them, and the form that accepts it, as kept or as typed."""

    templates = (UNE,)
    procedure: Procedure
    sujets: list[tuple[str, list[tuple[int, str]]]]
    sujet: int | None
    texte: str
    motif: str
    conflit: str


@get(URL)
async def get_procedures_proposees(request: Visit, signed: Signed) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    found = await list_all_procedures(signed)
    context = ProceduresProposees(
        attendent=[p for p in found if p.acceptee_at is None],
        acceptees=[p for p in found if p.acceptee_at is not None],
    )
    return await pages.show(request, PAGE, context)


@get(f"{URL}/{{procedure:str}}")
async def get_procedure_proposee(request: Visit, signed: Signed) -> Response[Any]:
    """One of them. Raises Introuvable."""
    found = await get_procedure(signed, read_id(request, "procedure"))
    return await _show(request, found, found.sujet, found.texte)


@post(f"{URL}/{{procedure:str}}/acceptation")
async def create_acceptation(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Show it to everybody, as corrected. Raises Introuvable."""
    numero, sujet, texte = read_id(request, "procedure"), form.identifiant("sujet"), form.texte("texte")
    try:
        await accept_procedure(signed, numero, sujet=sujet, texte=texte, vu=form.texte("vu"), now=now)
    except (Invalide, Conflit) as refus:
        return await _refused(request, signed, refus, sujet, texte)
    return pages.go(request, URL, annonce=Fait.PROCEDURE_ACCEPTEE)


@post(f"{URL}/{{procedure:str}}/refus")
async def create_refus(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """It goes, and who proposed it reads why. Raises Introuvable, Conflit."""
    numero, motif = read_id(request, "procedure"), form.texte("motif")
    try:
        await refuse_procedure(signed, numero, vu=form.texte("vu"), motif=motif, now=now)
    except Invalide as refus:
        found = await get_procedure(signed, numero)
        return await _show(request, found, found.sujet, found.texte, erreurs=refus.erreurs, motif=motif)
    return pages.go(request, URL, annonce=Fait.PROCEDURE_REFUSEE)


async def _refused(
    request: Visit, signed: Agent, refus: Invalide | Conflit, sujet: int | None, texte: str
) -> Response[Any]:
    found = await get_procedure(signed, read_id(request, "procedure"))
    if isinstance(refus, Invalide):
        return await _show(request, found, sujet, texte, erreurs=refus.erreurs)
    return await _show(request, found, sujet, texte, conflit=refus.phrase)


async def _show(
    request: Visit,
    found: Procedure,
    sujet: int | None,
    texte: str,
    *,
    motif: str = "",
    erreurs: dict[str, str] | None = None,
    conflit: str = "",
) -> Response[Any]:
    context = ProcedureProposee(
        erreurs=erreurs or {},
        procedure=found,
        sujets=await list_sujets(),
        sujet=sujet,
        texte=texte,
        motif=motif,
        conflit=conflit,
    )
    return await pages.show(request, UNE, context, status=409 if conflit else None)


ROUTES = [get_procedures_proposees, get_procedure_proposee, create_acceptation, create_refus]
