"""Photos that a phone adds to the form open on a computer: the same agent, ten minutes, one form (product §5.5).

The computer shows a code; on the phone the same agent signs in, then types it or photographs its drawing. The code
opens nothing by itself: it says which of one’s own forms is meant.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.pieces_jointes.ajout import require_may_join

MINUTES = timedelta(minutes=10)

PERIME = (
    "Ce code n’est pas valable, ou ne l’est plus\u00a0: il dure dix minutes, jusqu’à l’envoi du formulaire où vous "
    "l’avez affiché ou jusqu’au code suivant. Affichez-en un autre sur votre ordinateur."
)


@dataclass(frozen=True, repr=False)
class PhotosAttente:
    """Photos are awaited for this form, until `expires_at`; `demande`: the number of the demande answered."""

    code: str
    formulaire: UUID
    demande: int | None
    expires_at: datetime


# An agent has one code, that of the form where it was asked last; asked again there, it does not change while it lives.
AWAIT = """
insert into photos_attendues as p (agent, formulaire, demande, code, expires_at)
values (:agent, :formulaire, :demande, :code, :expires_at)
on conflict (agent) do update
set formulaire = excluded.formulaire, demande = excluded.demande, code = excluded.code, expires_at = excluded.expires_at
where p.formulaire <> excluded.formulaire or p.expires_at <= :now
"""
# What was sent takes no more photos.
FIND = """
select p.code, p.formulaire, p.demande, p.expires_at from photos_attendues p
where p.agent = :agent and p.expires_at > :now
    and (p.formulaire = :formulaire or p.code = :code)
    and not exists (select from demandes d where d.formulaire = p.formulaire)
    and not exists (select from messages m where m.demande = p.demande and m.cle = p.formulaire)
    and not exists (select from brouillons b where b.id = p.formulaire and b.part_at is not null)
"""


async def await_photos(
    signed: Signed, formulaire: UUID, demande: Demande | None, now: datetime
) -> PhotosAttente | None:
    """From now on the phone of this agent may add photos to this form; None when it was sent meanwhile.

    Raises Refus to who may not attach, Conflit when the demande was closed meanwhile.
    """
    require_may_join(signed, demande)
    await database.fetch(
        AWAIT,
        agent=signed.droits.agent,
        formulaire=formulaire,
        demande=demande.numero if demande else None,
        code=f"{secrets.randbelow(10**6):06}",
        expires_at=now + MINUTES,
        now=now,
    )
    return await find_attente(signed, now, formulaire=formulaire)


async def find_attente(
    signed: Signed, now: datetime, *, formulaire: UUID | None = None, code: str = ""
) -> PhotosAttente | None:
    """What one’s own phone may add photos to: by its form, or by the code as it was typed."""
    typed = "".join(filter(str.isdecimal, code))
    row = await database.fetch_one(
        FIND, agent=signed.droits.agent, now=now, formulaire=formulaire, code=typed
    )
    return PhotosAttente(**dict(row)) if row else None
