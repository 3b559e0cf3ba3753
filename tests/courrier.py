"""The mails written, as their readers get them; and one of any kind, ready to leave."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from app import database
from app.domain.faits.courriels import EnvoiCourriel, Pli, post_courriels
from app.domain.faits.scellement import trousseau


@dataclass(frozen=True)
class Lettre:
    """One mail of the outbox, opened."""

    fait: str
    adresse: str
    priorite: int
    contexte: dict[str, Any]

    @property
    def lien(self) -> str:
        """The path its button leads to."""
        return f"/connexion/lien/{self.contexte['jeton']}"

    @property
    def code(self) -> str:
        return str(self.contexte["code"])

    @property
    def faux(self) -> str:
        """Six digits that are not its code."""
        return f"{(int(self.code) + 1) % 10**6:06}"


async def read_lettres(adresse: str) -> list[Lettre]:
    """What waits in the outbox for this address, oldest first."""
    rows = await database.fetch(
        """
        select id, fait, adresse, priorite, contexte_scelle from courriels
        where adresse = :adresse order by created_at, id
        """,
        adresse=adresse,
    )
    return [
        Lettre(
            row["fait"],
            row["adresse"],
            row["priorite"],
            json.loads(trousseau().open_text(row["contexte_scelle"], f"courriel:{row['id']}")),
        )
        for row in rows
    ]


async def read_lettre(adresse: str) -> Lettre:
    """The last one."""
    return (await read_lettres(adresse))[-1]


async def write_lettre(
    courriel: str, adresse: str, now: datetime, *, is_urgent: bool = False, **contexte: Any
) -> None:
    """Put one mail in the outbox."""
    await post_courriels([Pli(courriel, adresse)], contexte=contexte, now=now, is_urgent=is_urgent)


def make_envoi(courriel: str, adresse: str, contexte: dict[str, Any], now: datetime) -> EnvoiCourriel:
    """A mail as the worker claims it."""
    return EnvoiCourriel(id=uuid4(), created_at=now, fait=courriel, adresse=adresse, contexte=contexte)
