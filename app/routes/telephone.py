"""`/_telephone`: the demonstration's handset. It receives what usagers would, and answers as they would."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.faits import sms
from app.domain.mandats import receive_sms
from app.domain.mots.telephones import say_numero
from app.domain.regles.errors import Introuvable
from app.pages import Contexte
from app.routes.params import Form, Now, Visit
from app.settings import get_settings

URL = "/_telephone"


@dataclass(frozen=True)
class FilSms:
    """What one number received and wrote; `dit`: the number as one says it."""

    numero: str
    dit: str
    messages: list[sms.SmsLu]
    cle: UUID


@dataclass(frozen=True, kw_only=True)
class FilsSms(Contexte):
    """Every handset; `is_waiting`: an SMS is still on its way."""

    templates = ("telephone/page.html", "telephone/conversations.html")
    conversations: list[FilSms]
    is_waiting: bool


def _demo_only() -> None:
    if get_settings().is_production:
        raise Introuvable


@get(URL, opt={"public": True, "sans_cgu": True})
async def get_telephone(request: Visit) -> Response[str]:
    """Every conversation, latest first, oldest SMS first in each."""
    _demo_only()
    return await pages.show(request, "telephone/page.html", await _build())


@post(URL, opt={"public": True, "sans_cgu": True})
async def create_reponse(request: Visit, form: Form, now: Now) -> Response[Any]:
    """The usager answers: the same door as the provider's call."""
    _demo_only()
    texte = form.texte("texte")[: sms.TEXTE_MAX]
    await receive_sms(form.texte("numero"), texte, f"demo-{form.cle('cle') or uuid4()}", now)
    return await pages.answer(
        request, "telephone/conversations.html", _build, page="telephone/page.html", url=URL
    )


async def _build() -> FilsSms:
    conversations: dict[str, list[sms.SmsLu]] = {}
    every = await sms.list_sms()
    for message in every:
        conversations.setdefault(message.numero, []).insert(0, message)
    return FilsSms(
        is_waiting=not every or any(not message.is_done for message in every),
        conversations=[
            FilSms(numero, say_numero(numero), messages, uuid4())
            for numero, messages in conversations.items()
        ],
    )


ROUTES = [get_telephone, create_reponse]
