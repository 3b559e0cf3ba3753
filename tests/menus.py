"""What a menu counts, as a page says it and as the base has it."""

import re
from datetime import datetime

from app.domain.listes.menu import build_menu
from tests.domain.scene import signed_as

ENTREE = re.compile(
    r'<a class="fr-sidemenu__link" href="([^"]+)"[^>]*>[^<]*(?:<span class="ap-compte">(\d+)</span>)?</a>'
)


def read_menu(html: str) -> dict[str, int]:
    """By address: 0 where it counts nothing; empty without a menu."""
    return {url: int(compte or 0) for url, compte in ENTREE.findall(html)}


async def count_menu(agent: int, now: datetime) -> dict[str, int]:
    """The same for this agent, asked of the base now."""
    entrees = await build_menu((await signed_as(agent, now)).droits, "/", now)
    return {entree.url: entree.compte or 0 for entree in entrees}
