"""The journal is append-only (triggers hold it); each line is sealed to the one before (quality S8).

The order of the seals is stored (`rang`), because ids are given before lines are seen. A cachet is made of the name of
its key, the end of the cachet before, and a keyed hash of both with the line: whoever writes in the base without the
keys can neither change, exchange, nor take away a sealed line unseen. The last lines alone could be taken away
together: the head of the chain is told outside the base each night (`tasks/journal.py`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app import database
from app.chiffrement import Illisible
from app.domain.faits.scellement import trousseau
from app.verrous import Verrou

ORIGIN = "0" * 16
BATCH = 500

OPEN_LINES = """
select id, at, fait, agent, demande, groupe, details from journal where rang is null order by id limit :most
"""
LAST = "select rang, cachet from journal where rang is not null order by rang desc limit 1"
SEAL = """
update journal j set rang = s.rang, cachet = s.cachet
from unnest(:ids::bigint[], :rangs::bigint[], :cachets::text[]) as s (id, rang, cachet)
where j.id = s.id and j.rang is null
"""
SEALED_LINES = """
select id, at, fait, agent, demande, groupe, details, rang, cachet from journal where rang is not null order by rang
"""
OPEN = "select count(*) as nombre from journal where rang is null"


class Rupture(Enum):
    """What is wrong with the first line that does not hold."""

    MODIFIEE = "modifiee"
    MANQUANTE = "manquante"
    CLE_ABSENTE = "cle_absente"


@dataclass(frozen=True)
class Constat:
    """What reading the whole chain again says. `ligne` is the id of the first line that does not hold.

    `tete` is the end of the last cachet: kept outside the base, it tells if the last lines were taken away.
    """

    lignes: int
    en_attente: int
    dernier_rang: int
    tete: str
    rupture: Rupture | None = None
    ligne: int | None = None


def make_cachet(previous: str, rang: int, line: Any) -> str:
    """What seals a line at this rank after the cachet before."""
    debut = _end_of(previous)
    cle, marque = trousseau().mark(_said(debut, rang, line))
    return f"{cle}:{debut}:{marque}"


def find_rupture(previous: str | None, expected_rang: int | None, line: Any) -> Rupture | None:
    """What is wrong with this line, after the cachet before it and at the rank that follows; the oldest has neither."""
    # The name of a key may hold any character.
    reste, _, marque = line["cachet"].rpartition(":")
    cle, _, debut = reste.rpartition(":")
    if expected_rang is not None and line["rang"] != expected_rang:
        return Rupture.MANQUANTE
    try:
        is_ours = trousseau().has_marked(cle, marque, _said(debut, line["rang"], line))
    except Illisible:
        return Rupture.CLE_ABSENTE
    if not is_ours:
        return Rupture.MODIFIEE
    return Rupture.MANQUANTE if previous is not None and debut != _end_of(previous) else None


async def seal_lines() -> int:
    """Seal up to 500 open lines, one process at a time; returns how many."""
    async with database.transaction():
        await database.fetch("select pg_advisory_xact_lock(:key)", key=Verrou.SCELLEMENT_DU_JOURNAL)
        lines: Sequence[Any] = await database.fetch(OPEN_LINES, most=BATCH)
        if not lines:
            return 0
        last = await database.fetch_one(LAST)
        rang, cachet = (last["rang"], last["cachet"]) if last else (0, "")
        rangs, cachets = [], []
        for line in lines:
            rang += 1
            cachet = make_cachet(cachet, rang, line)
            rangs.append(rang)
            cachets.append(cachet)
        await database.fetch(SEAL, ids=[line["id"] for line in lines], rangs=rangs, cachets=cachets)
    return len(lines)


async def check_journal() -> Constat:
    """Read the whole chain again, from the oldest line kept (twelve months are) to the first that does not hold."""
    [attente] = await database.fetch(OPEN)
    lignes, rang, cachet = 0, 0, ""
    async for line in database.stream(SEALED_LINES):
        is_oldest = lignes == 0
        rupture = find_rupture(None if is_oldest else cachet, None if is_oldest else rang + 1, line)
        if rupture is not None:
            return Constat(lignes, attente["nombre"], rang, _end_of(cachet), rupture, line["id"])
        lignes, rang, cachet = lignes + 1, line["rang"], line["cachet"]
    return Constat(lignes, attente["nombre"], rang, _end_of(cachet))


def _end_of(cachet: str) -> str:
    return cachet[-16:] if cachet else ORIGIN


def _said(debut: str, rang: int, line: Any) -> bytes:
    said = [
        *(debut, rang, line["id"], line["at"].isoformat(), line["fait"], line["agent"], line["demande"]),
        *(line["groupe"], json.loads(line["details"])),
    ]
    return json.dumps(said, sort_keys=True).encode()
