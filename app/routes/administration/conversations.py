"""`/administration/conversations`: what people write to the team, and its answers."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.contact import conversations, ecriture
from app.domain.contact.conversations import Conversation, EnTete
from app.domain.contact.ecriture import ParoleSaisie
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit, read_id

PAGE, UNE = "administration/conversations.html", "administration/conversation.html"
URL = "/administration/conversations"


@dataclass(frozen=True, kw_only=True)
class ConversationsRecues(Contexte):
    """Those that wait, then the others."""

    templates = (PAGE,)
    attendent: list[EnTete]
    autres: list[EnTete]


@dataclass(frozen=True, kw_only=True)
class ConversationRecue(Contexte):
    """One of them, and the form of the answer."""

    templates = (UNE,)
    conversation: Conversation
    saisie: ParoleSaisie


@get(URL)
async def get_conversations(request: Visit, signed: Signed) -> Response[str]:
    """For the A+ team alone. Raises Refus."""
    found = await conversations.list_conversations(signed)
    context = ConversationsRecues(
        attendent=[one for one in found if one.attend_at], autres=[one for one in found if not one.attend_at]
    )
    return await pages.show(request, PAGE, context)


@get(f"{URL}/{{conversation:str}}")
async def get_conversation(request: Visit, signed: Signed) -> Response[str]:
    """One of them. Raises Introuvable."""
    return await _show(request, signed, read_id(request, "conversation"), ParoleSaisie(uuid4()))


@post(f"{URL}/{{conversation:str}}/reponse")
async def create_reponse(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Answer, here and by mail. Raises Introuvable, Conflit."""
    numero = read_id(request, "conversation")
    saisie = ParoleSaisie(form.cle("cle") or uuid4(), form.texte("texte"), form.identifiant("vu") or 0)
    try:
        await ecriture.answer(signed, numero, saisie, now)
    except Invalide as error:
        return await _show(request, signed, numero, saisie, error)
    return pages.go(request, f"{URL}/{numero}", annonce=Fait.CONTACT_REPONDU)


@post(f"{URL}/{{conversation:str}}/cloture")
async def create_cloture(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Nothing more is expected of the team. Raises Introuvable, Conflit."""
    await ecriture.close_conversation(
        signed, read_id(request, "conversation"), form.identifiant("vu") or 0, now
    )
    return pages.go(request, URL, annonce=Fait.CONTACT_CLOS)


async def _show(
    request: Visit, signed: Agent, numero: int, saisie: ParoleSaisie, error: Invalide | None = None
) -> Response[str]:
    found = await conversations.get_conversation(signed, numero)
    context = ConversationRecue(
        erreurs=error.erreurs if error else {},
        conversation=found,
        saisie=ParoleSaisie(saisie.cle, saisie.texte, found.vu),
    )
    return await pages.show(request, UNE, context)


ROUTES = [get_conversations, get_conversation, create_reponse, create_cloture]
