"""Search covers the descriptions of demandes sent before it did."""

from typing import Any

from app.domain.demandes.reperes import complete_reperes


async def fold_former(_: dict[str, Any]) -> None:
    """Some ten thousand of them; the next minute goes on."""
    await complete_reperes()
