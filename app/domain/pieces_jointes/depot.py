"""Where the files of this installation lie, and how long."""

from datetime import timedelta
from functools import cache

from app.coffre import Coffre
from app.domain.faits.scellement import trousseau
from app.settings import get_settings

LIFE = timedelta(days=15)  # product §2; no backup copy


@cache
def coffre() -> Coffre:
    """The store of the settings. Raises CoffreIndisponible, and tries again next time."""
    return Coffre(get_settings().store_url, trousseau())
