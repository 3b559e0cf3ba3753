"""`/aide/contact`: writing to the A+ team, and the conversation that follows, by an account or by a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from app import pages, visite
from app.domain.contact import conversations, ecriture, permanence
from app.domain.contact.conversations import Conversation, EnTete, SujetContact
from app.domain.contact.ecriture import ParoleSaisie
from app.domain.contact.permanence import Permanence
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide, TropDeDemandes
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit, read_id

PUBLIC = {"public": True, "sans_cgu": True}
PAGE, FIL = "contact/page.html", "contact/conversation.html"
URL = "/aide/contact"
LIEN = f"{URL}/lien/{{lien:str}}"
MIENNE = f"{URL}/{{conversation:str}}"


@dataclass(frozen=True, kw_only=True)
class Contact(Contexte):
    """The form, as typed; the hours of the team; the conversations of who is signed in."""

    templates = (PAGE,)
    permanence: Permanence
    miennes: list[EnTete]
    saisie: ParoleSaisie
    email: str = ""
    sujet: str = ""
    sujets: list[tuple[str, str]] = field(default_factory=lambda: [(s.value, s.fiche) for s in SujetContact])


@dataclass(frozen=True, kw_only=True)
class UneConversation(Contexte):
    """What was said, and the form to go on. `url` is its address, by number or by link."""

    templates = (FIL,)
    conversation: Conversation
    permanence: Permanence
    saisie: ParoleSaisie
    url: str
    is_live: bool = True
    """The page looks again by itself; « Ne plus actualiser » is in its address."""


@get(URL, opt=PUBLIC)
async def get_contact(request: Visit, criteres: Query, now: Now) -> Response[str]:
    """For everyone: who cannot sign in writes too."""
    return await _show_form(request, ParoleSaisie(uuid4()), now, sujet=criteres.texte("sujet"))


@post(URL, opt=PUBLIC)
async def create_contact(request: Visit, form: Form, now: Now) -> Response[Any]:
    """Send it. The field that nobody sees is filled by programs alone: they are answered as people are."""
    signed, saisie = visite.read_signed(request), _read_saisie(form)
    email, sujet = form.texte("email"), form.texte("sujet")
    if form.texte("site"):
        return pages.go(request, URL, annonce=Fait.CONTACT_RECU)
    try:
        if signed:
            numero = await ecriture.open_as_agent(signed, sujet, saisie, now)
            return pages.go(request, f"{URL}/{numero}", annonce=Fait.CONTACT_ECRIT)
        await ecriture.open_as_stranger(email, sujet, saisie, visite.read_visiteur(request), now)
    except (Invalide, TropDeDemandes) as error:
        return await _show_form(request, saisie, now, email=email, sujet=sujet, error=error)
    return pages.go(request, URL, annonce=Fait.CONTACT_RECU)


@get(LIEN, opt=PUBLIC)
async def get_conversation_of_lien(request: Visit, criteres: Query, now: Now) -> Response[Any]:
    """The conversation whose mail holds this link. Raises Introuvable."""
    jeton = str(request.path_params["lien"])
    found = await conversations.get_by_jeton(jeton)
    return await _look(request, criteres, found, f"{URL}/lien/{jeton}", now)


@post(LIEN, opt=PUBLIC)
async def create_parole_of_lien(request: Visit, form: Form, now: Now) -> Response[Any]:
    """One more message, by the link. Raises Introuvable, Conflit."""
    jeton, saisie = str(request.path_params["lien"]), _read_saisie(form)
    url = f"{URL}/lien/{jeton}"
    try:
        await ecriture.go_on_by_jeton(jeton, saisie, now)
    except (Invalide, TropDeDemandes) as error:
        return await _show(
            request, await conversations.get_by_jeton(jeton), url, saisie, now=now, error=error
        )
    return pages.go(request, url, annonce=Fait.CONTACT_ECRIT)


@get(MIENNE)
async def get_conversation(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """One of mine. Raises Introuvable."""
    numero = read_id(request, "conversation")
    found = await conversations.get_mine(signed, numero)
    return await _look(request, criteres, found, f"{URL}/{numero}", now)


@post(MIENNE)
async def create_parole(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """One more message. Raises Introuvable, Conflit."""
    numero, saisie = read_id(request, "conversation"), _read_saisie(form)
    url = f"{URL}/{numero}"
    try:
        await ecriture.go_on_as_agent(signed, numero, saisie, now)
    except (Invalide, TropDeDemandes) as error:
        return await _show(
            request, await conversations.get_mine(signed, numero), url, saisie, now=now, error=error
        )
    return pages.go(request, url, annonce=Fait.CONTACT_ECRIT)


def _read_saisie(form: Formulaire) -> ParoleSaisie:
    return ParoleSaisie(form.cle("cle") or uuid4(), form.texte("texte"), form.identifiant("vu") or 0)


def _erreurs_of(error: Invalide | TropDeDemandes | None) -> Mapping[str, str]:
    if isinstance(error, Invalide):
        return error.erreurs
    return {"texte": error.phrase} if error else {}


def _status_of(error: Invalide | TropDeDemandes | None) -> int | None:
    return 429 if isinstance(error, TropDeDemandes) else None


async def _show_form(
    request: Visit,
    saisie: ParoleSaisie,
    now: datetime,
    *,
    email: str = "",
    sujet: str = "",
    error: Invalide | TropDeDemandes | None = None,
) -> Response[str]:
    signed = visite.read_signed(request)
    context = Contact(
        erreurs=_erreurs_of(error),
        permanence=await permanence.read_permanence(now),
        miennes=await conversations.list_mine(signed) if signed else [],
        saisie=saisie,
        email=email,
        sujet=sujet,
    )
    return await pages.show(request, PAGE, context, status=_status_of(error))


async def _look(
    request: Visit, criteres: Formulaire, found: Conversation, url: str, now: datetime
) -> Response[Any]:
    """The page; for a refresh of who already shows the same, only the hour."""
    if pages.is_htmx(request) and criteres.texte("marque") == found.marque:
        return pages.say_unchanged(request)
    is_live = criteres.texte("actualisation") != "non"
    return await _show(request, found, url, ParoleSaisie(uuid4()), now=now, is_live=is_live)


async def _show(
    request: Visit,
    conversation: Conversation,
    url: str,
    saisie: ParoleSaisie,
    *,
    now: datetime,
    is_live: bool = True,
    error: Invalide | TropDeDemandes | None = None,
) -> Response[str]:
    """Refused, the form keeps its text and now says what it has shown."""
    context = UneConversation(
        erreurs=_erreurs_of(error),
        conversation=conversation,
        permanence=await permanence.read_permanence(now),
        saisie=ParoleSaisie(saisie.cle, saisie.texte, conversation.vu),
        url=url,
        is_live=is_live,
    )
    return await pages.show(request, FIL, context, status=_status_of(error))


ROUTES = [
    get_contact,
    create_contact,
    get_conversation_of_lien,
    create_parole_of_lien,
    get_conversation,
    create_parole,
]
