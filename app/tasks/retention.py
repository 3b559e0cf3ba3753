"""What is past its life goes."""

from datetime import UTC, datetime
from typing import Any

from app.domain.entretien.retention import forget


async def forget_expired(_: dict[str, Any]) -> None:
    """Links, attempts, sessions, sealed posts and drafts."""
    await forget(datetime.now(UTC))
