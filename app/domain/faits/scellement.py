"""The keys of this process, for the columns that are sealed or looked up by value (quality S8)."""

from functools import cache

from app.chiffrement import Trousseau
from app.chiffrement import empreinte as keyed_hash
from app.settings import get_settings


@cache
def trousseau() -> Trousseau:
    """The keyring; what it seals is bound to a context (« table:id ») and opens nowhere else."""
    return Trousseau(get_settings().data_keys)


def empreinte(*parts: str) -> str:
    """Keyed hash of these parts, to find or compare a value without keeping it."""
    return keyed_hash(get_settings().empreinte_key, *parts)
