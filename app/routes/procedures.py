"""`/procedures`: what to try before a demande, by thème and sujet; for every agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from litestar import Response, get

from app import pages
from app.domain.echanges.procedures import (
    ProceduresDuSujet,
    PropositionSuivie,
    list_procedures,
    list_propositions,
)
from app.pages import Contexte
from app.routes.params import Query, Signed, Visit

PAGE = "procedures/page.html"


@dataclass(frozen=True, kw_only=True)
class ListeProcedures(Contexte):
    """What was found, by thème; `nombre` counts the sujets."""

    templates = (PAGE,)
    q: str
    themes: Mapping[str, list[ProceduresDuSujet]]
    nombre: int
    propositions: list[PropositionSuivie]
    """What this agent proposed lately, on the whole page only."""


@get("/procedures")
async def get_procedures(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """Every sujet that has something to try first, or those where the words stand."""
    q = criteres.texte("q")[:100]
    found = await list_procedures(q)
    themes = {theme: list(sujets) for theme, sujets in groupby(found, key=lambda one: one.theme)}
    propositions = [] if q else await list_propositions(signed.droits.agent)
    context = ListeProcedures(q=q, themes=themes, nombre=len(found), propositions=propositions)
    return await pages.show(request, PAGE, context)


ROUTES = [get_procedures]
