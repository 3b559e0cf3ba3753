"""What the tests of the verbs share: someone signed in, the demande as they load it, the facts as they stand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app import database
from app.domain.acces.sessions import Signed, find_signed, open_session
from app.domain.demandes import demande as demandes
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.echanges import messages
from app.domain.echanges.saisie import MessageSaisi
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


def typed(texte: str = "Bonjour, je regarde.", **facts: Any) -> MessageSaisi:
    """An answer as typed, from a form of its own."""
    return replace(MessageSaisi(texte=texte, cle=uuid4()), **facts)


async def post(
    agent: int, numero: int, now: datetime, texte: str = "Bonjour, je regarde.", **facts: Any
) -> int:
    """This agent writes, having seen everything."""
    signed = await signed_as(agent, now)
    saisie = typed(texte, confirme=True, **facts)
    return await messages.post_message(signed, await load(signed, numero), saisie, now)


async def part(numero: int, groupe: int, now: datetime, by: int | None = None) -> Sollicitation:
    """The part of this groupe, as Aïda (or `by`) loads it."""
    demande = await load(await signed_as(by or CAST.aida, now), numero)
    return next(s for s in demande.sollicitations if s.groupe == groupe)


async def facts_of(numero: int, groupe: int) -> dict[str, Any]:
    """The row of this part."""
    row = await database.fetch_one(
        "select * from sollicitations where demande = $1 and groupe = $2", numero, groupe
    )
    assert row is not None
    return dict(row)


async def dates_of(numero: int) -> dict[str, Any]:
    """The row of this demande."""
    row = await database.fetch_one("select * from demandes where numero = $1", numero)
    assert row is not None
    return dict(row)


async def list_mails(numero: int) -> list[tuple[str, str]]:
    """(fait, address) of every mail written for this demande, sorted."""
    rows = await database.fetch("select fait, adresse from courriels where demande = $1", numero)
    return sorted((row["fait"], row["adresse"]) for row in rows)
