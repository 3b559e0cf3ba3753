"""Say that the worker is alive."""

from typing import Any

from app import horloge
from app.domain.entretien.battements import beat


async def beat_heart(_: dict[str, Any]) -> None:
    """One beat."""
    await beat("worker", horloge.now())
