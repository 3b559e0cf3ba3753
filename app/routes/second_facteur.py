"""`/connexion/second-facteur`: a session confirmed by phone; `/profil/second-facteur`: the phone set up, or removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post

from app import cookies, pages
from app.domain.acces import second_facteur
from app.domain.acces.second_facteur import Proposition, SecondFacteur, TropDeCodes
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import needs_second_facteur
from app.pages import Contexte
from app.porte import INSCRIPTION, PREUVE
from app.routes.params import Destination, Form, Now, Signed, Visit
from app.settings import get_settings

SANS_CGU = {"sans_cgu": True}


@dataclass(frozen=True, kw_only=True)
class CodeAttendu(Contexte):
    """The code of the phone is asked; `demonstration` is that code, where the people are invented."""

    templates = ("second_facteur/code.html",)
    destination: str
    demonstration: str


@dataclass(frozen=True, kw_only=True)
class APoser(Contexte):
    """A secret to put in a phone, as a picture and as a text."""

    templates = ("second_facteur/inscription.html",)
    destination: str
    proposition: Proposition
    is_required: bool
    demonstration: str


@dataclass(frozen=True, kw_only=True)
class EnPlace(Contexte):
    """The second factor of an agent; the errors are those of the form that was refused."""

    templates = ("second_facteur/page.html",)
    etat: SecondFacteur
    is_required: bool
    demonstration: str


@dataclass(frozen=True, kw_only=True)
class CodesDeSecours(Contexte):
    """The codes to write down: this page is the only one that ever shows them."""

    templates = ("second_facteur/codes.html",)
    codes: list[str]
    destination: str


@get(PREUVE, opt=SANS_CGU)
async def get_preuve(request: Visit, signed: Signed, destination: Destination, now: Now) -> Response[Any]:
    """Ask for the code of the phone; whoever has given it, or has none to give, goes on."""
    if not signed.is_half_open:
        return pages.go(request, destination)
    return await _ask(request, signed, destination, now)


@post(PREUVE, opt=SANS_CGU)
async def post_preuve(
    request: Visit, signed: Signed, form: Form, destination: Destination, now: Now
) -> Response[Any]:
    """Confirm the session, then go where one was going."""
    if not signed.is_half_open:
        return pages.go(request, destination)
    try:
        await second_facteur.prove(signed, form.texte("code"), now)
    except TropDeCodes:
        return _leave(request, destination)
    except Invalide as invalide:
        return await _ask(request, signed, destination, now, invalide.erreurs)
    return pages.go(request, destination)


@get(INSCRIPTION, opt=SANS_CGU)
async def get_second_facteur(
    request: Visit, signed: Signed, destination: Destination, now: Now
) -> Response[Any]:
    """What is in place, or how to set it up."""
    etat = await second_facteur.find_second_facteur(signed.droits.agent)
    if etat is not None:
        return await _show(request, signed, etat, now)
    return await _propose(request, signed, second_facteur.propose(signed), destination=destination, now=now)


@post(INSCRIPTION, opt=SANS_CGU)
async def create_second_facteur(
    request: Visit, signed: Signed, form: Form, destination: Destination, now: Now
) -> Response[Any]:
    """Keep the phone that gives the right code, and show the codes that replace it."""
    proposition = second_facteur.read_proposition(signed, form.texte("proposition"))
    try:
        codes = await second_facteur.activate(signed, proposition, form.texte("code"), now)
    except TropDeCodes:
        return _leave(request, destination)
    except Conflit:
        # A second click, or another window: it is in place.
        return pages.go(request, INSCRIPTION)
    except Invalide as invalide:
        again = proposition or second_facteur.propose(signed)
        return await _propose(
            request, signed, again, destination=destination, now=now, erreurs=invalide.erreurs
        )
    return await _show_codes(request, codes, destination)


@post(f"{INSCRIPTION}/codes")
async def renew_codes(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Ten new codes instead of the former ones. Raises Introuvable."""
    try:
        codes = await second_facteur.renew_codes(signed, form.texte("code"), now)
    except TropDeCodes:
        return _leave(request, INSCRIPTION)
    except Invalide as invalide:
        return await _again(request, signed, now, "codes", invalide)
    return await _show_codes(request, codes, INSCRIPTION)


@post(f"{INSCRIPTION}/retrait")
async def remove_second_facteur(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Do without, or change phones; where it is required, another one is asked at once. Raises Introuvable."""
    try:
        await second_facteur.remove(signed, form.texte("code"), now)
    except TropDeCodes:
        return _leave(request, INSCRIPTION)
    except Invalide as invalide:
        return await _again(request, signed, now, "retrait", invalide)
    return pages.go(request, INSCRIPTION, annonce=Fait.SECOND_FACTEUR_RETIRE)


def _leave(request: Visit, destination: str) -> Response[Any]:
    """The session is closed: sign in again, and come back."""
    response = pages.go(
        request, f"/connexion?destination={quote(destination, safe='')}", annonce="second_facteur_epuise"
    )
    cookies.clear_session(response)
    return response


async def _ask(
    request: Visit, signed: Agent, destination: str, now: datetime, erreurs: Mapping[str, str] | None = None
) -> Response[str]:
    context = CodeAttendu(
        erreurs=erreurs or {}, destination=destination, demonstration=await _demonstrate(signed, now)
    )
    return await pages.show(request, "second_facteur/code.html", context)


async def _propose(
    request: Visit,
    signed: Agent,
    proposition: Proposition,
    *,
    destination: str,
    now: datetime,
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = APoser(
        erreurs=erreurs or {},
        destination=destination,
        proposition=proposition,
        is_required=needs_second_facteur(signed.droits),
        demonstration=second_facteur.code_of(proposition.secret, now) if get_settings().is_demo else "",
    )
    return await pages.show(request, "second_facteur/inscription.html", context)


async def _show(
    request: Visit,
    signed: Agent,
    etat: SecondFacteur,
    now: datetime,
    *,
    ouvert: str = "",
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = EnPlace(
        # The same field stands in both forms: its error is that of the one refused.
        erreurs={f"{nom}-{ouvert}": phrase for nom, phrase in (erreurs or {}).items()},
        etat=etat,
        is_required=needs_second_facteur(signed.droits),
        demonstration=await _demonstrate(signed, now),
    )
    return await pages.show(request, "second_facteur/page.html", context)


async def _again(
    request: Visit, signed: Agent, now: datetime, ouvert: str, invalide: Invalide
) -> Response[str]:
    etat = await second_facteur.find_second_facteur(signed.droits.agent)
    if etat is None:
        raise Introuvable
    return await _show(request, signed, etat, now, ouvert=ouvert, erreurs=invalide.erreurs)


async def _show_codes(request: Visit, codes: list[str], destination: str) -> Response[str]:
    context = CodesDeSecours(codes=codes, destination=destination)
    return await pages.show(request, "second_facteur/codes.html", context)


async def _demonstrate(signed: Agent, now: datetime) -> str:
    """The code that the phone of an invented person would show; nothing where people are real."""
    return await second_facteur.say_code(signed.droits.agent, now) if get_settings().is_demo else ""


ROUTES = [
    get_preuve,
    post_preuve,
    get_second_facteur,
    create_second_facteur,
    renew_codes,
    remove_second_facteur,
]
