"""The outbox: a mail is a row written with what it announces; a sweep sends it (product §9, house §4).

Nothing of a demande goes in a mail but its number, the organismes and the link.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app import database
from app.domain.faits import envois
from app.domain.faits.genres import Genre
from app.domain.faits.registre import Fait
from app.tables import Courriels

SIGN_IN = 0
ORDINARY = 5
CHANNEL = "courriels"

COURRIELS = envois.Queue(
    nom="courriel",
    table=Courriels,
    done=Courriels.sent_at,
    scelle=Courriels.contexte_scelle,
    wiped=None,
    order=(Courriels.priorite, Courriels.due_at),
    # What waits for its agent’s hour joins this queue when that hour comes (notifications.depart).
    where=(Courriels.is_waiting == False,),  # noqa: E712 - a column, not a boolean
    retries=(10, 20, 40, 80, 160, 300),  # quality R2
    give_up=timedelta(hours=72),  # product §9
    is_replayable=True,
)
# Two lanes of this outbox: no ordinary mail that is slow to leave makes a sign-in mail wait.
URGENTS = replace(COURRIELS, where=(*COURRIELS.where, Courriels.priorite == SIGN_IN))
ORDINAIRES = replace(COURRIELS, where=(*COURRIELS.where, Courriels.priorite > SIGN_IN))


@dataclass(frozen=True, kw_only=True, repr=False)
class EnvoiCourriel(envois.Reclame):
    """A mail claimed for sending. `id` is also its Message-ID, so that a second copy is recognised."""

    fait: str
    adresse: str
    contexte: Mapping[str, Any]


@dataclass(frozen=True)
class Pli:
    """A mail to write: its folder (`Fait.courriel`), to whom (no agent: the mailbox of a groupe, or a stranger).

    `contexte` is what this one says besides what they all say. `genre` is the kind of event its agent chose an hour
    for; without one, or when it always leaves, it leaves at once.
    """

    courriel: str
    adresse: str
    agent: int | None = None
    contexte: Mapping[str, Any] = field(default_factory=dict)
    genre: Genre | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the hour its agent chose decides when it leaves."""
        return self.genre is not None and self.genre.is_choosable


#: What belongs to a person: it never reaches the mailbox of a compte collectif, which several people read.
PERSONNELS = [fait.courriel for fait in (Fait.ABSENCE_DECLAREE, Fait.ABSENCE_COMMENCEE, Fait.RAPPEL_DEMANDE)]

# One statement however many are told: a groupe of forty costs what one agent costs.
POST = """
with ecrits as (
    insert into courriels (id, fait, agent, adresse, demande, contexte_scelle, priorite, genre, is_waiting,
        created_at, due_at)
    select p.id, p.fait, p.agent, p.adresse, :demande, p.scelle, :priorite, p.genre, p.is_waiting, :now, :now
    from unnest(:ids::uuid[], :courriels::text[], :agents::int[], :adresses::text[], :scelles::bytea[],
        :genres::text[], :waiting::boolean[]) as p (id, fait, agent, adresse, scelle, genre, is_waiting)
    where p.fait <> all(:personnels::text[]) or not exists (
        select from agents a where a.id = p.agent and a.is_collectif)
)
select pg_notify(:channel, '')
"""


async def post_courriels(
    plis: Sequence[Pli],
    *,
    contexte: Mapping[str, Any],
    now: datetime,
    demande: int | None = None,
    is_urgent: bool = False,
) -> None:
    """Write mails to send, in the current transaction; the worker is woken when it commits.

    This is the only writer of the outbox. `contexte` is what the mails say beside the number of the demande; urgent
    ones leave before the others.
    """
    if not plis:
        return
    ids = [uuid4() for _ in plis]
    await database.fetch(
        POST,
        ids=ids,
        courriels=[pli.courriel for pli in plis],
        agents=[pli.agent for pli in plis],
        adresses=[pli.adresse for pli in plis],
        scelles=[
            envois.seal(COURRIELS.nom, key, {"numero": demande, **contexte, **pli.contexte})
            for key, pli in zip(ids, plis, strict=True)
        ],
        personnels=PERSONNELS,
        demande=demande,
        priorite=SIGN_IN if is_urgent else ORDINARY,
        genres=[pli.genre.value if pli.genre else None for pli in plis],
        waiting=[pli.is_waiting and not is_urgent for pli in plis],
        now=now,
        channel=CHANNEL,
    )


WANTING = """
select id, email from agents
where id = any(:agents) and deactivated_at is null and notification <> 'aucune' order by id
"""


async def tell(
    fait: Fait, agents: Collection[int], *, demande: int | None, contexte: Mapping[str, Any], now: datetime
) -> None:
    """Send the mail of this fait to the agents it is about (`Told.CONCERNE`).

    Deactivated agents and those who asked for no mail are left out.
    """
    rows = await database.fetch(WANTING, agents=list(agents))
    plis = [Pli(fait.courriel, row["email"], row["id"], genre=fait.fiche.genre) for row in rows]
    await post_courriels(plis, demande=demande, contexte=contexte, now=now, is_urgent=fait.fiche.is_urgent)


async def claim_courriels(
    now: datetime, most: int = 20, lane: envois.Queue = COURRIELS
) -> list[EnvoiCourriel]:
    """Take some mails that are due, sign-in mails first: another worker leaves them alone, a killed one frees them."""
    return [
        EnvoiCourriel(
            id=row["id"],
            attempts=row["attempts"],
            created_at=row["created_at"],
            fait=row["fait"],
            adresse=row["adresse"],
            contexte=row["contenu"],
        )
        for row in await envois.claim(lane, now, most)
    ]
