"""Answers that waited leave at their hour."""

from typing import Any

from app import horloge
from app.domain.echanges.departs import LOT, let_go, list_due
from app.formulaire import Formulaire


async def send_answers(_: dict[str, Any]) -> bool:
    """Let every answer leave that is due, none delaying another; whether more may be due now."""
    due = await list_due(horloge.now())
    for cle, demande in due:
        await let_go(cle, demande, Formulaire, horloge.now())
    return len(due) == LOT
