"""`/administration/signalements`: the misuses reported, judged from metadata alone."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.echanges.signalements import (
    Signalement,
    SuiteSignalement,
    list_signalements,
    treat_signalement,
)
from app.domain.faits.registre import Fait
from app.pages import Contexte
from app.routes.params import Now, Signed, Visit, read_id

PAGE = "administration/signalements.html"
URL = "/administration/signalements"


@dataclass(frozen=True, kw_only=True)
class SignalementsRecus(Contexte):
    """Those that wait, then those that were treated."""

    templates = (PAGE,)
    attendent: list[Signalement]
    traites: list[Signalement]


@get(URL)
async def get_signalements(request: Visit, signed: Signed) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    found = await list_signalements(signed)
    context = SignalementsRecus(
        attendent=[s for s in found if s.treated_at is None],
        traites=[s for s in found if s.treated_at is not None],
    )
    return await pages.show(request, PAGE, context)


@post(f"{URL}/{{signalement:str}}/classement")
async def create_classement(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """Nothing follows. Raises Refus, Introuvable, Conflit."""
    await treat_signalement(signed, read_id(request, "signalement"), SuiteSignalement.CLASSEE, now)
    return pages.go(request, URL, annonce=Fait.SIGNALEMENT_TRAITE)


ROUTES = [get_signalements, create_classement]
