"""What changes a groupe comes one act after the other, and asks again who acts what they may do (quality S11)."""

from collections.abc import Collection
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed, find_absent
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import Droits, can_see_groupe

# The order of ids, so that two acts that need several groupes never wait for each other.
LOCK = "select id from groupes where id = any(:groupes) order by id for no key update"


async def hold_groupes(signed: Signed, groupes: Collection[int]) -> Droits:
    """Hold these groupes until the transaction ends; returns the rights of who acts as they are now.

    Raises Introuvable when a groupe, or the account of who acts, is gone.
    """
    rows = await database.fetch(LOCK, groupes=sorted(groupes))
    again = await find_absent(signed.droits.agent)
    if again is None or len(rows) != len(set(groupes)):
        raise Introuvable
    return again.droits


async def hold_groupe(signed: Signed, groupe: int) -> Droits:
    """Hold this groupe until the transaction ends; returns the rights of who acts as they are now.

    Raises Introuvable to who no longer sees it.
    """
    droits = await hold_groupes(signed, [groupe])
    if not can_see_groupe(droits, groupe):
        raise Introuvable
    return droits


async def tell_agent(
    fait: Fait, agent: int, adresse: str, *, contexte: dict[str, object], now: datetime
) -> None:
    """The mail of an act about an account: it leaves whatever its agent chose to receive (product §9)."""
    await post_courriels([Pli(fait.courriel, adresse, agent)], contexte=contexte, now=now)
