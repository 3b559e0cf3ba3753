"""What was erased is also written in the store of files, so that a base restored from an older copy erases it again.

A copy made before holds no sign of it: an usager asked for it since, or the demande was not closed yet. A trace is a
number, the instant the demande was sent and why its data went; it names nobody, and stays.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from app import database
from app.chiffrement import Illisible
from app.coffre import ContenuAbsent
from app.domain.pieces_jointes.depot import coffre

LOT = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

GOING = """
select d.sent_at, e.raison from demandes d join effacements e on e.demande = d.numero
where d.numero = :numero and d.erased_at is null
"""
# A base restored gives numbers again: the same demande was sent at the same instant too.
RETURNED = """
select d.numero, d.sent_at from demandes d
join unnest(:numeros::bigint[], :instants::timestamptz[]) as t (numero, sent_at)
    on t.numero = d.numero and t.sent_at = d.sent_at
where d.erased_at is null order by d.numero
"""


async def leave_trace(numero: int) -> None:
    """Write that this demande is going; before its rows go, so that no erasure is done without its trace.

    Raises CoffreIndisponible.
    """
    row = await database.fetch_one(GOING, numero=numero)
    if row is not None:
        await coffre().put_trace(_name(numero, row["sent_at"]), row["raison"])


async def list_returned() -> AsyncIterator[tuple[int, str]]:
    """Each demande of this base that was erased once, and why it was. Raises CoffreIndisponible."""
    lot: list[str] = []
    async for nom in coffre().list_traces():
        lot.append(nom)
        if len(lot) == LOT:
            async for returned in _read(lot):
                yield returned
            lot = []
    async for returned in _read(lot):
        yield returned


async def _read(noms: list[str]) -> AsyncIterator[tuple[int, str]]:
    known = [tuple(map(int, nom.split("-"))) for nom in noms]
    rows = await database.fetch(
        RETURNED,
        numeros=[numero for numero, _ in known],
        instants=[EPOCH + timedelta(microseconds=micros) for _, micros in known],
    )
    for row in rows:
        try:
            yield row["numero"], await coffre().read_trace(_name(row["numero"], row["sent_at"]))
        except (ContenuAbsent, Illisible):
            # Whoever writes in the store without our keys erases nothing.
            continue


def _name(numero: int, sent_at: datetime) -> str:
    return f"{numero}-{(sent_at - EPOCH) // timedelta(microseconds=1)}"
