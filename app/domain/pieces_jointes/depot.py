"""Where the files of this installation lie, and how long."""

from datetime import timedelta
from functools import cache

from app import database
from app.coffre import Coffre, CoffreIndisponible
from app.domain.faits.scellement import trousseau
from app.settings import get_settings

LIFE = timedelta(days=15)  # product §2; no backup copy


@cache
def coffre() -> Coffre:
    """The store of the settings. Raises CoffreIndisponible, and tries again next time."""
    return Coffre(get_settings().store_url, trousseau())


KNOWN = "select from pieces_jointes where erased_at is null limit 1"


async def prepare_store() -> None:
    """Mark the store of a new installation, so that a volume that is not mounted is never taken for it.

    Raises CoffreIndisponible when the base knows files that should be there already.
    """
    store = coffre()
    if store.is_prepared:
        return
    if await database.fetch_one(KNOWN) is not None:
        raise CoffreIndisponible("the base knows files and its folder is empty: is the volume mounted?")
    store.prepare()
