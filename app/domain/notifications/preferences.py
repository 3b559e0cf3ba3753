"""What an agent chose: a ready-made set, and what differs from it, kind of event by kind of event (product §9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app import database
from app.domain.faits.fait import happened
from app.domain.faits.genres import Genre
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.rythmes import Prereglage, Rythme

GENRES = tuple(genre for genre in Genre if genre.is_choosable)


@dataclass(frozen=True)
class Preferences:
    """The choices of one agent. `rythmes` holds what differs from the ready-made set; `is_muet`: no mail at all but
    those of the account.
    """

    prereglage: Prereglage = Prereglage.TOUT_DE_SUITE
    rythmes: Mapping[Genre, Rythme] = field(default_factory=dict)
    is_muet: bool = False

    def rythme_of(self, genre: Genre) -> Rythme:
        """How fast this agent wants to be told of it."""
        if not genre.is_choosable:
            return Rythme.INSTANT
        if self.is_muet:
            return Rythme.JAMAIS
        return self.rythmes.get(genre, genre.rythme_of(self.prereglage))

    @property
    def choisi(self) -> Prereglage | None:
        """The ready-made set these choices are, None when they are nobody else’s."""
        return next(
            (one for one in Prereglage if all(self.rythme_of(g) is g.rythme_of(one) for g in GENRES)), None
        )


def read_preferences(prereglage: str, rythmes: str, notification: str) -> Preferences:
    """The choices as the columns of an agent keep them; a word that is no longer offered counts for nothing."""
    kept = {
        Genre(genre): Rythme(rythme)
        for genre, rythme in json.loads(rythmes).items()
        if genre in set(Genre) and rythme in set(Rythme)
    }
    return Preferences(Prereglage(prereglage), kept, is_muet=notification == "aucune")


READ = "select prereglage, rythmes, notification from agents where id = :agent"
# What waits is looked at again with the new choices.
WRITE = """
with attente as (
    update courriels set due_at = least(due_at, :now) where agent = :agent and is_waiting
)
update agents set prereglage = :prereglage, rythmes = :rythmes, notification = :notification where id = :agent
"""


async def get_preferences(agent: int) -> Preferences:
    """What this agent chose."""
    row = await database.fetch_one(READ, agent=agent)
    assert row is not None
    return read_preferences(row["prereglage"], row["rythmes"], row["notification"])


async def choose_prereglage(agent: int, prereglage: str, now: datetime) -> None:
    """Take a ready-made set whole. Raises Invalide for a word that is none."""
    if prereglage not in set(Prereglage):
        raise Invalide({"prereglage": "Choisissez l’un des trois rythmes."})
    await _write(agent, Preferences(Prereglage(prereglage)), now)


async def choose_rythmes(agent: int, choix: Mapping[Genre, str], now: datetime) -> None:
    """Keep a choice for each kind of event. Raises Invalide beside each kind without a possible one."""
    wrong = {
        genre.value: f"{genre.fiche.libelle}\u00a0: choisissez à quel rythme."
        for genre in GENRES
        if choix.get(genre, "") not in set(genre.fiche.offered)
    }
    if wrong:
        raise Invalide(wrong)
    rythmes = {genre: Rythme(choix[genre]) for genre in GENRES}
    prereglage = (await get_preferences(agent)).prereglage
    ready = next((one for one in Prereglage if all(rythmes[g] is g.rythme_of(one) for g in GENRES)), None)
    kept = Preferences(
        ready or prereglage,
        {} if ready else {g: r for g, r in rythmes.items() if r is not g.rythme_of(prereglage)},
        is_muet=all(rythme is Rythme.JAMAIS for rythme in rythmes.values()),
    )
    await _write(agent, kept, now)


async def _write(agent: int, preferences: Preferences, now: datetime) -> None:
    async with database.transaction():
        await database.fetch(
            WRITE,
            agent=agent,
            prereglage=preferences.prereglage.value,
            rythmes=json.dumps({g.value: r.value for g, r in preferences.rythmes.items()}),
            notification="aucune" if preferences.is_muet else "immediate",
            now=now,
        )
        await happened(Fait.COURRIELS_CHOISIS, agent=agent, now=now)
