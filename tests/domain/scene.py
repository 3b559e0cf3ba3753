"""What the tests of the verbs share: someone signed in, the demande as they load it, the facts as they stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from app import database
from app.domain import mandats
from app.domain.acces.sessions import Signed, find_absent, find_signed, open_session
from app.domain.demandes import demande as demandes
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.demandes.vu import Vu, see
from app.domain.echanges import clotures, departs, invitations, messages, usagers
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import InvitationSaisie, MessageSaisi
from app.domain.mandats import MandatSaisi
from app.domain.regles.mandats import MotifRevocation
from app.domain.regles.raisons import RaisonCloture
from app.settings import get_settings
from tests.cast import CAST
from tests.factories import make_demande

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def signed_as(agent: int, now: datetime) -> Signed:
    """This agent, signed in, with rights as of now."""
    signed = await find_signed(await open_session(agent, is_durable=False, navigateur="", now=now), now)
    assert signed is not None
    return signed


async def load(signed: Signed, numero: int) -> Demande:
    """The demande as this agent's page loads it."""
    return await demandes.get_demande(signed.droits, numero)


async def make_caf_cpam(now: datetime, **facts: Any) -> int:
    """A demande of Aïda to the CAF and to the CPAM."""
    return await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam), **facts)


#: What an answer waits before it leaves, where it waits.
WAIT = timedelta(seconds=30)


@contextmanager
def answers_wait(wait: timedelta = WAIT) -> Iterator[None]:
    """Answers sent inside wait as in production; elsewhere in the tests they leave at once."""
    settings = replace(get_settings(), answer_wait_seconds=int(wait.total_seconds()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(departs, "get_settings", lambda: settings)
        yield


NUMEROS = count(1)


def typed(texte: str | None = None, **facts: Any) -> MessageSaisi:
    """An answer as typed, from a form of its own; each says something of its own, since a repeat is written once."""
    words = f"Bonjour, je regarde ({next(NUMEROS)})." if texte is None else texte
    return replace(MessageSaisi(texte=words, cle=uuid4()), **facts)


async def post(agent: int, numero: int, now: datetime, texte: str | None = None, **facts: Any) -> int:
    """This agent writes, having seen everything."""
    signed = await signed_as(agent, now)
    return await post_message(signed, await load(signed, numero), typed(texte, **facts), now)


# The verbs of the page, from a page that shows the demande as it is given: `vu` says otherwise.


async def post_message(signed: Signed, demande: Demande, saisi: MessageSaisi, now: datetime) -> int:
    """An answer written on this page."""
    return await messages.post_message(signed, demande, _seen(signed, demande, saisi), now)


async def answer_quickly(
    signed: Signed, demande: Demande, reponse: ReponseRapide, saisi: MessageSaisi, now: datetime
) -> int:
    """A quick answer given from this page."""
    return await messages.answer_quickly(signed, demande, reponse, _seen(signed, demande, saisi), now)


async def invite(signed: Signed, demande: Demande, saisie: InvitationSaisie, now: datetime) -> int:
    """An invitation made from this page."""
    kept = saisie if saisie.vu != Vu() else replace(saisie, vu=see(signed.droits, demande))
    return await invitations.invite(signed, demande, kept, now)


async def close_demande(signed: Signed, demande: Demande, *, now: datetime, **facts: Any) -> None:
    """Closed from this page; when nobody answered, because it was solved otherwise."""
    raison = RaisonCloture.AUTREMENT if demande.is_sans_reponse else None
    kept = {
        "raison": raison,
        "note": 3,
        "commentaire": "",
        "cle": uuid4(),
        "vu": see(signed.droits, demande),
        **facts,
    }
    await clotures.close_demande(signed, demande, **kept, now=now)


async def reopen_demande(signed: Signed, demande: Demande, now: datetime, **facts: Any) -> int:
    """Opened again from this page."""
    kept = {"cle": uuid4(), "vu": see(signed.droits, demande), **facts}
    return await clotures.reopen_demande(signed, demande, **kept, now=now)


async def add_information(signed: Signed, demande: Demande, *, now: datetime, **facts: Any) -> int:
    """Something more about the usager, from this page; its id."""
    kept = {"libelle": "", "cle": uuid4(), "vu": see(signed.droits, demande), **facts}
    await usagers.add_information(signed, demande, **kept, now=now)
    row = await database.fetch_one(
        "select max(id) as id from usager_informations where demande = :demande", demande=demande.numero
    )
    assert row is not None
    return int(row["id"])


async def revoke_mandat(signed: Signed, demande: Demande, now: datetime, **facts: Any) -> None:
    """The usager takes the mandat back, from this page."""
    kept = {
        "motif": MotifRevocation.RETRAIT,
        "precision": "",
        "cle": uuid4(),
        "vu": see(signed.droits, demande),
        **facts,
    }
    await mandats.revoke(signed, demande, **kept, now=now)


async def record_mandat(
    signed: Signed, demande: Demande, saisi: MandatSaisi, now: datetime, **facts: Any
) -> None:
    """A new mandat on paper or by phone, from this page."""
    kept = {"cle": uuid4(), "vu": see(signed.droits, demande), **facts}
    await mandats.record_mandat(signed, demande, saisi, **kept, now=now)


async def see_as(agent: int, numero: int) -> str:
    """What the page of this agent would say it shows; nothing when they are no more."""
    signed = await find_absent(agent)
    return str(see(signed.droits, await load(signed, numero))) if signed else ""


def _seen(signed: Signed, demande: Demande, saisi: MessageSaisi) -> MessageSaisi:
    return saisi if saisi.vu != Vu() else replace(saisi, vu=see(signed.droits, demande))


async def part(numero: int, groupe: int, now: datetime, by: int | None = None) -> Sollicitation:
    """The part of this groupe, as Aïda (or `by`) loads it."""
    demande = await load(await signed_as(by or CAST.aida, now), numero)
    return next(s for s in demande.sollicitations if s.groupe == groupe)


async def facts_of(numero: int, groupe: int) -> dict[str, Any]:
    """The row of this part."""
    row = await database.fetch_one(
        "select * from sollicitations where demande = :numero and groupe = :groupe",
        numero=numero,
        groupe=groupe,
    )
    assert row is not None
    return dict(row)


async def dates_of(numero: int) -> dict[str, Any]:
    """The row of this demande."""
    row = await database.fetch_one("select * from demandes where numero = :numero", numero=numero)
    assert row is not None
    return dict(row)


async def list_mails(numero: int) -> list[tuple[str, str]]:
    """(fait, address) of every mail written for this demande, sorted."""
    rows = await database.fetch("select fait, adresse from courriels where demande = :numero", numero=numero)
    return sorted((row["fait"], row["adresse"]) for row in rows)
