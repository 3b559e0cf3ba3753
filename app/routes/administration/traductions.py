"""`/administration/traductions`: the translations of the mandat, confirmed or to be read again."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.traductions import (
    confirm_traduction,
    list_to_confirm,
    withdraw_confirmation,
)
from app.domain.faits.registre import Fait
from app.domain.mandats.traductions import EtatTraduction
from app.domain.regles.errors import Conflit
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit

PAGE = "administration/traductions.html"
URL = "/administration/traductions"


@dataclass(frozen=True, kw_only=True)
class TraductionsMandat(Contexte):
    """Every language; `conflit` says why a confirmation was not taken."""

    templates = (PAGE,)
    etats: list[EtatTraduction]
    conflit: str = ""


@get(URL)
async def get_traductions(request: Visit, signed: Signed) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    return await _show(request, signed)


@post(f"{URL}/{{langue:str}}/relecture")
async def create_relecture(
    request: Visit, signed: Signed, langue: FromPath[str], form: Form, now: Now
) -> Response[Any]:
    """Confirm it. Raises Refus, Introuvable."""
    try:
        await confirm_traduction(signed, langue, form.texte("vu"), now)
    except Conflit as conflit:
        return await _show(request, signed, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.TRADUCTION_CONFIRMEE)


@post(f"{URL}/{{langue:str}}/retrait")
async def create_retrait(request: Visit, signed: Signed, langue: FromPath[str], now: Now) -> Response[Any]:
    """It is to be read again. Raises Refus, Introuvable."""
    await withdraw_confirmation(signed, langue, now)
    return pages.go(request, URL, annonce=Fait.TRADUCTION_A_RELIRE)


async def _show(request: Visit, signed: Agent, *, conflit: str = "") -> Response[Any]:
    context = TraductionsMandat(etats=await list_to_confirm(signed), conflit=conflit)
    return await pages.show(request, PAGE, context, status=409 if conflit else None)


ROUTES = [get_traductions, create_relecture, create_retrait]
