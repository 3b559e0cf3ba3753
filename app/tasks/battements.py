"""Say that the worker is alive."""

from datetime import UTC, datetime
from typing import Any

from app.domain.entretien.battements import beat


async def beat_heart(_: dict[str, Any]) -> None:
    """One beat."""
    await beat("worker", datetime.now(UTC))
